//! Dockerfiles of any length that parse, with some of everything: stages, variables, mounts, continuations, heredocs.

use std::fmt::Write as _;

/// A Dockerfile of about so many lines, the same every time.
pub(crate) fn dockerfile(lines: usize) -> String {
    let mut text = String::from("# A file of many services.\nARG BASE=debian:bookworm-slim\n");
    let mut stage = 0;
    while text.lines().count() + STAGE_LINES <= lines.max(STAGE_LINES + 2) {
        write_stage(&mut text, stage);
        stage += 1;
    }
    while text.lines().count() < lines {
        let _ = writeln!(text, "# End, {stage} stages.");
    }
    text
}

const STAGE_LINES: usize = 19;

fn write_stage(text: &mut String, stage: usize) {
    let _ = write!(
        text,
        "FROM $BASE AS service{stage}
ARG VERSION=1.{stage}.0
ENV APP_HOME=/srv/app{stage} LANG=C.UTF-8
WORKDIR $APP_HOME
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/var/cache/apt \\
    apt-get update && \\
    # what the service needs
    apt-get install -y --no-install-recommends curl ca-certificates && \\
    rm -rf /var/lib/apt/lists/*
COPY . .
RUN <<EOF
set -e
echo \"building ünïcode 🚀 {stage}\"
make VERSION=$VERSION
EOF
EXPOSE 80{:02}
CMD [\"./server\", \"--port\", \"8080\"]

",
        stage % 100
    );
}
