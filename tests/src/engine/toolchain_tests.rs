//! `layerwise test` with the real test runners: a failed test on its line, out of the runner's own report, its fix, and green from the record.

use super::program_build::{nonce, on_each};
use super::source_errors::ENGINE;
use super::toolchains::POM;
use crate::program::Folder;

struct Project<'a> {
    dockerfile: &'a str,
    files: &'a [(&'a str, &'a str)],
    /// What is told of the test that fails: its name with its suite, its place, and how its message begins.
    failure: [&'a str; 3],
    /// How the tests are counted then, and mended.
    counts: [&'a str; 2],
    /// The file that is wrong, a part of it, and what replaces that.
    fix: (&'a str, &'a str, &'a str),
}

#[track_caller]
fn check(project: &Project<'_>) {
    on_each(&ENGINE, |host| {
        let folder = Folder::new(project.files).with_host(host);
        folder.write("Dockerfile", format!("{} # {}\n", project.dockerfile, nonce()));
        let output = folder.run(&["test", "."]).exits(1).stdout;
        let [name, place, message] = project.failure;
        let told: Vec<&str> = output.lines().skip_while(|line| !line.starts_with("FAILED ")).collect();
        assert!(told.len() > 3 && told[0].starts_with(&format!("FAILED {name}")), "{output}");
        assert_eq!(told[1], format!("  {place}"), "{output}");
        assert!(told[2].starts_with(&format!("    {message}")), "{output}");
        let [failed, mended] = project.counts;
        assert!(output.contains(&format!("\n{failed} in ")), "{output}");
        let (file, wrong, right) = project.fix;
        folder.write(file, folder.read(file).replace(wrong, right));
        let output = folder.run(&["test", "."]).exits(0).stdout;
        assert!(output.contains(&format!("\n{mended} in ")), "{output}");
        let output = folder.run(&["test", "."]).exits(0).stdout;
        assert!(output.contains(&format!("\n{mended}, from the build of 20")), "{output}");
    });
}

#[test]
fn pytest_by_its_report() {
    check(&Project {
        dockerfile: "FROM toolchain-pytest AS test\nWORKDIR /srv\nWORKDIR app\nCOPY src/python .\nRUN pytest --junitxml=out/r.xml tests",
        files: &[(
            "src/python/tests/test_sum.py",
            "def test_fine():\n    pass\n\n\ndef test_adds():\n    größe = 2\n    assert größe == 3\n",
        )],
        failure: ["test_adds  tests.test_sum", "src/python/tests/test_sum.py:7", "assert 2 == 3"],
        counts: ["1 failed, 1 passed", "2 passed"],
        fix: ("src/python/tests/test_sum.py", "== 3", "== 2"),
    });
}

#[test]
fn vitest_by_its_report() {
    check(&Project {
        dockerfile: "FROM toolchain-web AS test\nWORKDIR /srv/web\nCOPY packages/site app\nWORKDIR app\nRUN vitest run --reporter=default --reporter=junit --outputFile.junit=junit.xml",
        files: &[
            ("packages/site/package.json", "{}\n"),
            (
                "packages/site/test/sum.test.ts",
                "import { expect, test } from 'vitest';\n\ntest('fine', () => {});\n\ntest('größe', () => {\n  expect(1 + 1).toBe(3);\n});\n",
            ),
        ],
        failure: ["größe", "packages/site/test/sum.test.ts:6:17", "expected 2 to be 3"],
        counts: ["1 failed, 1 passed", "2 passed"],
        fix: ("packages/site/test/sum.test.ts", "toBe(3)", "toBe(2)"),
    });
}

#[test]
fn maven_by_the_reports_that_it_always_writes() {
    let test = "package com.x;\n\nimport static org.junit.Assert.assertEquals;\nimport org.junit.Test;\n\npublic class AppTest {\n    @Test\n    public void fine() {\n    }\n\n    @Test\n    public void adds() {\n        assertEquals(3, 1 + 1);\n    }\n}\n";
    check(&Project {
        dockerfile: "FROM toolchain-java AS test\nWORKDIR /srv\nWORKDIR app\nCOPY modules/core .\nRUN mvn --batch-mode -DforkCount=0 test",
        files: &[("modules/core/pom.xml", POM), ("modules/core/src/test/java/com/x/AppTest.java", test)],
        failure: [
            "adds  com.x.AppTest",
            "modules/core/src/test/java/com/x/AppTest.java:13",
            "expected:<3> but was:<2>",
        ],
        counts: ["1 failed, 1 passed", "2 passed"],
        fix: ("modules/core/src/test/java/com/x/AppTest.java", "(3,", "(2,"),
    });
}
