//! A model that was carried from version to version is the one that would be built anew.

use std::fmt::Write;

use proptest::prelude::*;
use syntax::{Document, Instruction, TextRange};

use crate::facts::{Facts, ImageFacts};
use crate::model::Model;

/// Lines that have to do with each other: names, variables and places that one stage takes from another.
const LINES: [&str; 44] = [
    "ARG A=1",
    "ARG A",
    "ARG B=b",
    "ARG B=$A C",
    "FROM a AS b",
    "FROM b",
    "FROM B AS c",
    "FROM $A AS a",
    "FROM c$X AS $A",
    "FROM scratch AS a",
    "FROM a AS a",
    "FROM known AS b",
    "FROM \"$A",
    "FROM",
    "ENV A=$B",
    "ENV B=2 C=$A",
    "ENV A=${B:-$C} B",
    "ENV A=\"",
    "USER u",
    "USER $A",
    "WORKDIR /w",
    "WORKDIR $A/x",
    "SHELL [\"powershell\"]",
    "SHELL [\"bash\", \"-c\"]",
    "COPY --from=b /x $A/",
    "COPY --from=1 --chown=$B a b",
    "COPY --from=$A x y",
    "COPY --from=C <<E $B/z",
    "ADD https://x/$A.git#$B /y",
    "RUN --mount=type=bind,from=c,target=$A --mount=type=secret,id=$B cat $A",
    "RUN --mount=from=b echo $C",
    "RUN <<E",
    "E",
    "RUN a \\",
    "RUN b `",
    "LABEL x=$A y=$B",
    "EXPOSE $A 80",
    "VOLUME $B",
    "STOPSIGNAL $A",
    "ONBUILD USER x",
    "# escape=`",
    "# é 🚀",
    "FETCH",
    "",
];

fn facts() -> Facts {
    let mut facts = Facts::default();
    let environment = [("A".to_owned(), "image".to_owned())].into();
    let image = ImageFacts { environment, user: "someone".to_owned(), ..ImageFacts::default() };
    facts.base_images.insert("known".to_owned(), image);
    facts
}

/// All of a model that its readers can see.
fn shown(model: &Model) -> String {
    let mut shown = String::new();
    let at = |instruction: &Instruction| {
        format!("{}..{} {:?}", instruction.start, instruction.line, instruction.source)
    };
    writeln!(shown, "{:?} {:?}", model.frontend, model.problems).unwrap();
    writeln!(shown, "{:?}", model.preamble.iter().map(at).collect::<Vec<_>>()).unwrap();
    writeln!(shown, "{:?}", model.scopes.globals()).unwrap();
    for stage in &model.stages {
        let crate::Stage {
            index,
            from,
            image,
            name,
            platform,
            base,
            base_replaced,
            replaced,
            instructions,
            range,
            end_line,
        } = stage;
        let base = (base, base_replaced, replaced);
        let from = at(from);
        writeln!(shown, "{index} {from} {image:?} {name:?} {platform:?} {base:?} {range:?} {end_line}")
            .unwrap();
        writeln!(shown, "{:?}", model.scopes.definitions(model.scopes.end(*index))).unwrap();
        for item in instructions {
            let crate::StageInstruction { instruction, kind, scope, workdir, user, shell } = item;
            let instruction = at(instruction);
            writeln!(shown, "  {instruction} {kind:?} {scope:?} {workdir:?} {user:?} {shell:?}").unwrap();
            for name in ["A", "B", "C", "X"] {
                writeln!(shown, "    {name} {:?}", model.lookup(*scope, name)).unwrap();
            }
        }
    }
    shown
}

/// A change of whole lines, or of a few characters anywhere.
#[derive(Debug, Clone)]
enum Change {
    Insert(usize, Vec<usize>),
    Remove(usize, usize),
    Type(usize, usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<prop::sample::Index>(), lines(1..3))
            .prop_map(|(at, lines)| Change::Insert(at.index(1000), lines)),
        (0..1000_usize, 1..3_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        (
            0..1000_usize,
            0..3_usize,
            prop::sample::select(vec!["", "x", "A", "$A", "\n", "\r\n", " ", "é", "\\", "<<E", "="])
        )
            .prop_map(|(at, count, new)| Change::Type(at, count, new)),
    ]
}

fn lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..LINES.len(), count)
}

fn text(lines: &[usize]) -> String {
    lines.iter().map(|line| format!("{}\n", LINES[*line])).collect()
}

fn apply(change: &Change, document: &mut Document) {
    let text_now = document.text();
    let mut starts: Vec<usize> =
        std::iter::once(0).chain(text_now.match_indices('\n').map(|(at, _)| at + 1)).collect();
    starts.push(text_now.len());
    let line = |at: usize| starts[at * starts.len() / 1000];
    let (start, end, new) = match change {
        Change::Insert(at, lines) => (line(*at), line(*at), text(lines)),
        Change::Remove(at, count) => {
            let first = at * starts.len() / 1000;
            (starts[first], starts[(first + count).min(starts.len() - 1)], String::new())
        }
        Change::Type(at, count, new) => {
            let at = at * text_now.len() / 1000;
            (at, at + count, (*new).to_owned())
        }
    };
    let offset = |offset: usize| u32::try_from(offset).unwrap();
    document.edit(TextRange::new(offset(start), offset(end)), &new);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_carried_model_is_the_one_built_anew(first in lines(4..24), changes in prop::collection::vec(change(), 1..8)) {
        let facts = facts();
        let mut document = Document::new(&text(&first));
        let mut carried = Model::new(&document, &facts);
        for change in changes {
            apply(&change, &mut document);
            carried = Model::carried(carried, &document, &facts);
            prop_assert_eq!(shown(&carried), shown(&Model::new(&document, &facts)), "{}", document.text());
        }
    }
}

#[test]
fn what_is_known_of_a_base_image_is_asked_again() {
    let document = Document::new("FROM known AS a\nFROM a\nWORKDIR $A\nRUN x\n");
    let carried = Model::new(&document, &Facts::default());
    let carried = Model::carried(carried, &document, &facts());
    assert_eq!(shown(&carried), shown(&Model::new(&document, &facts())));
}

#[test]
fn what_callers_give_is_asked_again() {
    use crate::facts::callers::{Caller, CallerBuild, CallerKind, Setting};
    let document = Document::new("FROM x\nARG A=1\nWORKDIR $A\nFROM y\nRUN x\n");
    let args = [("A".to_owned(), Setting::Known("2".to_owned()))].into();
    let build = CallerBuild { args, ..CallerBuild::default() };
    let (kind, name) = (CallerKind::Compose, "web".to_owned());
    let (file, shown_file) = ("/p/compose.yaml".to_owned(), "compose.yaml".to_owned());
    let callers = vec![Caller { kind, file, shown_file, line: 0, name, build }];
    let called = Facts { callers, ..Facts::default() };
    let carried = Model::carried(Model::new(&document, &Facts::default()), &document, &called);
    assert_eq!(shown(&carried), shown(&Model::new(&document, &called)));
}

#[test]
fn only_stages_that_hear_another_answer_are_lowered_again() {
    let text = "FROM x AS a\nRUN echo\nFROM a AS b\nENV V=1\nFROM b AS c\nENV W=$V\nFROM scratch\nCOPY --from=c / /\n";
    for (typed, at, expected) in
        [("y", "echo", "a"), ("2", "V=1", "b c"), ("2", "W=", "c"), ("c", "AS c", "c stage-3")]
    {
        let mut document = Document::new(text);
        let before = Model::new(&document, &Facts::default());
        let made: Vec<_> = before.stages.iter().map(|stage| before.identity(stage)).collect();
        let at = u32::try_from(text.find(at).unwrap() + at.len()).unwrap();
        document.edit(TextRange::empty(at), typed);
        let after = Model::carried(before, &document, &Facts::default());
        let is_again = |stage: &&crate::Stage| after.identity(stage) != made[stage.index];
        let name = |stage: &crate::Stage| stage.display_name().to_lowercase().replace("cc", "c");
        let again: Vec<_> = after.stages.iter().filter(is_again).map(name).collect();
        assert_eq!(again.join(" "), expected, "{typed} behind {at}");
    }
}
