//! Toolchains that fail in containers, are mended, and are green: each heard on the file, line and column that the user wrote, behind a nested
//! WORKDIR and a COPY to another name, and silent where a test that passes prints what looks like a problem.

use super::program_build::{events, nonce, on_each};
use super::source_errors::{ENGINE, own_problems};
use crate::program::Folder;

/// What a test that passes prints.
const LOOK_ALIKE: &str = "INFO src/main.c:2:5: error budget, src/main.c(2,5): error rate";

/// A project, what is wrong with it, and what mends it.
struct Project<'a> {
    dockerfile: &'a str,
    files: &'a [(&'a str, &'a str)],
    /// `file:line:column severity source: beginning of the message`.
    problems: &'a [&'a str],
    /// A part of a file, and what replaces it.
    fixes: &'a [(&'a str, &'a str, &'a str)],
}

/// Builds it as it is, and mended.
#[track_caller]
fn check(project: &Project<'_>) {
    on_each(&ENGINE, |host| {
        let folder = Folder::new(project.files).with_host(host);
        folder.write("src/main.c", "one\n    two\n");
        folder.write("Dockerfile", format!("{} # {}\n", project.dockerfile, nonce()));
        let failed = events(&folder, &["."], 1);
        let shown: Vec<String> = own_problems(&failed)
            .iter()
            .map(|problem| {
                let text = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
                let column = problem["column"].as_u64().map(|column| format!(":{column}"));
                let (place, message) = (format!("{}:{}", text("file"), problem["line"]), text("message"));
                let first = message.lines().next().unwrap_or_default();
                let column = column.unwrap_or_default();
                format!("{place}{column} {} {}: {first}", text("severity"), text("source"))
            })
            .collect();
        assert_eq!(shown.len(), project.problems.len(), "{shown:#?}\n{failed:#?}");
        for (shown, expected) in shown.iter().zip(project.problems) {
            assert!(shown.starts_with(expected), "{shown}\nis not\n{expected}\n{failed:#?}");
        }
        for (file, wrong, right) in project.fixes {
            let text = folder.read(file);
            assert!(text.contains(wrong), "{file} has no {wrong}");
            folder.write(file, text.replace(wrong, right));
        }
        let mended = events(&folder, &["."], 0);
        assert!(!mended.iter().any(|event| event["event"] == "problem"), "{mended:#?}");
    });
}

#[test]
fn clang_and_its_linker() {
    let main = "int main(void) {\n    return größe + missing;\n}\n";
    check(&Project {
        dockerfile: "FROM toolchain-clang\nWORKDIR /srv\nWORKDIR deep/er\nCOPY native c\nRUN echo 'c/main.c:2:5: note: error: x'; clang -c c/main.c -o /main.o",
        files: &[("native/main.c", main)],
        problems: &[
            "native/main.c:2:12 error gcc: use of undeclared identifier 'größe'",
            "native/main.c:2:20 error gcc: use of undeclared identifier 'missing'",
        ],
        fixes: &[("native/main.c", "größe + missing", "0")],
    });
    check(&Project {
        dockerfile: "FROM toolchain-clang\nWORKDIR /srv\nWORKDIR deep/er\nCOPY native c\nRUN cd c && clang -g main.c -o /main",
        files: &[("native/main.c", "int add(int, int);\nint main(void) {\n    return add(1, 2);\n}\n")],
        problems: &["native/main.c:3:1 error ld: undefined reference to `add'"],
        fixes: &[("native/main.c", "return add(1, 2)", "return 0")],
    });
}

/// Where all of the web's projects are.
const SITE: &str = "FROM toolchain-web\nWORKDIR web\nWORKDIR deep\nCOPY packages/site app\nWORKDIR app/src\n";

#[test]
fn tsc_plain_and_pretty() {
    for pretty in ["false", "true"] {
        let run = format!(
            "{SITE}RUN cd .. && echo 'Found 1 error in src/sum.ts:1' && tsc --noEmit --pretty {pretty} src/sum.ts"
        );
        check(&Project {
            dockerfile: &run,
            files: &[(
                "packages/site/src/sum.ts",
                "const größe: number = 1;\nexport const sum: string = größe;\nsum.missing();\n",
            )],
            problems: &[
                "packages/site/src/sum.ts:2:14 error tsc: TS2322: Type 'number' is not assignable to type 'string'.",
                "packages/site/src/sum.ts:3:5 error tsc: TS2339: Property 'missing' does not exist on type 'string'.",
            ],
            fixes: &[
                ("packages/site/src/sum.ts", "sum: string", "sum: number"),
                ("packages/site/src/sum.ts", "missing", "toFixed"),
            ],
        });
    }
}

#[test]
fn jest_and_what_it_cannot_read() {
    let test = format!(
        "const {{ sum }} = require('../src/sum');\n\ntest('fine', () => {{\n  console.error('{LOOK_ALIKE}');\n}});\n\ntest('adds', () => {{\n  expect(sum(1, 2)).toBe(3);\n}});\n\ntest('throws', () => {{\n  sum();\n}});\n"
    );
    check(&Project {
        dockerfile: &format!("{SITE}RUN cd .. && jest --runInBand"),
        files: &[
            ("packages/site/package.json", "{}\n"),
            (
                "packages/site/src/sum.js",
                "exports.sum = (a, b) => {\n  if (!b) throw new TypeError('größe');\n  return a - b;\n};\n",
            ),
            ("packages/site/test/sum.test.js", &test),
            ("packages/site/test/bad.test.js", "test('x', () => {\n  const = 1;\n});\n"),
        ],
        problems: &[
            "packages/site/test/sum.test.js:8:21 error jest: adds: expect(received).toBe(expected)",
            "packages/site/src/sum.js:2:17 error jest: throws: TypeError: größe",
            "packages/site/test/bad.test.js:2:8 error jest: SyntaxError: Unexpected token",
        ],
        fixes: &[
            ("packages/site/test/bad.test.js", "const = 1", "const x = 1"),
            ("packages/site/src/sum.js", "throw new TypeError('größe')", "return 0"),
            ("packages/site/src/sum.js", "a - b", "a + b"),
        ],
    });
}

#[test]
fn vitest_and_what_it_cannot_load() {
    let test = format!(
        "import {{ expect, test }} from 'vitest';\nimport {{ sum }} from '../src/sum';\n\ntest('fine', () => {{\n  console.error('{LOOK_ALIKE}');\n}});\n\ntest('adds', () => {{\n  expect(sum(1, 2)).toBe(3);\n}});\n\ntest('throws', () => {{\n  sum(0, 0);\n}});\n"
    );
    check(&Project {
        dockerfile: &format!("{SITE}RUN cd .. && vitest run"),
        files: &[
            ("packages/site/package.json", "{}\n"),
            (
                "packages/site/src/sum.ts",
                "export const sum = (a: number, b: number) => {\n  if (!b) throw new TypeError('größe');\n  return a - b;\n};\n",
            ),
            ("packages/site/test/sum.test.ts", &test),
            (
                "packages/site/test/bad.test.ts",
                "import { test } from 'vitest';\nimport './nothing';\n\ntest('x', () => {});\n",
            ),
        ],
        problems: &[
            "packages/site/test/bad.test.ts:2:1 error vitest: ",
            "packages/site/test/sum.test.ts:9:21 error vitest: adds: AssertionError: expected -1 to be 3",
            "packages/site/src/sum.ts:2:17 error vitest: throws: TypeError: größe",
        ],
        fixes: &[
            ("packages/site/test/bad.test.ts", "import './nothing';\n", ""),
            ("packages/site/src/sum.ts", "throw new TypeError('größe')", "return 0"),
            ("packages/site/src/sum.ts", "a - b", "a + b"),
        ],
    });
}

#[test]
fn pytest_and_what_it_cannot_collect() {
    let test = format!(
        "from lib.deep import ratio\n\n\ndef test_fine():\n    print(\"{LOOK_ALIKE}\")\n\n\ndef test_adds():\n    assert 1 + 1 == 3\n\n\ndef test_raises():\n    ratio(0)\n"
    );
    let in_pytest = [
        "pytest: test_adds: assert (1 + 1) == 3",
        "pytest: test_raises: ZeroDivisionError: division by zero",
    ];
    // Python's own tracebacks name no test.
    let in_python =
        ["python: AssertionError: assert (1 + 1) == 3", "python: ZeroDivisionError: division by zero"];
    for (style, [first, second], column) in
        [("", in_pytest, 1), ("--tb=short ", in_pytest, 12), ("--tb=native ", in_python, 14)]
    {
        check(&Project {
            dockerfile: &format!(
                "FROM toolchain-pytest\nWORKDIR /srv\nWORKDIR app\nCOPY src/python .\nRUN python -m pytest {style}-p no:cacheprovider tests"
            ),
            files: &[
                ("src/python/tests/test_sum.py", &test),
                ("src/python/lib/deep.py", "def ratio(größe):\n    return 1 / größe\n"),
            ],
            problems: &[
                &format!("src/python/tests/test_sum.py:9:1 error {first}"),
                &format!("src/python/lib/deep.py:2:{column} error {second}"),
            ],
            fixes: &[
                ("src/python/tests/test_sum.py", "== 3", "== 2"),
                ("src/python/lib/deep.py", "1 / größe", "größe"),
            ],
        });
    }
    check(&Project {
        dockerfile: "FROM toolchain-pytest\nWORKDIR /srv\nWORKDIR app\nCOPY src/python .\nRUN pytest tests",
        files: &[
            ("src/python/tests/test_bad.py", "def test_x(:\n    pass\n"),
            ("src/python/tests/test_none.py", "import json\nimport nothing_here\n"),
        ],
        problems: &[
            "src/python/tests/test_bad.py:1:1 error pytest: tests/test_bad.py: SyntaxError: invalid syntax",
            "src/python/tests/test_none.py:2:1 error pytest: tests/test_none.py: ModuleNotFoundError: ",
        ],
        fixes: &[
            ("src/python/tests/test_bad.py", "test_x(:", "test_x():"),
            ("src/python/tests/test_none.py", "nothing_here", "re"),
        ],
    });
}

#[test]
fn javac_and_what_nobody_caught() {
    let app = "package com.x;\n\npublic class App {\n    public static void main(String[] words) {\n        System.err.println(\"App.java:1: warning of mine\");\n        int größe = missing();\n    }\n\n    static int boom() {\n        throw new IllegalStateException(\"größe\");\n    }\n}\n";
    let dockerfile = "FROM toolchain-java\nWORKDIR /srv\nWORKDIR app\nCOPY modules/core/src code\nRUN javac -encoding UTF-8 -d /out code/com/x/*.java && java -cp /out com.x.App";
    check(&Project {
        dockerfile,
        files: &[("modules/core/src/com/x/App.java", app)],
        problems: &["modules/core/src/com/x/App.java:6:21 error javac: cannot find symbol"],
        fixes: &[("modules/core/src/com/x/App.java", "missing()", "1")],
    });
    check(&Project {
        dockerfile,
        files: &[("modules/core/src/com/x/App.java", &app.replace("missing", "boom"))],
        problems: &["modules/core/src/com/x/App.java:10:1 error java: java.lang.IllegalStateException: "],
        fixes: &[(
            "modules/core/src/com/x/App.java",
            "throw new IllegalStateException(\"größe\")",
            "return 1",
        )],
    });
}

/// A module with one test.
pub(super) const POM: &str = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  <modelVersion>4.0.0</modelVersion>\n  <groupId>com.x</groupId>\n  <artifactId>app</artifactId>\n  <version>1</version>\n  <properties>\n    <maven.compiler.source>17</maven.compiler.source>\n    <maven.compiler.target>17</maven.compiler.target>\n    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>\n  </properties>\n  <dependencies>\n    <dependency>\n      <groupId>junit</groupId>\n      <artifactId>junit</artifactId>\n      <version>4.x</version>\n      <scope>test</scope>\n    </dependency>\n  </dependencies>\n</project>\n";

#[test]
fn maven_that_cannot_compile_test_or_read() {
    let dockerfile = "FROM toolchain-java\nWORKDIR /srv\nWORKDIR app\nCOPY modules/core .\nRUN mvn --batch-mode -DforkCount=0 test";
    let test = format!(
        "package com.x;\n\nimport static org.junit.Assert.assertEquals;\nimport org.junit.Test;\n\npublic class AppTest {{\n    @Test\n    public void fine() {{\n        System.out.println(\"[ERROR] {LOOK_ALIKE}\");\n    }}\n\n    @Test\n    public void adds() {{\n        assertEquals(3, App.sum(1, 2));\n    }}\n}}\n"
    );
    let app = |body: &str| {
        format!(
            "package com.x;\n\npublic class App {{\n    static int sum(int größe, int b) {{\n        return {body};\n    }}\n}}\n"
        )
    };
    let (main, tests) =
        ("modules/core/src/main/java/com/x/App.java", "modules/core/src/test/java/com/x/AppTest.java");
    let pom = "modules/core/pom.xml";
    check(&Project {
        dockerfile,
        files: &[(pom, POM), (main, &app("missing(größe) + b")), (tests, &test)],
        problems: &["modules/core/src/main/java/com/x/App.java:5:16 error maven: cannot find symbol"],
        fixes: &[(main, "missing(größe)", "größe")],
    });
    check(&Project {
        dockerfile,
        files: &[(pom, POM), (main, &app("größe - b")), (tests, &test)],
        problems: &[
            "modules/core/src/test/java/com/x/AppTest.java:14:1 error maven: adds: java.lang.AssertionError: expected:<3> but was:<-1>",
        ],
        fixes: &[(main, "größe - b", "größe + b")],
    });
    check(&Project {
        dockerfile,
        files: &[
            (pom, &POM.replace("</artifactId>\n  <version>", "</artifact>\n  <version>")),
            (main, &app("b")),
            (tests, &test.replace("(3,", "(2,")),
        ],
        problems: &["modules/core/pom.xml:4:29 error maven: end tag name </artifact> must match"],
        fixes: &[(pom, "</artifact>", "</artifactId>")],
    });
}
