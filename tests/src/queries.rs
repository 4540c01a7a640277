//! The tree-sitter queries compile against the grammar that the server uses, and capture what they are for.
//!
//! Snapshots show, line by line, each capture and its text. Where several patterns capture one node the last one is shown,
//! as editors have it.

use std::path::Path;

use expect_test::expect;
use tree_sitter::{Language, Node, Parser, Query, QueryCursor, StreamingIterator as _, Tree};

const FIXTURE: &str = r#"# syntax=docker/dockerfile:1
# The shop.
ARG NODE=22
FROM --platform=$BUILDPLATFORM docker.io/library/node:${NODE:-20}@sha256:abc AS build
ENV A=1 B="two $A" C='three'
WORKDIR /src
RUN --mount=type=cache,target=/root/.npm npm ci && \
    npm run build
COPY --from=build --chown=node:node /src/dist /app/
COPY <<EOF /etc/app.yaml
port: 80
EOF
RUN <<EOF
echo hi
EOF
RUN <<'PY'
#!/usr/bin/env python3
print(1)
PY
RUN python3 <<PY
print(2)
PY
RUN sqlite3 app.db <<SQL
select 1;
SQL
LABEL org.title="x" note=y
EXPOSE 80/tcp
USER node:staff
HEALTHCHECK --interval=5s CMD ["curl", "\t"]
ONBUILD RUN make
CMD ["node", "/app/main.js"]
"#;

fn grammar() -> Language {
    tree_sitter_containerfile::LANGUAGE.into()
}

fn query(name: &str) -> Query {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../queries/dockerfile").join(name);
    let source = std::fs::read_to_string(&path).expect("the query is in the tree");
    Query::new(&grammar(), &source).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&grammar()).expect("the grammar fits this tree-sitter");
    parser.parse(text, None).expect("a parse without time limit ends")
}

/// One capture: the node, the capture's name and the pattern that made it.
struct Capture<'tree> {
    node: Node<'tree>,
    name: String,
    pattern: usize,
}

/// All captures of a query, in the order of the text, outer nodes first; `_private` ones are left out.
fn captures<'tree>(query: &Query, tree: &'tree Tree, text: &str) -> Vec<Capture<'tree>> {
    let mut cursor = QueryCursor::new();
    let mut captures = Vec::new();
    let mut matches = cursor.matches(query, tree.root_node(), text.as_bytes());
    while let Some(found) = matches.next() {
        for capture in found.captures() {
            let name = query.capture_names()[capture.index as usize];
            if !name.starts_with('_') {
                let (node, pattern) = (capture.node, found.pattern_index);
                captures.push(Capture { node, name: name.to_owned(), pattern });
            }
        }
    }
    captures.sort_by_key(|Capture { node, pattern, .. }| {
        (node.start_byte(), std::cmp::Reverse(node.end_byte()), *pattern)
    });
    captures
}

/// `line: name text`; a text of several lines shows its first one and `…`.
fn show(capture: &Capture<'_>, text: &str) -> String {
    let Capture { node, name, .. } = capture;
    let text = text[node.byte_range()].trim_start();
    let first = text.lines().next().unwrap_or_default();
    let more = if text.trim_end().contains('\n') { "…" } else { "" };
    format!("{}: {name} {first}{more}\n", node.start_position().row + 1)
}

#[test]
fn the_fixture_is_clean() {
    assert!(!parse(FIXTURE).root_node().has_error());
}

#[test]
fn highlights() {
    let query = query("highlights.scm");
    let tree = parse(FIXTURE);
    let mut captures = captures(&query, &tree, FIXTURE);
    captures.retain(|capture| capture.name != "spell");
    // Of the captures of one range, the last pattern's is the one that is seen.
    captures.reverse();
    captures.dedup_by_key(|Capture { node, .. }| node.byte_range());
    captures.reverse();
    let shown: String = captures.iter().map(|capture| show(capture, FIXTURE)).collect();
    expect![[r#"
        1: keyword.directive # syntax=docker/dockerfile:1
        2: comment # The shop.
        3: keyword.modifier ARG
        3: variable NODE
        3: operator =
        3: string 22
        4: keyword.import FROM
        4: attribute --platform=$BUILDPLATFORM
        4: operator =
        4: punctuation.special $
        4: variable BUILDPLATFORM
        4: module docker.io/library/node
        4: string.special :${NODE:-20}
        4: punctuation.delimiter :
        4: punctuation.special $
        4: punctuation.special {
        4: variable NODE
        4: operator :-
        4: punctuation.special }
        4: string.special @sha256:abc
        4: punctuation.delimiter @
        4: keyword.import AS
        4: label build
        5: keyword.modifier ENV
        5: variable A
        5: operator =
        5: string 1
        5: variable B
        5: operator =
        5: string "two $A"
        5: punctuation.special $
        5: variable A
        5: variable C
        5: operator =
        5: string 'three'
        6: keyword WORKDIR
        6: string.special.path /src
        7: keyword RUN
        7: attribute --mount=type=cache,target=/root/.npm
        7: operator =
        7: string.special type=cache
        7: punctuation.delimiter ,
        7: string.special target=/root/.npm
        7: punctuation.special \
        9: keyword COPY
        9: attribute --from=build
        9: operator =
        9: attribute --chown=node:node
        9: operator =
        9: string.special.path /src/dist
        9: string.special.path /app/
        10: keyword COPY
        10: label <<EOF
        10: string.special.path /etc/app.yaml
        11: string port: 80
        12: label EOF
        13: keyword RUN
        13: label <<EOF
        14: string echo hi
        15: label EOF
        16: keyword RUN
        16: label <<'PY'
        17: string #!/usr/bin/env python3…
        19: label PY
        20: keyword RUN
        20: label <<PY
        21: string print(2)
        22: label PY
        23: keyword RUN
        23: label <<SQL
        24: string select 1;
        25: label SQL
        26: keyword LABEL
        26: property org.title
        26: operator =
        26: string "x"
        26: property note
        26: operator =
        26: string y
        27: keyword EXPOSE
        27: number 80/tcp
        28: keyword USER
        28: string.special node
        28: punctuation.delimiter :
        28: string.special staff
        29: keyword HEALTHCHECK
        29: attribute --interval=5s
        29: operator =
        29: keyword CMD
        29: punctuation.bracket [
        29: string "curl"
        29: punctuation.delimiter ,
        29: string "\t"
        29: string.escape \t
        29: punctuation.bracket ]
        30: keyword ONBUILD
        30: keyword RUN
        31: keyword CMD
        31: punctuation.bracket [
        31: string "node"
        31: punctuation.delimiter ,
        31: string "/app/main.js"
        31: punctuation.bracket ]
    "#]]
    .assert_eq(&shown);
}

#[test]
fn folds() {
    let query = query("folds.scm");
    let tree = parse(FIXTURE);
    let mut captures = captures(&query, &tree, FIXTURE);
    captures.retain(|Capture { node, .. }| node.start_position().row < node.end_position().row);
    let shown: String = captures.iter().map(|capture| show(capture, FIXTURE)).collect();
    expect![[r#"
        7: fold RUN --mount=type=cache,target=/root/.npm npm ci && \…
        10: fold COPY <<EOF /etc/app.yaml…
        13: fold RUN <<EOF…
        16: fold RUN <<'PY'…
        20: fold RUN python3 <<PY…
        23: fold RUN sqlite3 app.db <<SQL…
    "#]]
    .assert_eq(&shown);
}

#[test]
fn injections() {
    let query = query("injections.scm");
    let tree = parse(FIXTURE);
    let mut shown = String::new();
    for Capture { node, pattern, .. } in captures(&query, &tree, FIXTURE) {
        let mut settings = query.property_settings(pattern).iter();
        let language = settings.find(|property| &*property.key == "injection.language");
        let language = language.and_then(|property| property.value.as_deref()).unwrap_or("no language");
        let text = &FIXTURE[node.byte_range()];
        shown += &format!("{}: {language} {text:?}\n", node.start_position().row + 1);
    }
    expect![[r##"
        1: comment "# syntax=docker/dockerfile:1\n"
        2: comment "# The shop.\n"
        7: bash "npm ci && \\\n    npm run build"
        11: yaml "port: 80\n"
        14: bash "echo hi\n"
        17: python "#!/usr/bin/env python3\nprint(1)\n"
        20: bash "python3 <<PY"
        21: python "print(2)\n"
        23: bash "sqlite3 app.db <<SQL"
        30: bash "make"
    "##]]
    .assert_eq(&shown);
}

#[test]
fn locals() {
    let query = query("locals.scm");
    let tree = parse(FIXTURE);
    let captures = captures(&query, &tree, FIXTURE);
    let shown: String = captures.iter().map(|capture| show(capture, FIXTURE)).collect();
    expect![[r#"
        1: local.scope # syntax=docker/dockerfile:1…
        3: local.definition.variable NODE
        4: local.reference BUILDPLATFORM
        4: local.reference NODE
        4: local.definition.namespace build
        5: local.definition.variable A
        5: local.definition.variable B
        5: local.reference A
        5: local.definition.variable C
    "#]]
    .assert_eq(&shown);
    let stages = "FROM a:1 AS b\nFROM b\n";
    let tree = parse(stages);
    let captures = self::captures(&query, &tree, stages);
    assert_eq!(
        captures.last().map(|capture| show(capture, stages)).as_deref(),
        Some("2: local.reference b\n")
    );
}

#[test]
fn text_objects() {
    let query = query("textobjects.scm");
    let tree = parse(FIXTURE);
    let mut captures = captures(&query, &tree, FIXTURE);
    // What Helix and Neovim call by two names is one thing.
    captures.retain(|capture| {
        !capture.name.ends_with(".outer") && !capture.name.ends_with(".inner")
            || capture.name.starts_with("block")
    });
    let shown: String = captures.iter().map(|capture| show(capture, FIXTURE)).collect();
    expect![[r#"
        1: comment.around # syntax=docker/dockerfile:1
        1: comment.inside # syntax=docker/dockerfile:1
        2: comment.around # The shop.
        2: comment.inside # The shop.
        3: parameter.around NODE=22
        3: parameter.inside NODE=22
        4: class.around FROM --platform=$BUILDPLATFORM docker.io/library/node:${NODE:-20}@sha256:abc AS build
        4: parameter.around --platform=$BUILDPLATFORM
        4: parameter.inside --platform=$BUILDPLATFORM
        4: class.inside docker.io/library/node:${NODE:-20}@sha256:abc
        5: entry.around A=1
        5: assignment.lhs A
        5: entry.inside 1
        5: assignment.rhs 1
        5: entry.around B="two $A"
        5: assignment.lhs B
        5: entry.inside "two $A"
        5: assignment.rhs "two $A"
        5: entry.around C='three'
        5: assignment.lhs C
        5: entry.inside 'three'
        5: assignment.rhs 'three'
        6: parameter.around /src
        6: parameter.inside /src
        7: function.around RUN --mount=type=cache,target=/root/.npm npm ci && \…
        7: parameter.around --mount=type=cache,target=/root/.npm
        7: parameter.inside --mount=type=cache,target=/root/.npm
        7: function.inside npm ci && \…
        9: parameter.around --from=build
        9: parameter.inside --from=build
        9: parameter.around --chown=node:node
        9: parameter.inside --chown=node:node
        9: parameter.around /src/dist
        9: parameter.inside /src/dist
        9: parameter.around /app/
        9: parameter.inside /app/
        10: parameter.around <<EOF
        10: parameter.inside <<EOF
        10: parameter.around /etc/app.yaml
        10: parameter.inside /etc/app.yaml
        10: block.outer port: 80…
        11: block.inner port: 80
        13: function.around RUN <<EOF…
        13: function.inside <<EOF
        13: block.outer echo hi…
        14: block.inner echo hi
        16: function.around RUN <<'PY'…
        16: function.inside <<'PY'
        16: block.outer #!/usr/bin/env python3…
        17: block.inner #!/usr/bin/env python3…
        20: function.around RUN python3 <<PY…
        20: function.inside python3 <<PY
        20: block.outer print(2)…
        21: block.inner print(2)
        23: function.around RUN sqlite3 app.db <<SQL…
        23: function.inside sqlite3 app.db <<SQL
        23: block.outer select 1;…
        24: block.inner select 1;
        26: entry.around org.title="x"
        26: assignment.lhs org.title
        26: entry.inside "x"
        26: assignment.rhs "x"
        26: entry.around note=y
        26: assignment.lhs note
        26: entry.inside y
        26: assignment.rhs y
        27: parameter.around 80/tcp
        27: parameter.inside 80/tcp
        29: function.around HEALTHCHECK --interval=5s CMD ["curl", "\t"]
        29: parameter.around --interval=5s
        29: parameter.inside --interval=5s
        29: function.around CMD ["curl", "\t"]
        29: function.inside ["curl", "\t"]
        29: parameter.around "curl"
        29: parameter.inside "curl"
        29: parameter.around "\t"
        29: parameter.inside "\t"
        30: function.around RUN make
        30: function.inside make
        31: function.around CMD ["node", "/app/main.js"]
        31: function.inside ["node", "/app/main.js"]
        31: parameter.around "node"
        31: parameter.inside "node"
        31: parameter.around "/app/main.js"
        31: parameter.inside "/app/main.js"
    "#]]
    .assert_eq(&shown);
    let pattern_of = |name: &str| query.capture_index_for_name(name).is_some();
    for (helix, neovim) in [("around", "outer"), ("inside", "inner")] {
        for object in ["function", "class", "parameter", "comment"] {
            assert!(
                pattern_of(&format!("{object}.{helix}")) && pattern_of(&format!("{object}.{neovim}")),
                "{object}"
            );
        }
    }
}
