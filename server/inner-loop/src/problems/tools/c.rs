//! gcc, clang, and what looks like them; and linkers, which name a line only where there is debug information.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[
    ".c", ".h", ".cc", ".hh", ".cpp", ".hpp", ".cxx", ".hxx", ".c++", ".C", ".H", ".inl", ".ipp", ".tpp",
    ".m", ".mm", ".cu", ".cuh", ".s", ".S", ".f", ".f90", ".F90", ".l", ".y", ".ll", ".yy",
];

pub(crate) const COMPILER: Tool = Tool {
    name: "gcc",
    innermost: Innermost::First,
    patience: 1,
    rules: &[
        Rule::marks("{ }|{ }^{_}"),
        Rule::marks("{ }|{ }~{_}"),
        Rule::marks("{ }^{_}"),
        Rule::marks("{ }~{_}"),
        Rule::marks("^{_}"),
        Rule::quotes("{ }{line} | {message}"),
        Rule::begins("{file}:{line}:{column}: {severity}: {message}").of(SOURCES),
        Rule::begins("{file}:{line}: {severity}: {message}").of(SOURCES),
        // clang before 17 shows the line alone.
        Rule::guesses("{message}"),
    ],
};

pub(crate) const LINKER: Tool = Tool {
    name: "ld",
    innermost: Innermost::First,
    patience: 0,
    rules: &[
        Rule::tells("{_}ld: {file}:{line}: {message}").of(SOURCES),
        Rule::tells("{file}:{line}: undefined reference to {message}")
            .of(SOURCES)
            .saying("undefined reference to "),
        Rule::tells("{file}:{line}: multiple definition of {message}")
            .of(SOURCES)
            .saying("multiple definition of "),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn gcc_shows_the_line_and_notes_are_none() {
        check(
            r#"
main.c: In function 'main':
main.c:5:12: error: 'missing' undeclared (first use in this function)
    5 |     return missing + 1
      |            ^~~~~~~
main.c:5:12: note: each undeclared identifier is reported only once for each function it appears in
main.c:5:23: error: expected ';' before '}' token
    5 |     return missing + 1
      |                       ^
      |                       ;
    6 | }
      | ~                      
main.c:4:9: warning: unused variable 'unused' [-Wunused-variable]
    4 |     int unused;
      |         ^~~~~~
"#,
            expect![[r#"
                main.c:5:12  `return missing + 1`
                  error (gcc): 'missing' undeclared (first use in this function)
                main.c:5:23  `return missing + 1`
                  error (gcc): expected ';' before '}' token
                main.c:4:9  `int unused;`
                  warning (gcc): unused variable 'unused' [-Wunused-variable]
            "#]],
        );
    }

    #[test]
    fn old_clang_shows_the_line_alone_and_what_is_not_marked_is_none() {
        check(
            r#"
c/main.c:2:12: error: use of undeclared identifier 'größe'
    return größe + missing;
           ^
c/main.c:2:22: error: use of undeclared identifier 'missing'
    return größe + missing;
                   ^
c/main.c:3:1: error: expected '}'
make: *** [Makefile:2: main.o] Error 1
   ^ there
"#,
            expect![[r#"
                c/main.c:2:12  `return größe + missing;`
                  error (gcc): use of undeclared identifier 'größe'
                c/main.c:2:22  `return größe + missing;`
                  error (gcc): use of undeclared identifier 'missing'
                c/main.c:3:1
                  error (gcc): expected '}'
            "#]],
        );
    }

    #[test]
    fn linkers_name_lines_where_they_know_them() {
        check(
            r#"
/usr/bin/ld: /tmp/ccqgWWGZ.o: in function `main':
/srv/c/link.c:3: undefined reference to `add'
collect2: error: ld returned 1 exit status
/usr/bin/ld: /tmp/ccfvlPCS.o: in function `main':
link.c:(.text+0xf): undefined reference to `add'
collect2: error: ld returned 1 exit status

/usr/bin/ld: main.cpp:7: undefined reference to `vtable for größe'
ld.lld: error: undefined symbol: add
"#,
            expect![[r#"
                /srv/c/link.c:3
                  error (ld): undefined reference to `add'
                main.cpp:7
                  error (ld): undefined reference to `vtable for größe'
            "#]],
        );
    }

    #[test]
    fn clang_and_templates_of_cpp() {
        check(
            r#"
In file included from src/a.cpp:1:
./src/größe.hpp:7:3: error: no type named 'strin' in namespace 'std'; did you mean 'string'?
    7 |   std::strin x;
      |   ~~~~~^~~~~
src/a.cpp:3:10: fatal error: 'missing.h' file not found
    3 | #include "missing.h"
      |          ^~~~~~~~~~~
2 errors generated.
"#,
            expect![[r#"
                ./src/größe.hpp:7:3  `std::strin x;`
                  error (gcc): no type named 'strin' in namespace 'std'; did you mean 'string'?
                src/a.cpp:3:10  `#include "missing.h"`
                  error (gcc): 'missing.h' file not found
            "#]],
        );
    }

    #[test]
    fn notes_and_other_tools_are_nothing() {
        is_silent(
            r#"
main.c: In function 'main':
main.c:5:12: note: each undeclared identifier is reported only once
collect2: error: ld returned 1 exit status
cc1: fatal error: main.c: No such file or directory
link.c:(.text+0xf): undefined reference to `add'
{"file":"main.c:5:12: error: x"}
2026-11-22 main.c:5:12: error: x
"#,
        );
    }
}
