//! What a RUN's script reads from its environment, and what is known of the base image's part in that.

use rewrites::Input;
use semantic::image_reference::ImageReference;
use semantic::{Base, StageInstruction};
use syntax::TextRange;
use syntax::shell::SetKind;

/// How much is known of what a base image sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// All: the model has it, or there is nothing.
    All,
    /// It sets PATH alone.
    Plain,
    /// Nothing.
    Nothing,
}

/// What images of plain distributions set.
const PLAIN_IMAGES: [&str; 14] = [
    "almalinux",
    "alpine",
    "amazonlinux",
    "archlinux",
    "bash",
    "busybox",
    "centos",
    "debian",
    "fedora",
    "oraclelinux",
    "photon",
    "rockylinux",
    "scratch",
    "ubuntu",
];

impl Known {
    /// Of what a stage builds on in the end.
    pub(crate) fn of(input: &Input<'_>, stage: usize) -> Self {
        match input.model.root(stage) {
            Base::Scratch => Self::All,
            Base::Image(name) if input.facts.base_image(name).is_some() => Self::All,
            Base::Image(name) => {
                let reference = ImageReference::parse(name).ok();
                let plain = reference.filter(|reference| {
                    reference.is_official() && PLAIN_IMAGES.contains(&reference.short_name())
                });
                plain.map_or(Self::Nothing, |_| Self::Plain)
            }
            _ => Self::Nothing,
        }
    }
}

/// A variable that a script reads and does not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Where it is read, from the `$` on.
    pub(crate) range: TextRange,
}

/// The variables that a RUN's script reads from its environment, each once, where it is read first.
///
/// None of a script that is not understood or that takes variables over from another file. One that says what to do without a value
/// (`${X:-y}`, `${X:?}`, `${X+y}`) expects to have none.
pub(crate) fn readings(item: &StageInstruction) -> Vec<Reading<'_>> {
    let Some(run) = item.as_run() else { return Vec::new() };
    let Some(script) = run.script.as_deref().filter(|script| script.clean) else { return Vec::new() };
    if script.variables.is_empty() || run.commands().any(takes_variables_over) {
        return Vec::new();
    }
    let mut found: Vec<Reading<'_>> = Vec::new();
    for used in &script.variables {
        let is_set = script
            .sets
            .iter()
            .any(|set| set.name == used.name && !matches!(set.how, SetKind::Exported | SetKind::Removed));
        let text = used.range.of(&item.instruction.source);
        if !is_set && !has_default(text) && !found.iter().any(|known| known.name == used.name) {
            found.push(Reading { name: &used.name, range: item.instruction.place(used.range) });
        }
    }
    found
}

/// Whether a use says what is to be done where the variable is empty or unset.
fn has_default(text: &str) -> bool {
    let Some(inside) = text.strip_prefix("${") else { return false };
    let after = inside.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    after.starts_with([':', '-', '=', '+', '?'])
}

/// `. /etc/os-release`, `eval "$(…)"`, `read x`: which variables it sets is not known.
fn takes_variables_over(command: &syntax::shell::Command) -> bool {
    matches!(command.program(), Some("." | "source" | "eval" | "read" | "mapfile" | "readarray" | "export"))
        && (command.program() != Some("export") || command.words.iter().any(|word| word.substitution))
}

#[cfg(test)]
mod tests {
    use semantic::{Facts, Model};
    use syntax::Document;

    use super::*;

    fn read(run: &str) -> Vec<String> {
        let model = Model::new(&Document::new(&format!("FROM a:1\n{run}\n")), &Facts::default());
        let found = readings(&model.stages[0].instructions[0]);
        found.iter().map(|reading| reading.name.to_owned()).collect()
    }

    #[test]
    fn what_a_script_sets_or_provides_for_is_not_read() {
        assert_eq!(read("RUN echo $A \"${B}\" ${C%x} && x=1 && echo $x $A"), ["A", "B", "C"]);
        assert_eq!(read("RUN <<EOF\necho $GRÖSSE $A\nEOF"), ["GR", "A"]);
        for run in [
            "RUN echo ${A:-x} ${A-x} ${A:?no} ${A+x}",
            "RUN for A in 1 2; do echo $A; done",
            "RUN . /etc/os-release && echo $VERSION_ID",
            "RUN eval \"$(x)\" && echo $A",
            "RUN echo '$A' \\$A",
            "RUN echo \"$A",
            "RUN [\"echo\", \"$A\"]",
            "RUN <<EOF\n#!/usr/bin/env python3\nprint('$A')\nEOF",
        ] {
            assert_eq!(read(run), [""; 0], "{run}");
        }
    }
}
