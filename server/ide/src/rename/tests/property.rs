//! There and back again: whatever is renamed keeps its meaning, and renaming it back gives the text that was.

use proptest::prelude::*;
use semantic::{Facts, Model, RuntimeSettings, Spelling, Symbol};
use syntax::Document;

use crate::fixture::{Opened, open};

/// Lines of which files are made; names meet in them on purpose.
const LINES: [&str; 30] = [
    "FROM node AS one",
    "FROM one AS two",
    "FROM one",
    "FROM scratch AS three",
    "FROM alpine:${V}",
    "ARG V=1",
    "ARG V",
    "ARG W=${V:-$W}",
    "ENV V=$V",
    "ENV W=2 V=${W}x",
    "ENV X \"$V\" '$W'",
    "RUN echo $V \"${W}\" '$V' \\$V",
    "RUN V=1; echo $V",
    "RUN W=$V && echo $W",
    "RUN if [ -z \"$V\" ]; then V=$W; fi && echo $V",
    "RUN for V in $W; do echo $V; done; echo $X",
    "RUN sh -c 'echo $V' && cat <<EOF > $W\n$V \\$W\nEOF",
    "RUN <<EOF\nexport W=$V\necho $W\nEOF",
    "RUN --mount=type=bind,from=one,target=/m --mount=type=cache,id=$V,target=/c x",
    "COPY --from=one --chown=$V /a$W /b",
    "COPY --from=0 /a /b",
    "COPY --from=two /a /b",
    "COPY <<EOF <<\"END\" /x/\n'$V' $W\nEOF\n$V\nEND",
    "COPY \\\n  # $V\n  src/$V \\\n  /$W/",
    "WORKDIR /$V/$W",
    "LABEL v=$V \"w\"=\"$W\"",
    "CMD echo $V $W",
    "ENTRYPOINT [\"sh\", \"-c\", \"echo $W\"]",
    "ONBUILD RUN echo $V",
    "# $V one",
];

/// What a file means, less its names.
fn meaning(text: &str) -> String {
    let model = Model::new(&Document::new(text), &Facts::default());
    let mut out = format!("{:?}\n", model.problems.len());
    for stage in &model.stages {
        let settings = RuntimeSettings::of(&model, stage.index);
        let values: Vec<_> = settings.environment.values().filter(|value| !value.contains('$')).collect();
        let mut values: Vec<_> = values.into_iter().cloned().collect();
        values.sort();
        out += &format!("{:?} {:?} {values:?} {:?}\n", stage.base, stage.platform, settings.labels.len());
        for item in &stage.instructions {
            let targets: Vec<_> = item.references().map(|reference| reference.target.stage()).collect();
            let sources: Vec<_> = item.as_copy().map_or(Vec::new(), |copy| {
                copy.sources
                    .iter()
                    .map(|source| source.text.value.clone())
                    .filter(|value| value.as_ref().is_none_or(|value| !value.starts_with("<<")))
                    .collect()
            });
            let heredocs = item.instruction.heredocs.len();
            out += &format!(
                "  {} {targets:?} {:?} {sources:?} {heredocs}\n",
                item.instruction.keyword, item.workdir
            );
        }
    }
    out
}

/// The roles and places of all names, by line.
fn names(opened: &Opened) -> Vec<String> {
    let occurrences = opened.snapshot.occurrences(&opened.id).unwrap();
    let show = |occurrence: &semantic::Occurrence| {
        let line = opened.text[..occurrence.range.start as usize].matches('\n').count();
        format!(
            "{line} {:?} {:?} {:?} {:?}",
            occurrence.symbol, occurrence.role, occurrence.spelling, occurrence.sources
        )
    };
    occurrences.all().iter().map(show).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn there_and_back_again(lines in prop::collection::vec(prop::sample::select(&LINES[..]), 1..14), crlf in any::<bool>()) {
        let text = lines.join("\n") + "\n";
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let before = open(&text);
        let occurrences = before.snapshot.occurrences(&before.id).unwrap();
        for (id, symbol) in occurrences.symbols() {
            let (old, new) = match symbol {
                Symbol::Stage(_) => ("", "renamed.1"),
                Symbol::Variable { name, .. } => (name.as_str(), "Renamed_1"),
                Symbol::Heredoc { name, .. } => (name.as_str(), "RENAMED"),
                Symbol::Outside { .. } => continue,
            };
            let Some(first) = occurrences.of_symbol(id).find(|one| one.spelling == Spelling::Name) else { continue };
            let old = if old.is_empty() { before.slice(first.range) } else { old };
            let Ok(edits) = before.snapshot.rename(&before.id, first.range.start, new) else { continue };
            let after = open(&before.edited(&edits));
            prop_assert_eq!(meaning(&after.text), meaning(&text), "{}\nto\n{}", text, after.text);
            prop_assert_eq!(names(&after), names(&before), "{}\nto\n{}", text, after.text);
            // A name that is shadowed stands for two things, and back it would be one.
            let is_shared = occurrences.symbols().any(|(other, symbol)| {
                let taken = match symbol {
                    Symbol::Variable { name, .. } | Symbol::Outside { name } => name.as_str(),
                    Symbol::Stage(_) => occurrences.of_symbol(other).next().map_or("", |one| before.slice(one.range)),
                    Symbol::Heredoc { .. } => return false,
                };
                other != id && taken == old
            });
            if is_shared {
                continue;
            }
            let back = after.snapshot.rename(&after.id, first.range.start, old);
            prop_assert_eq!(after.edited(&back.unwrap()), text.clone());
        }
    }
}
