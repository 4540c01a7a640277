//! node: what it cannot read, and what nobody caught.
//!
//! It names the line first, shows it, and then says the error with its stack (`lib/internal/process/execution.js`). A stack alone, without
//! that head, is one that somebody has caught and printed.

use crate::problems::tool::{Innermost, Rule, Tool};

pub(super) const SOURCES: &[&str] =
    &[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"];

pub(crate) const NODE: Tool = Tool {
    name: "node",
    innermost: Innermost::First,
    patience: 30,
    rules: &[
        Rule::ends("Node.js v{_}"),
        Rule::places("    at {_} ({file}:{line}:{column}){_}").of(SOURCES),
        Rule::places("    at async {file}:{line}:{column}{_}").of(SOURCES),
        Rule::places("    at {file}:{line}:{column}{_}").of(SOURCES),
        Rule::marks("{ }^{_}"),
        Rule::marks("^{_}"),
        Rule::shows("{message}"),
        Rule::says("{error}"),
        Rule::begins("node:internal/{_}:{column}"),
        Rule::begins("file://{absolute}:{line}").of(SOURCES),
        Rule::begins("{absolute}:{line}").of(SOURCES),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn what_cannot_be_read_and_what_nobody_caught() {
        check(
            r#"
=== syntax.js
/srv/node/syntax.js:2
function (;
^^^^^^^^

SyntaxError: Function statements require a function name
    at wrapSafe (node:internal/modules/cjs/loader:1713:18)
    at Module._compile (node:internal/modules/cjs/loader:1755:20)
    at Object..js (node:internal/modules/cjs/loader:1913:10)
    at Module.load (node:internal/modules/cjs/loader:1505:32)
    at Function._load (node:internal/modules/cjs/loader:1309:12)
    at wrapModuleLoad (node:internal/modules/cjs/loader:254:19)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
    at node:internal/main/run_main_module:36:49

Node.js v22.23.3
=== throws.js
/srv/node/lib/deep.js:2
  throw new TypeError("größe is not a number");
  ^

TypeError: größe is not a number
    at exports.deep (/srv/node/lib/deep.js:2:9)
    at Object.<anonymous> (/srv/node/throws.js:2:1)
    at Module._compile (node:internal/modules/cjs/loader:1781:14)
    at Object..js (node:internal/modules/cjs/loader:1913:10)
    at Module.load (node:internal/modules/cjs/loader:1505:32)
    at Function._load (node:internal/modules/cjs/loader:1309:12)
    at wrapModuleLoad (node:internal/modules/cjs/loader:254:19)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
    at node:internal/main/run_main_module:36:49

Node.js v22.23.3
=== reject.mjs
node:internal/fs/promises:639
  return new FileHandle(await PromisePrototypeThen(
                        ^

Error: ENOENT: no such file or directory, open 'nowhere'
    at async open (node:internal/fs/promises:639:25)
    at async Object.readFile (node:internal/fs/promises:1252:14)
    at async file:///srv/node/reject.mjs:2:14 {
  errno: -2,
  code: 'ENOENT',
  syscall: 'open',
  path: 'nowhere'
}

Node.js v22.23.3
"#,
            expect![[r#"
                /srv/node/syntax.js:2  `function (;`
                  error (node): SyntaxError: Function statements require a function name
                /srv/node/lib/deep.js:2  `throw new TypeError("größe is not a number");`
                  error (node): TypeError: größe is not a number
                  from /srv/node/lib/deep.js:2:9
                  from /srv/node/throws.js:2:1
                /srv/node/reject.mjs:2:14
                  error (node): Error: ENOENT: no such file or directory, open 'nowhere'
            "#]],
        );
    }

    #[test]
    fn a_module_that_is_missing_is_where_it_is_asked_for() {
        check(
            r#"
=== missing.js
node:internal/modules/cjs/loader:1433
  throw err;
  ^

Error: Cannot find module './nothing'
Require stack:
- /srv/node/missing.js
    at Function._resolveFilename (node:internal/modules/cjs/loader:1430:15)
    at defaultResolveImpl (node:internal/modules/cjs/loader:1040:19)
    at resolveForCJSWithHooks (node:internal/modules/cjs/loader:1045:22)
    at Function._load (node:internal/modules/cjs/loader:1216:25)
    at wrapModuleLoad (node:internal/modules/cjs/loader:254:19)
    at Module.require (node:internal/modules/cjs/loader:1527:12)
    at require (node:internal/modules/helpers:147:16)
    at Object.<anonymous> (/srv/node/missing.js:1:1)
    at Module._compile (node:internal/modules/cjs/loader:1781:14)
    at Object..js (node:internal/modules/cjs/loader:1913:10) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/srv/node/missing.js' ]
}

Node.js v22.23.3
"#,
            expect![[r#"
                /srv/node/missing.js:1:1
                  error (node): Error: Cannot find module './nothing'
            "#]],
        );
    }

    #[test]
    fn stacks_that_were_caught_and_printed_are_nothing() {
        is_silent(
            r#"
=== caught.js
TypeError: Cannot read properties of null (reading 'x')
    at Object.<anonymous> (/srv/node/caught.js:1:12)
    at Module._compile (node:internal/modules/cjs/loader:1781:14)
    at Object..js (node:internal/modules/cjs/loader:1913:10)
    at Module.load (node:internal/modules/cjs/loader:1505:32)
    at Function._load (node:internal/modules/cjs/loader:1309:12)
    at wrapModuleLoad (node:internal/modules/cjs/loader:254:19)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)
    at node:internal/main/run_main_module:36:49

/srv/node/a.js:3
done
(node:12) Warning: /srv/node/a.js:3:5 is old
GET /srv/node/a.js:3
"#,
        );
    }
}
