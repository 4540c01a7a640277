//! Colours and letters of the picture: in the light and in the dark, as the reader's system has it.

/// Plain classes with plain colours: not every program that shows such pictures knows variables.
pub(super) const STYLE: &str = "\
svg{background:#ffffff}
text{font-family:system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:#1f2328}
.m{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;font-size:12.5px}
.h1{font-size:20px;font-weight:600}
.h2{font-size:15px;font-weight:600}
.s{font-size:13px}
.d{fill:#656d76}
.k{fill:#0550ae;font-weight:600}
.paper{fill:#ffffff}
.box{fill:#ffffff;stroke:#d0d7de;stroke-width:1}
.head{fill:#f6f8fa}
.rule{stroke:#d0d7de;stroke-width:1}
.target .box{stroke:#0969da;stroke-width:2}
.origin .box{fill:#ddf4ff;stroke:#54aeff}
.bar{fill:#0969da;fill-opacity:.55}
.critical .row{fill:#fff1e5}
.critical .bar{fill:#bc4c00;fill-opacity:.85}
.critical .t{fill:#953800;font-weight:600}
.failed .t{fill:#cf222e;font-weight:600}
.row{fill:none}
.stripe{fill:#bc4c00}
.pill{fill:#eaeef2}
.pill.hot{fill:#fff8c5}
.pill.go{fill:#ddf4ff}
.edge{fill:none;stroke:#8c959f;stroke-width:1.4}
.edge.from{stroke-width:2.2}
.edge.mount{stroke-dasharray:5 4}
.edge.critical{stroke:#bc4c00;stroke-width:2.4}
.tip{fill:#8c959f}
.tip.critical{fill:#bc4c00}
.unused{opacity:.42}
@media (prefers-color-scheme:dark){
svg{background:#0d1117}
text{fill:#e6edf3}
.d{fill:#8d96a0}
.k{fill:#79c0ff}
.paper{fill:#0d1117}
.box{fill:#0d1117;stroke:#3d444d}
.head{fill:#161b22}
.rule{stroke:#3d444d}
.target .box{stroke:#4493f8}
.origin .box{fill:#0c2d6b;stroke:#1f6feb}
.bar{fill:#4493f8}
.critical .row{fill:#3d1f0a}
.critical .bar{fill:#f0883e}
.critical .t{fill:#f0883e}
.failed .t{fill:#ff7b72}
.row{fill:none}
.stripe{fill:#f0883e}
.pill{fill:#262c36}
.pill.hot{fill:#4b3a06}
.pill.go{fill:#0c2d6b}
.edge{stroke:#6e7681}
.edge.critical{stroke:#f0883e}
.tip{fill:#6e7681}
.tip.critical{fill:#f0883e}
}
";
