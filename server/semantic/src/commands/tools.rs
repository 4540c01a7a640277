//! Compilers, bundlers and build tools that are no package managers.

use syntax::shell::ShellWord;

/// A compiler, a bundler or a build tool at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool<'a> {
    /// What kind it is.
    pub kind: ToolKind,
    /// Its words.
    pub arguments: &'a [ShellWord],
}

/// What kind of tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToolKind {
    /// Compiles sources of a language: `gcc`, `rustc`, `javac`, `tsc` …
    Compiler,
    /// Runs other tools by a plan: `make`, `cmake`, `ninja`, `bazel`, `./configure` …
    BuildSystem,
    /// Puts a JavaScript application together: `webpack`, `esbuild`, `vite`, `next build` …
    Bundler,
    /// Runs tests: `pytest`, `jest`, `make test` …
    Test,
}

pub(super) fn read<'a>(program: &str, arguments: &'a [ShellWord]) -> Option<Tool<'a>> {
    let kind = kind(program, arguments.iter().map(|word| word.text.as_str()))?;
    Some(Tool { kind, arguments })
}

/// What kind of tool a program is, with these arguments.
pub(super) fn kind<'a>(
    program: &str,
    mut arguments: impl Iterator<Item = &'a str> + Clone,
) -> Option<ToolKind> {
    let tests = arguments.clone().any(|word| matches!(word, "test" | "check"));
    let kind = match program {
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" | "ld" | "as" | "rustc" | "javac" | "kotlinc"
        | "scalac" | "ghc" | "ocamlopt" | "nim" | "zig" | "gfortran" | "nvcc" | "swiftc" | "tsc"
        | "babel" | "swc" | "sass" | "protoc" => ToolKind::Compiler,
        "make" | "gmake" | "ninja" | "meson" | "bazel" | "scons" | "just" | "rake" | "ant" | "sbt"
        | "lein" | "mix" | "stack" | "cabal"
            if tests =>
        {
            ToolKind::Test
        }
        "make" | "gmake" | "ninja" | "cmake" | "meson" | "bazel" | "scons" | "configure" | "autoreconf"
        | "autogen.sh" | "just" | "rake" | "ant" | "sbt" | "lein" | "mix" | "stack" | "cabal"
        | "xcodebuild" => ToolKind::BuildSystem,
        "webpack" | "webpack-cli" | "esbuild" | "vite" | "rollup" | "parcel" | "tsup" | "ncc"
        | "browserify" | "gulp" | "grunt" | "turbo" | "nx" | "lerna" => ToolKind::Bundler,
        "next" | "nuxt" | "nuxi" | "ng" | "nest" | "remix" | "astro" | "gatsby" | "vue-cli-service"
        | "react-scripts" | "svelte-kit"
            if arguments.any(|word| matches!(word, "build" | "generate" | "export")) =>
        {
            ToolKind::Bundler
        }
        "pytest" | "jest" | "vitest" | "mocha" | "ctest" | "phpunit" | "rspec" | "tox" | "nox" => {
            ToolKind::Test
        }
        _ => return None,
    };
    Some(kind)
}
