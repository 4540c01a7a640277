//! Which lines of a Dockerfile made which entries of an image's history.
//!
//! Every instruction of a stage and of those that it is built on makes one entry, behind those of the base image (`commitToHistory` in
//! BuildKit's `dockerfile2llb/convert.go`; the classic builder does the same). A Dockerfile fits where each of its instructions stands in the
//! history under its keyword, and each RUN with its command.

use semantic::{Model, StageInstruction};
use syntax::{Form, Keyword};

/// The instructions of a stage in a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// The stage's position.
    pub stage: usize,
    /// The first entry that the Dockerfile made; those before it are the base image's.
    pub first: usize,
    /// The first and last line of each entry from there on, from 1.
    pub lines: Vec<(u32, u32)>,
}

/// How the shell form is run.
const SHELL: &str = "/bin/sh -c ";

/// What the classic builder puts before an instruction that runs nothing.
const NO_OPERATION: &str = "#(nop)";

/// The stage of a Dockerfile that made a history: the last one that fits.
#[must_use]
pub fn fit(history: &[&str], model: &Model) -> Option<Fit> {
    (0..model.stages.len()).rev().find_map(|stage| {
        let items: Vec<&StageInstruction> =
            model.lineage(stage).into_iter().flat_map(|stage| &stage.instructions).collect();
        let first = history.len().checked_sub(items.len())?;
        let fits = history[first..].iter().zip(&items).all(|(entry, item)| is_of(entry, item));
        // A stage without instructions fits any history, and says nothing.
        (fits && !items.is_empty()).then(|| Fit {
            stage,
            first,
            lines: items
                .iter()
                .map(|item| (item.instruction.line + 1, item.instruction.end_line() + 1))
                .collect(),
        })
    })
}

/// Whether an instruction may have made an entry.
fn is_of(entry: &str, item: &StageInstruction) -> bool {
    let (keyword, rest) = instruction(entry);
    if !keyword.eq_ignore_ascii_case(item.instruction.keyword.as_str()) {
        return false;
    }
    let is_plain = item.instruction.keyword == Keyword::Run
        && item.instruction.heredocs.is_empty()
        && item.instruction.arguments.form == Some(Form::Shell);
    let (ran, command) = (one_line(rest), one_line(&item.instruction.arguments.text));
    // Another shell may have other options in front of the command.
    let option = if item.shell.is_some() { "" } else { "-c" };
    !is_plain || ran.ends_with(&format!("{option} {command}"))
}

/// The keyword of an entry, and what stands behind it: `RUN /bin/sh -c x # buildkit`, `/bin/sh -c #(nop)  CMD ["x"]`, `/bin/sh -c x`.
#[must_use]
pub fn instruction(entry: &str) -> (&str, &str) {
    let entry = entry.trim();
    let entry = entry.strip_suffix("# buildkit").unwrap_or(entry).trim_end();
    let written = match entry.split_once(NO_OPERATION) {
        Some((_, written)) => written.trim_start(),
        None if entry.starts_with(SHELL) || entry.starts_with('|') => return ("RUN", entry),
        None => entry,
    };
    let (keyword, rest) = written.split_once(char::is_whitespace).unwrap_or((written, ""));
    if keyword.bytes().all(|byte| byte.is_ascii_uppercase()) && !keyword.is_empty() {
        (keyword, rest.trim_start())
    } else {
        ("", written)
    }
}

/// An entry as people write instructions: `RUN x` for `RUN |1 A=b /bin/sh -c x # buildkit`. The build arguments before the command are left
/// out, for they may hold secrets.
#[must_use]
pub fn readable(entry: &str) -> String {
    let (keyword, rest) = instruction(entry);
    let rest =
        if keyword == "RUN" { rest.split_once(SHELL).map_or(rest, |(_, command)| command) } else { rest };
    one_line(format!("{keyword} {rest}").trim())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use syntax::Document;

    use super::*;

    const BASE: &str = "/bin/sh -c #(nop) ADD file:0123 in / ";

    /// The stage, the first entry, and the lines from there on.
    type Expected<'a> = (usize, usize, &'a [(u32, u32)]);

    fn check(text: &str, history: &[&str], expected: Option<Expected<'_>>) {
        let model = Model::new(&Document::new(text), &Facts::default());
        let expected = expected.map(|(stage, first, lines)| Fit { stage, first, lines: lines.to_vec() });
        assert_eq!(fit(history, &model), expected, "{text}");
    }

    #[test]
    fn each_instruction_is_an_entry_behind_those_of_the_base() {
        let text = "FROM a AS build\r\nRUN x\r\nFROM debian\r\nARG V=1\r\nRUN apt-get update && \\\r\n  # why\r\n  größe\r\nCOPY --from=build /a /b\r\nRUN <<E\r\nany\r\nE\r\nRUN [\"a\"]\r\nCMD [\"x\"]\r\n";
        let history = [
            BASE,
            "/bin/sh -c #(nop)  CMD [\"bash\"]",
            "ARG V=1",
            "RUN |1 V=1 /bin/sh -c apt-get update &&   größe # buildkit",
            "COPY /a /b # buildkit",
            "RUN |1 V=1 /bin/sh -c any # buildkit",
            "RUN |1 V=1 a # buildkit",
            "CMD [\"x\"]",
        ];
        check(text, &history, Some((1, 2, &[(4, 4), (5, 7), (8, 8), (9, 11), (12, 12), (13, 13)])));
        // Without a base's entries too.
        check(text, &history[2..], Some((1, 0, &[(4, 4), (5, 7), (8, 8), (9, 11), (12, 12), (13, 13)])));
    }

    #[test]
    fn what_the_classic_builder_says_fits_too() {
        let history = [
            BASE,
            "/bin/sh -c #(nop) COPY dir:01 in /x ",
            "|1 V=1 /bin/sh -c make all",
            "/bin/sh -c #(nop)  USER me",
        ];
        check(
            "# escape=`\nFROM a\nCOPY . /x\nRUN make `\n all\nUSER me\n",
            &history,
            Some((0, 1, &[(3, 3), (4, 5), (6, 6)])),
        );
    }

    #[test]
    fn instructions_of_the_stages_below_come_first_and_a_stage_in_the_middle_is_found() {
        let text = "FROM a AS base\nENV A=b\nFROM base AS app\nRUN x\nFROM base AS test\nRUN y\n";
        check(text, &["ENV A=b", "RUN /bin/sh -c x # buildkit"], Some((1, 0, &[(2, 2), (4, 4)])));
    }

    #[test]
    fn another_dockerfile_does_not_fit() {
        let history = [BASE, "RUN /bin/sh -c make # buildkit"];
        for text in [
            "FROM a\nRUN other\n",
            "FROM a\nRUN mak\n",
            "FROM a\nRUN ke\n",
            "FROM a\nCOPY a b\n",
            "FROM a\nENV A=b\nRUN make\nRUN make\n",
            "FROM a\n",
            "FROM\nCOPY",
            "",
        ] {
            check(text, &history, None);
        }
    }

    #[test]
    fn entries_read_like_instructions_and_tell_no_build_argument() {
        for (entry, expected) in [
            ("RUN |1 TOKEN=hunter2 /bin/sh -c npm ci # buildkit", "RUN npm ci"),
            ("|1 TOKEN=hunter2 /bin/sh -c npm  ci", "RUN npm ci"),
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]"),
            ("COPY a b # buildkit", "COPY a b"),
            ("# debian.sh --arch 'amd64'", "# debian.sh --arch 'amd64'"),
            ("", ""),
        ] {
            assert_eq!(readable(entry), expected);
        }
    }
}
