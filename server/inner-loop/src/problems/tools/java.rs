//! javac, kotlinc, Maven, Gradle, and exceptions that nobody caught.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".java", ".kt", ".kts", ".groovy", ".scala"];

pub(crate) const JAVAC: Tool = Tool {
    name: "javac",
    innermost: Innermost::First,
    patience: 2,
    rules: &[
        Rule::adds("  symbol:{_}"),
        Rule::adds("  location:{_}"),
        Rule::begins("{file}:{line}: {severity}: {message}").of(SOURCES),
        Rule::marks("{ }^"),
        Rule::marks("^"),
        Rule::quotes("{message}"),
    ],
};

pub(crate) const KOTLINC: Tool = Tool {
    name: "kotlinc",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("e: {file}:{line}:{column} {message}").of(SOURCES),
        Rule::tells("e: {file}:{line}:{column}: {message}").of(SOURCES),
        Rule::tells("w: {file}:{line}:{column} {message}").of(SOURCES).warns(),
    ],
};

pub(crate) const MAVEN: Tool = Tool {
    name: "maven",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::begins("[ERROR] {absolute}:[{line},{column}] {message}").of(SOURCES),
        Rule::begins("[WARNING] {absolute}:[{line},{column}] {message}").of(SOURCES).warns(),
        Rule::adds("[ERROR]   symbol: {message}").saying("symbol: "),
        Rule::adds("[ERROR]   location: {message}").saying("location: "),
        Rule::tells(
            "[FATAL] Non-parseable POM {absolute}: {message} (position: {_} @ line {line}, column {column}",
        ),
        Rule::tells("[ERROR] Malformed POM {absolute}: {message} @{_}, line {line}, column {column}"),
    ],
};

/// Tests run by Maven.
pub(crate) const SUREFIRE: Tool = Tool {
    name: "maven",
    innermost: Innermost::First,
    patience: 60,
    rules: &[
        Rule::places("\tat {class}({file}:{line})").of(SOURCES),
        Rule::ends(""),
        Rule::begins("[ERROR] {title} -- Time elapsed: {_} <<< FAILURE!"),
        Rule::begins("[ERROR] {title} -- Time elapsed: {_} <<< ERROR!"),
        // As with JUnit 4: the test, and its class behind it.
        Rule::begins("[ERROR] {title}({_})  Time elapsed: {_} <<< FAILURE!"),
        Rule::begins("[ERROR] {title}({_})  Time elapsed: {_} <<< ERROR!"),
        Rule::begins("[ERROR] {title}  Time elapsed: {_} <<< FAILURE!"),
        Rule::begins("[ERROR] {title}  Time elapsed: {_} <<< ERROR!"),
        Rule::says("{error}"),
    ],
};

pub(crate) const GRADLE: Tool = Tool {
    name: "gradle",
    innermost: Innermost::First,
    patience: 5,
    rules: &[
        Rule::begins("Build file '{path}' line: {line}"),
        Rule::begins("Script '{path}' line: {line}"),
        Rule::ends("* Try:"),
        Rule::says("> {message}"),
    ],
};

pub(crate) const EXCEPTION: Tool = Tool {
    name: "java",
    innermost: Innermost::First,
    patience: 3,
    rules: &[
        Rule::places("\tat {class}({file}:{line})").of(SOURCES),
        Rule::begins("Exception in thread {_}\" {error}"),
        Rule::adds("Caused by: {message}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn javac_says_what_it_does_not_know() {
        check(
            r#"
com/x/App.java:5: error: cannot find symbol
        int y = missing(1);
                ^
  symbol:   method missing(int)
  location: class App
com/x/App.java:6: error: incompatible types: int cannot be converted to String
        String größe = 2;
                       ^
2 errors
"#,
            expect![[r#"
                com/x/App.java:5  `int y = missing(1);`
                  error (javac): cannot find symbol
                    symbol:   method missing(int)
                    location: class App
                com/x/App.java:6  `String größe = 2;`
                  error (javac): incompatible types: int cannot be converted to String
            "#]],
        );
    }

    #[test]
    fn exceptions_that_nobody_caught() {
        check(
            r#"
Exception in thread "main" java.lang.IllegalStateException: größe
	at com.x.Boom.deep(Boom.java:4)
	at com.x.Boom.main(Boom.java:6)
"#,
            expect![[r#"
                com/x/Boom.java:4
                  error (java): java.lang.IllegalStateException: größe
                  from com/x/Boom.java:6
            "#]],
        );
    }

    #[test]
    fn maven_repeats_what_the_compiler_says() {
        check(
            r#"
[INFO] --- compiler:3.11.0:compile (default-compile) @ app ---
[WARNING] /srv/app/src/main/java/com/x/App.java:[9,14] [deprecation] old() in Lib has been deprecated
[ERROR] COMPILATION ERROR :
[ERROR] /srv/app/src/main/java/com/x/App.java:[5,17] cannot find symbol
[ERROR]   symbol:   method missing(int)
[ERROR]   location: class com.x.App
[INFO] 1 error
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.11.0:compile (default-compile) on project app: Compilation failure
[ERROR] /srv/app/src/main/java/com/x/App.java:[5,17] cannot find symbol
[ERROR]   symbol:   method missing(int)
[ERROR]   location: class com.x.App
[ERROR]
[ERROR] -> [Help 1]
"#,
            expect![[r#"
                /srv/app/src/main/java/com/x/App.java:5:17
                  error (maven): cannot find symbol
                    symbol: method missing(int)
                    location: class com.x.App
                /srv/app/src/main/java/com/x/App.java:9:14
                  warning (maven): [deprecation] old() in Lib has been deprecated
            "#]],
        );
    }

    #[test]
    fn tests_that_maven_runs_are_where_their_stack_is_the_users() {
        check(
            r#"
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in com.x.SumTest
[ERROR] com.x.SumTest.adds -- Time elapsed: 0.012 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <3> but was: <4>
	at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)
	at com.x.SumTest.adds(SumTest.java:12)
	at com.x.SumTest$Inner.lambda$adds$0(SumTest.java:20)

[ERROR] Failures:
[ERROR]   SumTest.adds:12 expected: <3> but was: <4>
"#,
            expect![[r#"
                org/junit/jupiter/api/AssertionUtils.java:55
                  error (maven): com.x.SumTest.adds: org.opentest4j.AssertionFailedError: expected: <3> but was: <4>
                  from com/x/SumTest.java:12
                  from com/x/SumTest.java:20
            "#]],
        );
    }

    #[test]
    fn tests_of_junit_4_are_named_before_their_class() {
        check(
            r#"
[ERROR] Tests run: 1, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.041 s <<< FAILURE! - in com.x.AppTest
[ERROR] adds(com.x.AppTest)  Time elapsed: 0.005 s  <<< FAILURE!
java.lang.AssertionError: expected:<4> but was:<3>
	at com.x.AppTest.adds(AppTest.java:9)

[ERROR] Failures: 
[ERROR]   AppTest.adds:9 expected:<4> but was:<3>
"#,
            expect![[r#"
                com/x/AppTest.java:9
                  error (maven): adds: java.lang.AssertionError: expected:<4> but was:<3>
            "#]],
        );
    }

    #[test]
    fn a_pom_that_maven_cannot_read() {
        check(
            r#"
[INFO] Scanning for projects...
[ERROR] [ERROR] Some problems were encountered while processing the POMs:
[FATAL] Non-parseable POM /srv/app/pom.xml: end tag name </artifact> must match start tag name <artifactId> from line 4 (position: TEXT seen ...<artifactId>app</artifact>... @4:29)  @ line 4, column 29
 @ 
[ERROR] The build could not read 1 project -> [Help 1]
[ERROR]   
[ERROR]   The project  (/srv/app/pom.xml) has 1 error
[ERROR]     Non-parseable POM /srv/app/pom.xml: end tag name </artifact> must match start tag name <artifactId> from line 4 (position: TEXT seen ...<artifactId>app</artifact>... @4:29)  @ line 4, column 29 -> [Help 2]
"#,
            expect![[r#"
                /srv/app/pom.xml:4:29
                  error (maven): end tag name </artifact> must match start tag name <artifactId> from line 4
            "#]],
        );
    }

    #[test]
    fn a_gradle_script_names_its_line_first() {
        check(
            r#"
FAILURE: Build failed with an exception.

* Where:
Build file '/srv/app/build.gradle' line: 3

* What went wrong:
A problem occurred evaluating root project 'app'.
> Could not find method foo() for arguments [] on root project 'app' of type org.gradle.api.Project.

* Try:
> Run with --stacktrace option to get the stack trace.
"#,
            expect![[r#"
                /srv/app/build.gradle:3
                  error (gradle): Could not find method foo() for arguments [] on root project 'app' of type org.gradle.api.Project.
            "#]],
        );
    }

    #[test]
    fn kotlin_says_the_place_behind_an_e() {
        check(
            r#"
> Task :compileKotlin FAILED
e: file:///srv/app/src/main/kotlin/App.kt:3:5 Unresolved reference: größe
"#,
            expect![[r#"
                /srv/app/src/main/kotlin/App.kt:3:5
                  error (kotlinc): Unresolved reference: größe
            "#]],
        );
    }

    #[test]
    fn logs_of_java_are_nothing() {
        is_silent(
            r#"
	at com.x.SumTest.adds(SumTest.java:12)
java.lang.IllegalStateException: caught
	at com.x.App.main(App.java:5)
[ERROR] Failed to execute goal on project app: Could not resolve dependencies
[INFO] /srv/app/src/main/java/com/x/App.java: uses unchecked or unsafe operations.
Note: /srv/app/src/main/java/com/x/App.java uses unchecked or unsafe operations.
10:30:45.123 [main] INFO com.x.App - App.java:12 started
"#,
        );
    }
}
