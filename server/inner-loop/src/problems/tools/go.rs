//! go build, vet and test.
//!
//! Compilers name files from the folder that go runs in; tests name them without any folder, and their package follows. Under `-v` what a
//! test logs comes before it is known whether it fails (`testing/testing.go`).

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".go"];

pub(crate) const BUILD: Tool = Tool {
    name: "go",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("vet: {file}:{line}:{column}: {message}").of(SOURCES),
        Rule::tells("{file}:{line}:{column}: {message}").of(SOURCES),
        Rule::tells("{file}:{line}: {message}").of(&["go.mod", "go.work"]),
    ],
};

pub(crate) const TEST: Tool = Tool {
    name: "go test",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::fails("--- FAIL: {title} ({_}s)"),
        Rule::fails("{ }--- FAIL: {title} ({_}s)"),
        Rule::passes("--- PASS: {title} ({_}s)"),
        Rule::passes("--- SKIP: {title} ({_}s)"),
        Rule::passes("{ }--- PASS: {title} ({_}s)"),
        Rule::passes("{ }--- SKIP: {title} ({_}s)"),
        Rule::runs("=== {_} {title}"),
        Rule::packs("FAIL\t{title}\t{_}"),
        Rule::packs("FAIL\t{title} [build failed]"),
        Rule::passes("ok  \t{_}"),
        Rule::holds("{ }{file}:{line}: {message}").of(SOURCES),
    ],
};

/// Assertions of testify, which the tests of most projects use.
pub(crate) const TESTIFY: Tool = Tool {
    name: "go test",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::ends("{ }Test:{ }{title}"),
        Rule::places("{ }{file}:{line}").of(SOURCES),
        Rule::says("{ }Error:{ }{message}"),
        Rule::begins("{ }Error Trace:{ }{file}:{line}").of(SOURCES),
        Rule::adds("{ }{message}"),
    ],
};

pub(crate) const PANIC: Tool = Tool {
    name: "go",
    innermost: Innermost::First,
    patience: 6,
    rules: &[
        Rule::places("\t{file}:{line} +0x{_}").of(SOURCES),
        Rule::places("\t{file}:{line}").of(SOURCES),
        Rule::begins("panic: {message}"),
        Rule::begins("fatal error: {message}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn builds_vets_and_tests() {
        check(
            r#"
# example.com/app
./main.go:5:6: main redeclared in this block
	./bad.go:3:6: other declaration of main
./bad.go:4:2: undefined: missing
# example.com/app
./main.go:6:2: fmt.Printf format %d has arg "x" of wrong type string
# example.com/app
./main.go:6:2: fmt.Printf format %d has arg "x" of wrong type string
--- FAIL: TestAdd (0.00s)
    sum_test.go:7: Add(1, 2) = 4, want 3
--- FAIL: TestSub (0.00s)
    --- FAIL: TestSub/deep (0.00s)
        sum_test.go:17: no
FAIL
FAIL	example.com/app/pkg	0.002s
"#,
            expect![[r#"
                ./main.go:5:6
                  error (go): main redeclared in this block
                ./bad.go:4:2
                  error (go): undefined: missing
                ./main.go:6:2
                  error (go): fmt.Printf format %d has arg "x" of wrong type string
                example.com/app/pkg/sum_test.go:7
                  error (go test): TestAdd: Add(1, 2) = 4, want 3
                example.com/app/pkg/sum_test.go:17
                  error (go test): TestSub/deep: no
            "#]],
        );
    }

    #[test]
    fn a_panic_is_where_its_stack_is_the_users() {
        check(
            r#"
--- FAIL: TestPanic (0.00s)
panic: runtime error: index out of range [3] with length 0 [recovered]
	panic: runtime error: index out of range [3] with length 0

goroutine 18 [running]:
testing.tRunner.func1.2({0x518a00, 0xc0000e4000})
	/usr/lib/go-1.19/src/testing/testing.go:1396 +0x24e
testing.tRunner.func1()
	/usr/lib/go-1.19/src/testing/testing.go:1399 +0x39f
panic({0x518a00, 0xc0000e4000})
	/usr/lib/go-1.19/src/runtime/panic.go:884 +0x212
example.com/app/pkg.TestPanic(0x0?)
	/srv/go/pkg/panic_test.go:7 +0x1a
testing.tRunner(0xc000096680, 0x52f348)
	/usr/lib/go-1.19/src/testing/testing.go:1446 +0x10b
created by testing.(*T).Run
	/usr/lib/go-1.19/src/testing/testing.go:1493 +0x35f
FAIL	example.com/app/pkg	0.004s
FAIL
"#,
            expect![[r#"
                /usr/lib/go-1.19/src/testing/testing.go:1396
                  error (go): runtime error: index out of range [3] with length 0 [recovered]
                  from /usr/lib/go-1.19/src/testing/testing.go:1399
                  from /usr/lib/go-1.19/src/runtime/panic.go:884
                  from /srv/go/pkg/panic_test.go:7
                  from /usr/lib/go-1.19/src/testing/testing.go:1446
                  from /usr/lib/go-1.19/src/testing/testing.go:1493
            "#]],
        );
    }

    #[test]
    fn under_v_what_a_test_says_comes_before_its_end() {
        check(
            r#"
=== RUN   TestAdd
    sum_test.go:7: Add(1, 2) = 4, want 3
--- FAIL: TestAdd (0.00s)
=== RUN   TestFine
    sum_test.go:12: sum_test.go:3: fine
--- PASS: TestFine (0.00s)
=== RUN   TestSub
=== RUN   TestSub/deep
    sum_test.go:17: no
--- FAIL: TestSub (0.00s)
    --- FAIL: TestSub/deep (0.00s)
FAIL
FAIL	example.com/app/pkg	0.010s
FAIL
"#,
            expect![[r#"
                example.com/app/pkg/sum_test.go:7
                  error (go test): TestAdd: Add(1, 2) = 4, want 3
                example.com/app/pkg/sum_test.go:17
                  error (go test): TestSub/deep: no
            "#]],
        );
    }

    #[test]
    fn modules_and_assertions() {
        check(
            r#"
go: errors parsing go.mod:
/srv/go/go.mod:3: unknown directive: requirre
--- FAIL: TestSum (0.00s)
    sum_test.go:9: 
        	Error Trace:	/srv/go/pkg/sum_test.go:9
        	Error:      	Not equal: 
        	            	expected: 3
        	            	actual  : 4
        	Test:       	TestSum
FAIL
FAIL	example.com/app/pkg	0.002s
"#,
            expect![[r#"
                /srv/go/go.mod:3
                  error (go): unknown directive: requirre
                /srv/go/pkg/sum_test.go:9
                  error (go test): TestSum: Not equal:
                    expected: 3
                    actual : 4
            "#]],
        );
    }

    #[test]
    fn what_passing_tests_and_servers_log_is_nothing() {
        is_silent(
            r#"
=== RUN   TestFine
    sum_test.go:12: main.go:3:5: fine
--- PASS: TestFine (0.00s)
=== RUN   TestSkipped
    sum_test.go:15: no network
--- SKIP: TestSkipped (0.00s)
PASS
ok  	example.com/app/pkg	0.002s
    sum_test.go:12: after all
main.go:12: listening on :8080
2026/11/22 10:00:00 main.go:12: listening
	./bad.go:3:6: other declaration of main
panic: caught
"#,
        );
    }
}
