//! A small file with all that is drawn, as programs and tools read it.

use expect_test::expect;
use inner_loop::prediction::Verdict;

use super::{Drawing, Step, check, drawing, request};

const TEXT: &str = "FROM node:22 AS build\nCOPY größe ./\nRUN --mount=from=busybox:1,target=/b make \"all\"\nFROM build AS test\nFROM scratch\nCOPY --from=build /out /\n";

const STEPS: &[Step] = &[
    (1, true, 0.0, None),
    (2, false, 0.1, None),
    (3, false, 8.25, None),
    (5, true, 0.0, None),
    (6, true, 0.05, Some(312_000)),
];

fn built() -> Drawing {
    drawing(&request(TEXT), STEPS, &[(2, Verdict::Rebuild), (3, Verdict::Cached), (6, Verdict::Unknown)])
}

#[test]
fn programs_get_one_object() {
    let json = built().json();
    let lines = json.as_object().unwrap().iter().flat_map(|(name, value)| match value.as_array() {
        Some(list) => list.iter().map(|value| format!("{name}: {value}\n")).collect::<Vec<_>>(),
        None => vec![format!("{name}: {value}\n")],
    });
    check(
        &lines.collect::<String>(),
        &expect![[r#"
            version: 1
            file: "Dockerfile"
            target: "stage-2"
            last_build: {"at":"2026-11-22T10:00:00Z","ok":true,"seconds":12.5,"steps":5,"cached":3}
            seconds: 8.4
            critical_path: {"seconds":8.4,"lines":[1,2,3,6]}
            sources: {"kind":"image","name":"node:22","place":null}
            sources: {"kind":"context","name":"build context","place":null}
            sources: {"kind":"image","name":"busybox:1","place":null}
            stages: {"index":0,"name":"build","line":1,"end_line":3,"target":false,"needed":true,"seconds":8.35,"bytes":null,"steps":[{"line":1,"end_line":1,"instruction":"FROM node:22 AS build","state":"done","cached":true,"seconds":0.0,"last_seconds":0.0,"bytes":null,"prediction":null,"reason":null,"critical":true},{"line":2,"end_line":2,"instruction":"COPY größe ./","state":"done","cached":false,"seconds":0.1,"last_seconds":0.1,"bytes":null,"prediction":"rebuild","reason":"src/größe changed (content)","critical":true},{"line":3,"end_line":3,"instruction":"RUN --mount=from=busybox:1,target=/b make \"all\"","state":"done","cached":false,"seconds":8.25,"last_seconds":8.25,"bytes":null,"prediction":"cached","reason":null,"critical":true}]}
            stages: {"index":1,"name":"test","line":4,"end_line":4,"target":false,"needed":false,"seconds":null,"bytes":null,"steps":[{"line":4,"end_line":4,"instruction":"FROM build AS test","state":null,"cached":null,"seconds":null,"last_seconds":null,"bytes":null,"prediction":null,"reason":null,"critical":false}]}
            stages: {"index":2,"name":"stage-2","line":5,"end_line":6,"target":true,"needed":true,"seconds":0.05,"bytes":312000,"steps":[{"line":5,"end_line":5,"instruction":"FROM scratch","state":"done","cached":true,"seconds":0.0,"last_seconds":0.0,"bytes":null,"prediction":null,"reason":null,"critical":false},{"line":6,"end_line":6,"instruction":"COPY --from=build /out /","state":"done","cached":true,"seconds":0.0,"last_seconds":0.05,"bytes":312000,"prediction":"unknown","reason":null,"critical":true}]}
            edges: {"kind":"from","from":{"source":0},"to":{"stage":0,"line":1},"critical":false}
            edges: {"kind":"copy","from":{"source":1},"to":{"stage":0,"line":2},"critical":false}
            edges: {"kind":"mount","from":{"source":2},"to":{"stage":0,"line":3},"critical":false}
            edges: {"kind":"from","from":{"stage":0},"to":{"stage":1,"line":4},"critical":false}
            edges: {"kind":"copy","from":{"stage":0},"to":{"stage":2,"line":6},"critical":true}
        "#]],
    );
}

#[test]
fn mermaid_has_a_box_a_stage() {
    check(
        &built().mermaid(),
        &expect![[r#"
        flowchart TB
          %% Dockerfile → stage-2
          %% last build 2026-11-22T10:00:00Z: 2 of 5 steps ran, 12.5 s
          %% critical path: 8.4 s of 8.4 s when every step runs
          o0(["node:22<br/>image"])
          o1(["build context<br/>context"])
          o2(["busybox:1<br/>image"])
          subgraph s0["build · 8.3 s"]
            direction TB
            s0_0["1 FROM node:22 AS build<br/>cached"]
            s0_1["2 COPY größe ./<br/>100 ms · next: rebuild"]
            s0_2["3 RUN --mount=from=busybox:1,target=/b make #34;all#34;<br/>8.2 s"]
            s0_0 --> s0_1
            s0_1 --> s0_2
          end
          subgraph s1["test · not needed"]
            direction TB
            s1_0["4 FROM build AS test"]
          end
          subgraph s2["stage-2 · target · 50 ms · 312.0 kB"]
            direction TB
            s2_0["5 FROM scratch<br/>cached"]
            s2_1["6 COPY --from=build /out /<br/>cached (50 ms) · 312.0 kB"]
            s2_0 --> s2_1
          end
          o0 --> s0_0
          o1 --> s0_1
          o2 -.-> s0_2
          s0_2 --> s1_0
          s0_2 ==> s2_1
          classDef outside fill:#ddf4ff,stroke:#54aeff,color:#0a3069
          classDef critical fill:#fff1e5,stroke:#bc4c00,stroke-width:2px,color:#5c2500
          classDef unused opacity:0.45
          class o0 outside
          class o1 outside
          class o2 outside
          class s0_0 critical
          class s0_1 critical
          class s0_2 critical
          class s1_0 unused
          class s1 unused
          class s2_1 critical
    "#]],
    );
}

#[test]
fn graphviz_has_a_table_a_stage() {
    check(
        &built().dot(),
        &expect![[r##"
        digraph dockerfile {
          rankdir=LR; nodesep=0.4; ranksep=1.0;
          node [shape=plain, fontname="Helvetica", fontsize=12];
          edge [color="#8c959f"];
          labelloc=t; labeljust=l; fontname="Helvetica";
          label=<Dockerfile → stage-2<BR ALIGN="LEFT"/>last build 2026-11-22T10:00:00Z: 2 of 5 steps ran, 12.5 s<BR ALIGN="LEFT"/>critical path: 8.4 s of 8.4 s when every step runs<BR ALIGN="LEFT"/>>;
          o0 [shape=box, style=rounded, label=<node:22<BR/><FONT POINT-SIZE="10">image</FONT>>];
          o1 [shape=box, style=rounded, label=<build context<BR/><FONT POINT-SIZE="10">context</FONT>>];
          o2 [shape=box, style=rounded, label=<busybox:1<BR/><FONT POINT-SIZE="10">image</FONT>>];
          s0 [label=<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" COLOR="#57606a"><TR><TD COLSPAN="2" ALIGN="LEFT" BGCOLOR="#f6f8fa"><FONT COLOR="#1f2328"><B>build</B></FONT></TD><TD ALIGN="RIGHT" BGCOLOR="#f6f8fa"><FONT COLOR="#1f2328">8.3 s</FONT></TD></TR><TR><TD PORT="i0" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#8c959f">1</FONT></TD><TD ALIGN="LEFT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328" FACE="monospace">FROM node:22 AS build</FONT></TD><TD PORT="o0" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328">cached</FONT></TD></TR><TR><TD PORT="i1" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#8c959f">2</FONT></TD><TD ALIGN="LEFT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328" FACE="monospace">COPY größe ./</FONT></TD><TD PORT="o1" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328">100 ms · next: rebuild</FONT></TD></TR><TR><TD PORT="i2" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#8c959f">3</FONT></TD><TD ALIGN="LEFT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328" FACE="monospace">RUN --mount=from=busybox:1,target=/b make &quot;all&quot;</FONT></TD><TD PORT="o2" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328">8.2 s</FONT></TD></TR></TABLE>>];
          s1 [label=<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" COLOR="#d0d7de"><TR><TD COLSPAN="2" ALIGN="LEFT" BGCOLOR="#f6f8fa"><FONT COLOR="#8c959f"><B>test</B> · not needed</FONT></TD><TD ALIGN="RIGHT" BGCOLOR="#f6f8fa"><FONT COLOR="#8c959f"> </FONT></TD></TR><TR><TD PORT="i0" ALIGN="RIGHT"><FONT COLOR="#8c959f">4</FONT></TD><TD ALIGN="LEFT"><FONT COLOR="#8c959f" FACE="monospace">FROM build AS test</FONT></TD><TD PORT="o0" ALIGN="RIGHT"><FONT COLOR="#8c959f"> </FONT></TD></TR></TABLE>>];
          s2 [label=<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" COLOR="#57606a"><TR><TD COLSPAN="2" ALIGN="LEFT" BGCOLOR="#f6f8fa"><FONT COLOR="#1f2328"><B>stage-2</B> · target</FONT></TD><TD ALIGN="RIGHT" BGCOLOR="#f6f8fa"><FONT COLOR="#1f2328">50 ms · 312.0 kB</FONT></TD></TR><TR><TD PORT="i0" ALIGN="RIGHT"><FONT COLOR="#8c959f">5</FONT></TD><TD ALIGN="LEFT"><FONT COLOR="#1f2328" FACE="monospace">FROM scratch</FONT></TD><TD PORT="o0" ALIGN="RIGHT"><FONT COLOR="#1f2328">cached</FONT></TD></TR><TR><TD PORT="i1" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#8c959f">6</FONT></TD><TD ALIGN="LEFT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328" FACE="monospace">COPY --from=build /out /</FONT></TD><TD PORT="o1" ALIGN="RIGHT" BGCOLOR="#fff1e5"><FONT COLOR="#1f2328">cached (50 ms) · 312.0 kB</FONT></TD></TR></TABLE>>];
          o0 -> s0:i0:w;
          o1 -> s0:i1:w;
          o2 -> s0:i2:w [style=dashed];
          s0:o2:e -> s1:i0:w [color="#d0d7de"];
          s0:o2:e -> s2:i1:w [color="#bc4c00", penwidth=2];
        }
    "##]],
    );
}
