//! `layerwise check` for other programs: SARIF, GitHub's workflow commands, Checkstyle.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::program::{Folder, Output};

/// Bytes, code points and UTF-16 units all differ, and both line ends are there.
const MIXED: &str = "FROM debian:bookworm-slim AS build\r\nARG 😀é=1 NPM_TOKEN\r\nFROM scratch AS Last\nCOPY --from=biuld \"/é,a:b\" \\\n  /\r\n";
const CHOICE: &str = "--select=secret-in-arg-or-env,unknown-stage,stage-name-casing";

fn check(folder: &Folder, format: &str, paths: &[&str]) -> Output {
    folder.run(&[&["check", "--format", format, CHOICE], paths].concat())
}

#[track_caller]
fn check_text(folder: &Folder, format: &str, paths: &[&str], exit: i32, expected: Expect) {
    expected.assert_eq(&check(folder, format, paths).exits(exit).stdout);
}

#[test]
fn github_gets_a_command_for_each_finding() {
    check_text(
        &Folder::new(&[("a,b/Dockerfile", MIXED)]),
        "github",
        &["a,b"],
        1,
        expect![[r#"
        ::warning file=a%2Cb/Dockerfile,line=2,endLine=2,col=10,endColumn=19,title=secret-in-arg-or-env::`NPM_TOKEN` stays in the build's record and in the cached stage build. Mount it where it is needed instead: `RUN --mount=type=secret` (rewrite mount-secrets).
        ::notice file=a%2Cb/Dockerfile,line=3,endLine=3,col=17,endColumn=21,title=stage-name-casing::Stage names are lower case, and builders compare them so. Call it `last`.
        ::warning file=a%2Cb/Dockerfile,line=4,endLine=4,col=13,endColumn=18,title=unknown-stage::No stage is named `biuld`, so the builder will try to pull an image of that name. Did you mean `build`?
    "#]],
    );
    check_text(&Folder::with_dockerfile("FROM scratch\n"), "github", &["."], 0, expect![""]);
    check_text(
        &Folder::new(&[]),
        "github",
        &["none%"],
        2,
        expect![[r#"
        ::error file=none%25::cannot read none%25: there is no such file
    "#]],
    );
}

#[test]
fn checkstyle_is_xml() {
    check_text(
        &Folder::new(&[("<&>/Dockerfile", MIXED)]),
        "checkstyle",
        &["<&>"],
        1,
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="&lt;&amp;&gt;/Dockerfile">
            <error line="2" column="10" severity="warning" message="`NPM_TOKEN` stays in the build's record and in the cached stage build. Mount it where it is needed instead: `RUN --mount=type=secret` (rewrite mount-secrets)." source="layerwise.secret-in-arg-or-env"/>
            <error line="3" column="17" severity="info" message="Stage names are lower case, and builders compare them so. Call it `last`." source="layerwise.stage-name-casing"/>
            <error line="4" column="13" severity="warning" message="No stage is named `biuld`, so the builder will try to pull an image of that name. Did you mean `build`?" source="layerwise.unknown-stage"/>
          </file>
        </checkstyle>
    "#]],
    );
    check_text(
        &Folder::with_dockerfile("FROM scratch\n"),
        "checkstyle",
        &["."],
        0,
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="Dockerfile">
          </file>
        </checkstyle>
    "#]],
    );
    check_text(
        &Folder::new(&[]),
        "checkstyle",
        &["\"none\""],
        2,
        expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="&quot;none&quot;">
            <error severity="error" message="cannot read &quot;none&quot;: there is no such file" source="layerwise"/>
          </file>
        </checkstyle>
    "#]],
    );
}

/// `line:column-line:column`.
fn region(region: &Value) -> String {
    let of = |name: &str| region[name].as_u64().expect("a number");
    format!("{}:{}-{}:{}", of("startLine"), of("startColumn"), of("endLine"), of("endColumn"))
}

#[test]
fn sarif_has_rules_results_and_fixes() {
    let folder = Folder::new(&[("größe 1/Dockerfile", MIXED)]);
    let log = check(&folder, "sarif", &["größe 1"]).exits(1).json();
    assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&json!("2.1.0"), 1));
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["invocations"], json!([{"executionSuccessful": true, "toolExecutionNotifications": []}]));
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut shown = String::new();
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["helpUri"].as_str().unwrap().ends_with(".md") && rule["help"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "gr%C3%B6%C3%9Fe%201/Dockerfile");
        let (id, level) = (result["ruleId"].as_str().unwrap(), result["level"].as_str().unwrap());
        shown += &format!("{id} {level} {}\n", region(&place["region"]));
        for fix in result["fixes"].as_array().into_iter().flatten() {
            assert_eq!(fix["artifactChanges"][0]["artifactLocation"], place["artifactLocation"]);
            for replacement in fix["artifactChanges"][0]["replacements"].as_array().unwrap() {
                let text = &replacement["insertedContent"]["text"];
                shown += &format!("  {} {text}\n", region(&replacement["deletedRegion"]));
            }
        }
    }
    expect![[r#"
        secret-in-arg-or-env warning 2:10-2:19
        stage-name-casing note 3:17-3:21
          3:17-3:21 "last"
        unknown-stage warning 4:13-4:18
          4:13-4:18 "build"
    "#]]
    .assert_eq(&shown);
    // The same places as in our own format.
    let own = check(&folder, "json", &["größe 1"]).exits(1).json();
    let findings = own["files"][0]["findings"].as_array().unwrap();
    assert_eq!(run["results"].as_array().unwrap().len(), findings.len());
}

#[test]
fn sarif_tells_what_could_not_be_read() {
    let log = check(&Folder::new(&[]), "sarif", &["none"]).exits(2).json();
    let run = &log["runs"][0];
    assert_eq!((&run["results"], &run["invocations"][0]["executionSuccessful"]), (&json!([]), &json!(false)));
    let told = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "none");
    assert!(told["message"]["text"].as_str().unwrap().contains("none"), "{told}");
}
