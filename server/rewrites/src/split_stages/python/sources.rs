//! What a Python project's own sources ask of the system at run time. Sources of packages are not read.

use crate::context::Context;

/// Words by which a source calls a program, or loads a library by its name. `tkinter` is part of Python, and slim images lack its library.
const ASKS: [&str; 9] = [
    "import tkinter",
    "from tkinter",
    "subprocess",
    "os.exec",
    "os.popen(",
    "os.spawn",
    "os.system(",
    "CDLL(",
    "find_library(",
];

/// What is to be checked of the run-time stage's image, as the rest of "check …".
pub(super) fn check(context: &Context<'_>, image: &str) -> Option<String> {
    let mut sources = context.below(".").filter(|path| is_own_source(path));
    let asks = sources.find_map(|path| match context.manifest(path) {
        Some(text) => ASKS.iter().any(|word| text.contains(word)).then(|| path.to_owned()),
        None => Some("a source that could not be read".to_owned()),
    });
    asks.map(|path| format!("that {image} has the programs and libraries that {path} asks for"))
}

/// Whether the running program may load a file: no test, and nothing that a tool put there.
fn is_own_source(path: &str) -> bool {
    let is_test = |part: &str| {
        matches!(part, "test" | "tests" | "docs" | "node_modules" | "conftest.py" | "setup.py")
            || part.starts_with("test_")
            || part.ends_with("_test.py")
            || part.starts_with('.')
    };
    semantic::path::file_name(path).ends_with(".py") && !path.split('/').any(is_test)
}
