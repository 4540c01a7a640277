//! What is said of a file that was edited is what is said of the same text opened anew: every finding of every rule, with its fixes.

use ide::{DocumentId, DocumentKind, Host, Settings};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rewrites::Input;
use rules::{Memory, Wanted};
use semantic::{Facts, Model};
use syntax::{Document, TextRange};

/// Lines that rules have something to say about, and what changes that elsewhere in the file.
const LINES: [&str; 77] = [
    "ARG NODE=22",
    "ARG VERSION",
    "ARG NODE=2 2",
    "ARG NODES=1",
    "LABEL a=$NODES b=$NODE",
    "ARG API_TOKEN",
    "ARG TOKEN=$API_TOKEN",
    "FROM node:$NODE AS build",
    "FROM node:22 AS deps",
    "FROM build",
    "FROM deps AS Run",
    "from debian as run",
    "FROM scratch",
    "FROM golang:1 AS builder",
    "ENV API_TOKEN=x VERSION=1",
    "ENV API_TOKEN x",
    "ENV PASSWORD=$TOKEN",
    "ENV CI=$VERSION",
    "WORKDIR app",
    "WORKDIR /srv",
    "USER node",
    "COPY . .",
    "COPY package.json /srv/",
    "COPY --from=build /a /b",
    "COPY --from=Deps /a /b",
    "COPY --from=1 a b",
    "COPY .npmrc /root/.npmrc",
    "ADD src /srv/src",
    "RUN npm ci",
    "RUN npm install && npm run build",
    "RUN rm /root/.npmrc",
    "RUN rm -rf /srv/src",
    "RUN apt-get update && apt-get install -y gcc",
    "RUN apt-get purge -y gcc",
    "RUN echo $API_TOKEN > /etc/token",
    "RUN echo $VERSION",
    "RUN chown -R node /srv",
    "RUN <<E",
    "cat > /x <<< $TOKEN",
    "E",
    "RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get clean",
    "RUN --mount=type=cache,target=/root/.npm npm ci",
    "RUN apt-get update",
    "RUN echo $TARGETARCH $NODE",
    "COPY ../shared */package.json /srv/",
    "COPY --from=x/y:latest /a /b",
    "RUN CGO_ENABLED=1 go build -o /a .",
    "USER 1000",
    "RUN a \\",
    "SHELL [\"pwsh\"]",
    "RUN curl -k https://e.com/x | sh",
    "RUN apt-get update",
    "RUN apt-get install gcc",
    "RUN cd /srv",
    "RUN sudo make",
    "RUN ls | wc -l",
    "RUN curl -o /x.tgz https://e.com && tar xf /x.tgz",
    "COPY x.tgz /srv/",
    "RUN tar xf /srv/x.tgz",
    "RUN --mount=type=secret,id=t cat /run/secrets/t",
    "RUN cat /run/secrets/t",
    "RUN git clone git@e.com:a/b",
    "COPY models /srv/models",
    "COPY . /srv",
    "RUN ssh-keygen -A",
    "STOPSIGNAL 9",
    "USER root",
    "EXPOSE 22",
    "EXPOSE 70000 80/TCP",
    "CMD node x",
    "CMD [\"node\"]",
    "ENTRYPOINT x",
    "HEALTHCHECK CMD y",
    "MAINTAINER é 🚀",
    "# layerwise ignore=secret-in-arg-or-env",
    "# escape=`",
    "",
];

/// A change: so many lines out and these in, or so many bytes out and a few in.
#[derive(Debug, Clone)]
enum Change {
    Lines(prop::sample::Index, usize, Vec<usize>),
    Bytes(prop::sample::Index, u32, &'static str),
}

fn lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..LINES.len(), count)
}

fn change() -> impl Strategy<Value = Change> {
    let typed = prop::sample::select(vec!["", "x", "$", "\n", "\r\n", "  ", "é", "# ", "N"]);
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..3_usize, lines(0..3)).prop_map(|(at, out, lines)| Change::Lines(at, out, lines)),
        (at(), 0..2_u32, typed).prop_map(|(at, out, typed)| Change::Bytes(at, out, typed)),
    ]
}

fn text(lines: &[usize]) -> String {
    lines.iter().map(|line| format!("{}\n", LINES[*line])).collect()
}

fn apply(change: &Change, document: &mut Document) {
    let text_now = document.text();
    let offset = |at: usize| u32::try_from(at).unwrap();
    match change {
        Change::Lines(at, out, new) => {
            let ends = text_now.match_indices('\n').map(|(end, _)| end + 1);
            let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
            let first = at.index(starts.len());
            let end = starts.get(first + out).copied().unwrap_or(text_now.len());
            document.edit(TextRange::new(offset(starts[first]), offset(end)), &text(new));
        }
        Change::Bytes(at, out, typed) => {
            let at = offset(at.index(text_now.len() + 1));
            document.edit(TextRange::new(at, at + out), typed);
        }
    }
}

/// Carries on to a text, and holds what rules find against what they find anew.
fn looks_again(model: Model, memory: Memory, document: &Document) -> Result<(Model, Memory), TestCaseError> {
    let (facts, settings) = (Facts::default(), rules::Settings::default());
    let (model, fresh) = (Model::carried(model, document, &facts), Model::new(document, &facts));
    let mut memory = memory.carried(&Input { model: &model, facts: &facts });
    for rule in rules::REGISTRY {
        let found = memory.run(rule, &Input { model: &model, facts: &facts }, &settings, Wanted::Findings);
        let anew = rules::run(rule, &Input { model: &fresh, facts: &facts }, &settings);
        prop_assert_eq!(found, anew, "{}", document.text());
    }
    Ok((model, memory))
}

#[test]
fn what_is_said_of_a_stage_goes_with_the_arguments_above_all() {
    let mut document = Document::new("ARG NODES=1\nFROM node:$NODE AS a\nLABEL x=$NODES\nFROM b\n");
    let (mut model, mut memory) = (Model::new(&document, &Facts::default()), Memory::default());
    for (start, end, text) in [(0, 0, ""), (4, 9, "MODES"), (4, 9, "NODE"), (9, 10, "2 2"), (0, 12, "")] {
        document.edit(TextRange::new(start, end), text);
        (model, memory) = looks_again(model, memory, &document).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn rules_that_remember_find_what_they_would_find_anew(
        first in lines(4..28),
        changes in prop::collection::vec(change(), 1..8),
    ) {
        let (facts, settings) = (Facts::default(), rules::Settings::default());
        let mut document = Document::new(&text(&first));
        let (mut model, mut memory) = (Model::new(&document, &facts), Memory::default());
        memory = memory.carried(&Input { model: &model, facts: &facts });
        for rule in rules::REGISTRY {
            memory.run(rule, &Input { model: &model, facts: &facts }, &settings, Wanted::Findings);
        }
        for change in changes {
            apply(&change, &mut document);
            (model, memory) = looks_again(model, memory, &document)?;
        }
    }

    #[test]
    fn an_edited_document_has_the_diagnostics_of_one_opened_anew(
        first in lines(4..28),
        changes in prop::collection::vec((change(), any::<bool>()), 1..8),
    ) {
        let id = DocumentId::new("file:///Dockerfile");
        let opened = |text: &str| {
            let mut host = Host::new();
            host.set_settings(Settings::default());
            host.open(id.clone(), DocumentKind::Dockerfile, text);
            host
        };
        let mut host = opened(&text(&first));
        let mut kept = host.snapshot();
        for (change, is_asked) in changes {
            host.edit(&id, |document| apply(&change, document));
            // Versions that nobody asks for are skipped, and old snapshots go on answering.
            if is_asked {
                let now = host.snapshot();
                let text = now.document(&id).unwrap().text();
                prop_assert_eq!(now.analysis_diagnostics(&id), opened(&text).snapshot().analysis_diagnostics(&id), "{}", text);
                let before = kept.document(&id).unwrap().text();
                prop_assert_eq!(kept.analysis_diagnostics(&id), opened(&before).snapshot().analysis_diagnostics(&id), "{}", before);
                kept = now;
            }
        }
    }
}
