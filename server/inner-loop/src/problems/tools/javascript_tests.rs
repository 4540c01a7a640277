//! jest, vitest, and node's own runner.

use super::node::SOURCES;
use crate::problems::tool::{Innermost, Rule, Tool};

pub(crate) const JEST: Tool = Tool {
    name: "jest",
    innermost: Innermost::First,
    patience: 60,
    rules: &[
        Rule::ends("Test Suites: {_}"),
        Rule::drops("  ● Console"),
        Rule::quotes("{ }> {line}{ }| {message}"),
        Rule::previews("{ }> {column}{ }| {message}"),
        Rule::places("{ }at {_} ({file}:{line}:{column})").of(SOURCES),
        Rule::places("{ }at {file}:{line}:{column}").of(SOURCES),
        // Advice on how to configure jest stands before what is wrong.
        Rule::begins("    SyntaxError: {file}: {message} ({line}:{column})")
            .of(SOURCES)
            .saying("SyntaxError: "),
        Rule::begins("    {file}:{line}:{column} - {severity} {code}: {message}").of(SOURCES),
        Rule::adds("    Expected{_}"),
        Rule::adds("    Received{_}"),
        Rule::begins("  ● {title}"),
        Rule::says("    {message}"),
    ],
};

pub(crate) const VITEST: Tool = Tool {
    name: "vitest",
    innermost: Innermost::First,
    patience: 40,
    rules: &[
        Rule::ends("⎯{_}"),
        Rule::quotes("{ }{line}|{ }{message}"),
        Rule::places(" ❯ {file}:{line}:{column}").of(SOURCES),
        Rule::places(" ❯ {_} {file}:{line}:{column}").of(SOURCES),
        Rule::says("{error}"),
        Rule::begins(" FAIL  {_} > {title}"),
        Rule::begins(" FAIL  {file} [ {_} ]").of(SOURCES),
    ],
};

pub(crate) const NODE_TEST: Tool = Tool {
    name: "node --test",
    innermost: Innermost::First,
    patience: 30,
    rules: &[
        Rule::places("{ }at {_} ({file}:{line}:{column})").of(SOURCES),
        Rule::places("{ }at {file}:{line}:{column}").of(SOURCES),
        Rule::begins("test at {_}"),
        Rule::keeps("✖ {title} ({_}"),
        Rule::says("  {error}"),
    ],
};

/// The same where nobody watches, before Node 23.
pub(crate) const NODE_TAP: Tool = Tool {
    name: "node --test",
    innermost: Innermost::First,
    patience: 30,
    rules: &[
        Rule::drops("{ }failureType: 'subtestsFailed'"),
        Rule::ends("{ }..."),
        Rule::keeps("{ }location: {_}"),
        Rule::places("{ }{_} ({file}:{line}:{column})").of(SOURCES),
        Rule::places("{ }at {file}:{line}:{column}").of(SOURCES),
        Rule::says("{ }error: '{message}'"),
        Rule::says("    {message}"),
        Rule::begins("not ok {column} - {title}"),
        Rule::begins("{ }not ok {column} - {title}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn jest_shows_the_line_before_its_place_and_what_is_logged_is_none() {
        check(
            r#"
FAIL src/sum.test.js
  ● Console

    console.error
      src/sum.test.js:3:5 - error TS1: look-alike

    ␛[0m ␛[90m  9 |␛[39m   })␛[33m;␛[39m
     ␛[90m 10 |␛[39m   test(␛[32m"fine"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {
    ␛[31m␛[1m>␛[22m␛[39m␛[90m 11 |␛[39m     console␛[33m.␛[39merror(␛[32m"src/sum.test.js:3:5 - error TS1: look-alike"␛[39m)␛[33m;␛[39m
     ␛[90m    |␛[39m             ␛[31m␛[1m^␛[22m␛[39m
     ␛[90m 12 |␛[39m   })␛[33m;␛[39m
     ␛[90m 13 |␛[39m })␛[33m;␛[39m
     ␛[90m 14 |␛[39m␛[0m

      at Object.error (src/sum.test.js:11:13)

  ● sum › adds

    expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 4

    ␛[0m ␛[90m 3 |␛[39m describe(␛[32m"sum"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {
     ␛[90m 4 |␛[39m   test(␛[32m"adds"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {
    ␛[31m␛[1m>␛[22m␛[39m␛[90m 5 |␛[39m     expect(sum(␛[35m1␛[39m␛[33m,␛[39m ␛[35m2␛[39m))␛[33m.␛[39mtoBe(␛[35m3␛[39m)␛[33m;␛[39m
     ␛[90m   |␛[39m                       ␛[31m␛[1m^␛[22m␛[39m
     ␛[90m 6 |␛[39m   })␛[33m;␛[39m
     ␛[90m 7 |␛[39m   test(␛[32m"breaks"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {
     ␛[90m 8 |␛[39m     boom()␛[33m;␛[39m␛[0m

      at Object.toBe (src/sum.test.js:5:23)

  ● sum › breaks

    TypeError: größe

    ␛[0m ␛[90m 1 |␛[39m exports␛[33m.␛[39msum ␛[33m=␛[39m (a␛[33m,␛[39m b) ␛[33m=>␛[39m a ␛[33m+␛[39m b ␛[33m+␛[39m ␛[35m1␛[39m␛[33m;␛[39m
    ␛[31m␛[1m>␛[22m␛[39m␛[90m 2 |␛[39m exports␛[33m.␛[39mboom ␛[33m=␛[39m () ␛[33m=>␛[39m { ␛[36mthrow␛[39m ␛[36mnew␛[39m ␛[33mTypeError␛[39m(␛[32m"größe"␛[39m)␛[33m;␛[39m }␛[33m;␛[39m
     ␛[90m   |␛[39m                              ␛[31m␛[1m^␛[22m␛[39m
     ␛[90m 3 |␛[39m␛[0m

      at Object.<anonymous>.exports.boom (src/sum.js:2:30)
      at Object.boom (src/sum.test.js:8:5)

FAIL src/bad.test.js
  ● Test suite failed to run

    Jest encountered an unexpected token

    Jest failed to parse a file. This happens e.g. when your code or its dependencies use non-standard JavaScript syntax, or when Jest is not configured to support such syntax.



    Here's what you can do:

    You'll find more details and examples of these config options in the docs:

    Details:

    SyntaxError: /srv/js/src/bad.test.js: Unexpected token (1:11)

    ␛[0m␛[31m␛[1m>␛[22m␛[39m␛[90m 1 |␛[39m ␛[36mconst␛[39m x ␛[33m=␛[39m (␛[33m;␛[39m
     ␛[90m   |␛[39m            ␛[31m␛[1m^␛[22m␛[39m
     ␛[90m 2 |␛[39m test(␛[32m"x"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {})␛[33m;␛[39m
     ␛[90m 3 |␛[39m␛[0m

      at constructor (node_modules/@babel/parser/src/parse-error.ts:96:45)
      at Parser.toParseError [as raise] (node_modules/@babel/parser/src/tokenizer/index.ts:1563:19)
      at Parser.raise [as unexpected] (node_modules/@babel/parser/src/tokenizer/index.ts:1603:16)
      at Parser.unexpected [as parseExprAtom] (node_modules/@babel/parser/src/parser/expression.ts:1440:22)

Test Suites: 2 failed, 2 total
Tests:       2 failed, 1 passed, 3 total
Snapshots:   0 total
Time:        1.988 s
Ran all test suites matching /src/i.
"#,
            expect![[r#"
                src/sum.test.js:5:23  `expect(sum(1, 2)).toBe(3);`
                  error (jest): sum › adds: expect(received).toBe(expected) // Object.is equality
                    Expected: 3
                    Received: 4
                src/sum.js:2:30  `exports.boom = () => { throw new TypeError("größe"); };`
                  error (jest): sum › breaks: TypeError: größe
                  from src/sum.test.js:8:5
                /srv/js/src/bad.test.js:1:11  `const x = (;`
                  error (jest): SyntaxError: Unexpected token
                  from node_modules/@babel/parser/src/parse-error.ts:96:45
                  from node_modules/@babel/parser/src/tokenizer/index.ts:1563:19
                  from node_modules/@babel/parser/src/tokenizer/index.ts:1603:16
                  from node_modules/@babel/parser/src/parser/expression.ts:1440:22
            "#]],
        );
    }

    #[test]
    fn vitest_shows_the_line_behind_its_place() {
        check(
            r#"
␛[1m␛[7m␛[36m RUN ␛[39m␛[27m␛[22m ␛[36mv2.1.9 ␛[39m␛[90m/srv/js␛[39m

␛[90mstdout␛[2m | vt/sum.test.ts␛[2m > ␛[22m␛[2msum␛[2m > ␛[22m␛[2mfine
␛[22m␛[39m ❯ vt/sum.test.ts:3:5

 ␛[31m❯␛[39m vt/sum.test.ts ␛[2m(␛[22m␛[2m3 tests␛[22m␛[2m | ␛[22m␛[31m2 failed␛[39m␛[2m)␛[22m␛[90m 54␛[2mms␛[22m␛[39m
␛[31m   ␛[31m×␛[31m sum␛[2m > ␛[22madds␛[90m 39␛[2mms␛[22m␛[31m␛[39m
␛[31m     → expected 4 to be 3 // Object.is equality␛[39m
␛[31m   ␛[31m×␛[31m sum␛[2m > ␛[22mbreaks␛[90m 12␛[2mms␛[22m␛[31m␛[39m
␛[31m     → größe␛[39m
 ␛[31m❯␛[39m vt/bad.test.ts ␛[2m(␛[22m␛[2m0 test␛[22m␛[2m)␛[22m

␛[31m⎯⎯⎯⎯⎯⎯␛[1m␛[7m Failed Suites 1 ␛[27m␛[22m⎯⎯⎯⎯⎯⎯⎯␛[39m

␛[31m␛[1m␛[7m FAIL ␛[27m␛[22m␛[39m vt/bad.test.ts␛[2m [ vt/bad.test.ts ]␛[22m
␛[31m␛[1mError␛[22m: Failed to load url ./nothing (resolved id: ./nothing) in /srv/js/vt/bad.test.ts. Does the file exist?␛[39m
␛[90m ␛[2m❯␛[22m loadAndTransform node_modules/vite/dist/node/chunks/dep-BK3b2jBa.js:␛[2m51969:17␛[22m␛[39m

␛[31m␛[2m⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/3]⎯␛[22m␛[39m

␛[31m⎯⎯⎯⎯⎯⎯⎯␛[1m␛[7m Failed Tests 2 ␛[27m␛[22m⎯⎯⎯⎯⎯⎯⎯␛[39m

␛[31m␛[1m␛[7m FAIL ␛[27m␛[22m␛[39m vt/sum.test.ts␛[2m > ␛[22msum␛[2m > ␛[22madds
␛[31m␛[1mAssertionError␛[22m: expected 4 to be 3 // Object.is equality␛[39m

␛[32m- Expected␛[39m
␛[31m+ Received␛[39m

␛[32m- 3␛[39m
␛[31m+ 4␛[39m

␛[36m ␛[2m❯␛[22m vt/sum.test.ts:␛[2m6:23␛[22m␛[39m
    ␛[90m  4| ␛[39m␛[34mdescribe␛[39m(␛[32m"sum"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {
    ␛[90m  5| ␛[39m  ␛[34mtest␛[39m(␛[32m"adds"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {
    ␛[90m  6| ␛[39m    ␛[34mexpect␛[39m(␛[34msum␛[39m(␛[34m1␛[39m␛[33m,␛[39m ␛[34m2␛[39m))␛[33m.␛[39m␛[34mtoBe␛[39m(␛[34m3␛[39m)␛[33m;␛[39m
    ␛[90m   | ␛[39m                      ␛[31m^␛[39m
    ␛[90m  7| ␛[39m  })␛[33m;␛[39m
    ␛[90m  8| ␛[39m  ␛[34mtest␛[39m(␛[32m"breaks"␛[39m␛[33m,␛[39m () ␛[33m=>␛[39m {

␛[31m␛[2m⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[2/3]⎯␛[22m␛[39m

␛[31m␛[1m␛[7m FAIL ␛[27m␛[22m␛[39m vt/sum.test.ts␛[2m > ␛[22msum␛[2m > ␛[22mbreaks
␛[31m␛[1mTypeError␛[22m: größe␛[39m
␛[36m ␛[2m❯␛[22m Module.boom vt/sum.ts:␛[2m3:9␛[22m␛[39m
    ␛[90m  1| ␛[39m␛[35mexport␛[39m ␛[35mconst␛[39m sum ␛[33m=␛[39m (a␛[33m:␛[39m number␛[33m,␛[39m b␛[33m:␛[39m number)␛[33m:␛[39m number ␛[33m=>␛[39m a ␛[33m+␛[39m b ␛[33m+␛[39m ␛[34m1␛[39m␛[33m;␛[39m
    ␛[90m  2| ␛[39m␛[35mexport␛[39m ␛[35mconst␛[39m boom ␛[33m=␛[39m ()␛[33m:␛[39m ␛[35mvoid␛[39m ␛[33m=>␛[39m {
    ␛[90m  3| ␛[39m  ␛[35mthrow␛[39m ␛[35mnew␛[39m ␛[33mTypeError␛[39m(␛[32m"größe"␛[39m)␛[33m;␛[39m
    ␛[90m   | ␛[39m        ␛[31m^␛[39m
    ␛[90m  4| ␛[39m}␛[33m;␛[39m
    ␛[90m  5| ␛[39m
␛[90m ␛[2m❯␛[22m vt/sum.test.ts:␛[2m9:5␛[22m␛[39m

␛[31m␛[2m⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[3/3]⎯␛[22m␛[39m

␛[2m Test Files ␛[22m ␛[1m␛[31m2 failed␛[39m␛[22m␛[90m (2)␛[39m
␛[2m      Tests ␛[22m ␛[1m␛[31m2 failed␛[39m␛[22m␛[2m | ␛[22m␛[1m␛[32m1 passed␛[39m␛[22m␛[90m (3)␛[39m
␛[2m   Start at ␛[22m 15:28:54
␛[2m   Duration ␛[22m 1.93s␛[2m (transform 238ms, setup 0ms, collect 170ms, tests 54ms, environment 0ms, prepare 437ms)␛[22m
"#,
            expect![[r#"
                node_modules/vite/dist/node/chunks/dep-BK3b2jBa.js:51969:17
                  error (vitest): Error: Failed to load url ./nothing (resolved id: ./nothing) in /srv/js/vt/bad.test.ts. Does the file exist?
                  from vt/bad.test.ts:1
                vt/sum.test.ts:6:23  `expect(sum(1, 2)).toBe(3);`
                  error (vitest): sum > adds: AssertionError: expected 4 to be 3 // Object.is equality
                vt/sum.ts:3:9  `throw new TypeError("größe");`
                  error (vitest): sum > breaks: TypeError: größe
                  from vt/sum.test.ts:9:5
            "#]],
        );
    }

    #[test]
    fn node_reports_as_tap_and_for_people() {
        check(
            r#"
TAP version 13
# Subtest: adds
not ok 1 - adds
  ---
  duration_ms: 10.59987
  type: 'test'
  location: '/srv/node/test/a.test.js:4:1'
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:
    
    2 !== 3
    
  code: 'ERR_ASSERTION'
  name: 'AssertionError'
  expected: 3
  actual: 2
  operator: 'strictEqual'
  stack: |-
    TestContext.<anonymous> (/srv/node/test/a.test.js:5:10)
    Test.runInAsyncScope (node:async_hooks:214:14)
    Test.run (node:internal/test_runner/test:1047:25)
    Test.start (node:internal/test_runner/test:944:17)
    startSubtestAfterBootstrap (node:internal/test_runner/harness:296:17)
  ...
# Subtest: fine
ok 2 - fine
  ---
  duration_ms: 0.317318
  type: 'test'
  ...
1..2
# tests 2
# suites 0
# pass 1
# fail 1
# cancelled 0
# skipped 0
# todo 0
# duration_ms 182.031217
✖ adds (10.807211ms)
✔ fine (0.240367ms)
ℹ tests 2
ℹ suites 0
ℹ pass 1
ℹ fail 1
ℹ cancelled 0
ℹ skipped 0
ℹ todo 0
ℹ duration_ms 116.336802

✖ failing tests:

test at test/a.test.js:4:1
✖ adds (10.807211ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
  
  2 !== 3
  
      at TestContext.<anonymous> (/srv/node/test/a.test.js:5:10)
      at Test.runInAsyncScope (node:async_hooks:214:14)
      at Test.run (node:internal/test_runner/test:1047:25)
      at Test.start (node:internal/test_runner/test:944:17)
      at startSubtestAfterBootstrap (node:internal/test_runner/harness:296:17) {
    generatedMessage: true,
    code: 'ERR_ASSERTION',
    actual: 2,
    expected: 3,
    operator: 'strictEqual',
    diff: 'simple'
  }
"#,
            expect![[r#"
                /srv/node/test/a.test.js:5:10
                  error (node --test): adds: Expected values to be strictly equal:
                /srv/node/test/a.test.js:5:10
                  error (node --test): adds: AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
            "#]],
        );
    }

    #[test]
    fn what_passes_is_nothing() {
        is_silent(
            r#"
PASS src/sum.test.js
  ● Console

    console.error
      boom

      at Object.error (src/sum.test.js:11:13)

Test Suites: 1 passed, 1 total
 ✓ vt/sum.test.ts (3 tests) 54ms
 ❯ vt/sum.test.ts:3:5
ok 1 - adds
  ---
  duration_ms: 1.2
  ...
"#,
        );
    }
}
