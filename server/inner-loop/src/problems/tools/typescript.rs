//! tsc, and what wraps it.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".json"];

pub(crate) const TSC: Tool = Tool {
    name: "tsc",
    innermost: Innermost::First,
    patience: 1,
    rules: &[
        Rule::quotes("{line}{ }{message}"),
        Rule::tells("{file}({line},{column}): {severity} {code}: {message}").of(SOURCES),
        Rule::begins("{file}:{line}:{column} - {severity} {code}: {message}").of(SOURCES),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn plain_and_pretty() {
        check(
            r#"
src/types.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
src/types.ts(3,12): error TS2339: Property 'missing' does not exist on type 'string'.
===
␛[96msrc/types.ts␛[0m:␛[93m1␛[0m:␛[93m7␛[0m - ␛[91merror␛[0m␛[90m TS2322: ␛[0mType 'string' is not assignable to type 'number'.

␛[7m1␛[0m const größe: number = "x";
␛[7m ␛[0m ␛[91m      ~~~~~␛[0m

␛[96msrc/types.ts␛[0m:␛[93m3␛[0m:␛[93m12␛[0m - ␛[91merror␛[0m␛[90m TS2339: ␛[0mProperty 'missing' does not exist on type 'string'.

␛[7m3␛[0m   return a.missing;
␛[7m ␛[0m ␛[91m           ~~~~~~~␛[0m


Found 2 errors in the same file, starting at: src/types.ts␛[90m:1␛[0m
"#,
            expect![[r#"
                src/types.ts:1:7
                  error (tsc): TS2322: Type 'string' is not assignable to type 'number'.
                src/types.ts:3:12
                  error (tsc): TS2339: Property 'missing' does not exist on type 'string'.
            "#]],
        );
    }

    #[test]
    fn lists_of_files_are_nothing() {
        is_silent(
            r#"
Found 2 errors in the same file, starting at: src/types.ts:1
src/types.ts:1:7
src/types.ts(1,7): note TS1: x
error TS18003: No inputs were found in config file 'tsconfig.json'.
10:30:45 - Found 0 errors. Watching for file changes.
"#,
        );
    }
}
