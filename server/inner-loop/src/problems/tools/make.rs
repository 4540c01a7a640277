//! make: the folders that it enters, which the paths of all others are relative to, and what it cannot read itself.
//!
//! A recipe that failed (`make: *** [Makefile:3: all] Error 1`) is no problem of its own: what it ran has said what is wrong.

use crate::problems::tool::{Innermost, Rule, Tool};

pub(crate) const MAKE: Tool = Tool {
    name: "make",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::enters("make: Entering directory '{path}'"),
        Rule::enters("make[{column}]: Entering directory '{path}'"),
        Rule::leaves("make: Leaving directory '{path}'"),
        Rule::leaves("make[{column}]: Leaving directory '{path}'"),
        Rule::tells("{file}:{line}: *** {message}.  Stop."),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn what_a_recipe_compiles_is_in_the_folder_that_make_entered() {
        check(
            r#"
make -C lib
make[1]: Entering directory '/srv/app/lib'
cc -c -o a.o a.c
a.c:3:5: error: expected ';' before '}' token
make[1]: *** [<builtin>: a.o] Error 1
make[1]: Leaving directory '/srv/app/lib'
make: *** [Makefile:2: all] Error 2
b.c:1:1: error: unknown type name 'x'
"#,
            expect![[r#"
                a.c:3:5 in /srv/app/lib
                  error (gcc): expected ';' before '}' token
                b.c:1:1
                  error (gcc): unknown type name 'x'
            "#]],
        );
    }

    #[test]
    fn a_makefile_that_cannot_be_read_is_named() {
        check(
            r#"
Makefile:5: *** missing separator.  Stop.
"#,
            expect![[r#"
                Makefile:5
                  error (make): missing separator
            "#]],
        );
    }

    #[test]
    fn recipes_that_fail_have_said_why() {
        is_silent(
            r#"
make: *** [Makefile:3: all] Error 1
make: *** No rule to make target 'x'.  Stop.
Makefile:3: recipe for target 'all' failed
"#,
        );
    }
}
