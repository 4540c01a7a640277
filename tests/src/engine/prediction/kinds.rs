//! The kinds of projects: what people's Dockerfiles look like, with commands that take no time.
//!
//! `BASE` stands for a base image that is the project's own, and `SEED` for a word of its own that stands in every command and every file:
//! no other run has built any of it, and its records can be told from others'.

use std::collections::BTreeMap;

use super::project::{Project, Thing};

/// A kind of project.
#[derive(Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Stages that can be built, the usual one first.
    pub(super) targets: &'static [&'static str],
    /// Files that the Dockerfile names, or that keep a folder in being.
    pub(super) needed: &'static [&'static str],
    /// Files that may go.
    spare: &'static [&'static str],
    links: &'static [(&'static str, &'static str)],
    hard_links: &'static [(&'static str, &'static str)],
    /// Where files may be added; empty for the root.
    pub(super) folders: &'static [&'static str],
    ignore: &'static str,
    /// Instructions, separated by empty lines.
    dockerfile: &'static str,
    /// What stands in for parts of it on 20.10.
    old: &'static [(&'static str, &'static str)],
}

pub(super) const KINDS: [&Kind; 5] = [&NODE, &GO, &PYTHON, &DIAMOND, &LINKS];

/// Manifests first, then all the rest; stages that share a base.
const NODE: Kind = Kind {
    name: "node",
    targets: &["runtime", "test", "build"],
    needed: &["package.json", "package-lock.json", "src/index.js"],
    spare: &["src/a.js", "src/b/c.js", "README.md", "tmp/cache"],
    links: &[("src/current.js", "index.js")],
    hard_links: &[],
    folders: &["", "src", "src/b", "tmp"],
    ignore: "Dockerfile\n.dockerignore\nnode_modules\n*.log\n!keep.log\n",
    dockerfile: r#"FROM BASE AS base

WORKDIR /app

ENV NODE_ENV=development

FROM base AS deps

COPY package.json package-lock.json ./

RUN --mount=type=cache,target=/root/.npm \
    : SEED && mkdir -p node_modules && \
    cat package*.json | sha256sum > node_modules/.lock

FROM base AS build

ARG MODE=production

COPY --from=deps /app/node_modules ./node_modules

COPY . .

RUN : SEED && echo "$MODE" > dist.txt && \
    find src -type f | sort | xargs cat >> dist.txt

FROM build AS test

RUN : SEED && test -s dist.txt

FROM base AS runtime

LABEL version=1

COPY --from=deps /app/node_modules ./node_modules

COPY --from=build /app/dist.txt ./

CMD ["cat", "dist.txt"]"#,
    old: &[],
};

/// A binary out of a build stage into an empty image, with mounts, links, modes and owners.
const GO: Kind = Kind {
    name: "go",
    targets: &["runtime", "tools"],
    needed: &["go.mod", "go.sum", "cmd/main.go", "pkg/one.go", "config/app.conf"],
    spare: &["pkg/two.go", "pkg/deep/three.go", "cmd/other.go", "README.md"],
    links: &[("config/latest", "app.conf")],
    hard_links: &[("pkg/same.go", "pkg/one.go")],
    folders: &["", "cmd", "pkg", "pkg/deep", "config"],
    ignore: "*.md\n**/*.tmp\n",
    dockerfile: r#"ARG RELEASE=1

FROM BASE AS build

ARG RELEASE

WORKDIR /src

COPY --link go.mod go.sum ./

RUN --mount=type=bind,source=go.sum,target=/tmp/go.sum \
    --mount=type=cache,target=/cache \
    : SEED && sha256sum /tmp/go.sum > /deps

COPY cmd ./cmd

ARG VERSION=dev

RUN --mount=type=bind,source=pkg,target=pkg \
    --mount=type=cache,target=/cache,sharing=locked \
    : SEED && find cmd pkg -type f | sort | xargs cat > /app.bin && \
    echo "$VERSION" >> /app.bin

FROM build AS tools

RUN --mount=type=bind,from=build,source=/deps,target=/mnt/deps : SEED && cat /mnt/deps

FROM scratch AS runtime

COPY --link --from=build --chown=1000:1000 /app.bin /app

COPY --chmod=755 config/ /etc/app/

ADD --link go.mod /meta/

LABEL built=yes

ENTRYPOINT ["/app"]"#,
    old: &[("COPY --link ", "COPY "), ("ADD --link ", "ADD ")],
};

/// Variables inside RUN, a user, wildcards, folders with a slash at the end, heredocs.
const PYTHON: Kind = Kind {
    name: "python",
    targets: &["runtime", "dev"],
    needed: &["requirements.txt", "app/main.py", "tests/test_main.py"],
    spare: &["requirements-extra.txt", "app/util.py", "app/pkg/mod.py", "docs/a.md"],
    links: &[],
    hard_links: &[],
    folders: &["", "app", "app/pkg", "tests", "docs"],
    ignore: "Dockerfile\n.dockerignore\n**/__pycache__\n",
    dockerfile: r#"FROM BASE AS python

ARG UID=1000

ENV PYTHONPATH=/app FLAGS="-q -x"

WORKDIR /app

COPY requirements*.txt ./

RUN : SEED && echo "$FLAGS" && \
    cat requirements*.txt > installed.txt

COPY --chown=$UID app/ ./app/

COPY <<CONF /etc/app.conf
debug=false
level=$FLAGS
CONF

RUN <<EOF
: SEED
cat installed.txt > /installed
# this line is a part of the script
chmod 666 /installed
EOF

USER $UID

WORKDIR /tmp/work

RUN : SEED && id -u > /tmp/who

FROM python AS dev

COPY tests/ tests/

RUN : SEED && find /app tests -type f | sort | xargs cat > /tmp/report

FROM python AS runtime

ENV PORT=8000

HEALTHCHECK CMD true

EXPOSE 8000

CMD ["python", "main.py"]"#,
    old: &[
        (
            "COPY <<CONF /etc/app.conf\ndebug=false\nlevel=$FLAGS\nCONF",
            "RUN echo \"level=$FLAGS\" > /etc/app.conf",
        ),
        (
            "RUN <<EOF\n: SEED\ncat installed.txt > /installed\n# this line is a part of the script\nchmod 666 /installed\nEOF",
            "RUN : SEED && cat installed.txt > /installed; \\\n    chmod 666 /installed",
        ),
    ],
};

/// Stages that part and meet again; one makes the same output of different inputs, one another output of the same.
const DIAMOND: Kind = Kind {
    name: "diamond",
    targets: &["join", "left", "right"],
    needed: &["src/a.txt", "data/one"],
    spare: &["src/b.txt", "src/c.txt", "data/two"],
    links: &[],
    hard_links: &[],
    folders: &["src", "data"],
    ignore: "",
    dockerfile: r#"FROM BASE AS source

COPY src /src

RUN : SEED && ls /src > /names

FROM source AS stable

ARG WHAT=names

RUN : SEED && cat /$WHAT > /stable.txt

FROM source AS noisy

RUN : SEED && date +%s%N > /noisy.txt

FROM BASE AS left

WORKDIR /left

COPY --from=stable /stable.txt ./

RUN : SEED && cat stable.txt > copy.txt

FROM BASE AS right

COPY --from=noisy /noisy.txt /

COPY data /data

RUN : SEED && find /noisy.txt /data -type f | sort | xargs cat > /right.txt

FROM BASE AS join

COPY --from=left /left /left

COPY --from=right /right.txt /

RUN --mount=type=bind,from=stable,source=/stable.txt,target=/s \
    : SEED && cat /s /right.txt > /join.txt

ENV DONE=1"#,
    old: &[],
};

/// An ignore file with exceptions, links of both kinds, and a Dockerfile that copies itself with all the rest.
const LINKS: Kind = Kind {
    name: "links",
    targets: &["final", "docs"],
    needed: &["docs/README.md", "lib/real.txt", "keep.log"],
    spare: &["docs/draft-1.md", "docs/img/a.svg", "a.log", "lib/b.txt", "tmp/x", "tmp/keep/y"],
    links: &[("alias.txt", "lib/real.txt"), ("lib/up", "../docs"), ("dangling", "nowhere")],
    hard_links: &[("lib/same.txt", "lib/real.txt")],
    folders: &["", "docs", "docs/img", "lib", "tmp", "tmp/keep"],
    ignore: "# what no image needs\n*.log\n!keep.log\ntmp\n!tmp/keep\ndocs/draft*\n",
    dockerfile: r#"FROM BASE AS all

WORKDIR /all

COPY . .

RUN : SEED && find . | sort > /list

FROM BASE AS docs

COPY docs/ /docs/

COPY alias.txt /alias

RUN : SEED && cat /alias > /seen

FROM BASE AS final

COPY --from=all /all/lib /lib/

COPY --from=docs /docs/img/ /img/

ADD lib/*.txt /added/

RUN : SEED && ls /added /img > /summary

STOPSIGNAL SIGTERM"#,
    old: &[],
};

impl Kind {
    /// A project of this kind whose base image and files are its own.
    pub(super) fn project(&'static self, is_old: bool, word: &str) -> Project {
        let mut text = self.dockerfile.replace("BASE", &base(word));
        for (new, old) in self.old.iter().filter(|_| is_old) {
            text = text.replace(new, old);
        }
        let text = text.replace("SEED", word);
        let mut things = BTreeMap::new();
        for path in self.needed.iter().chain(self.spare) {
            let thing = Thing::File { text: format!("{word} {path}\n"), mode: 0o644, touched: 0 };
            things.insert((*path).to_owned(), thing);
        }
        for (path, target) in self.links {
            things.insert((*path).to_owned(), Thing::Link((*target).to_owned()));
        }
        for (path, other) in self.hard_links {
            things.insert((*path).to_owned(), Thing::HardLink((*other).to_owned()));
        }
        // What is copied out of a stage must be there, empty as it may be.
        if self.name == "links" {
            things.insert("docs/img".to_owned(), Thing::Folder(0o755));
        }
        let ignore = Thing::File { text: self.ignore.to_owned(), mode: 0o644, touched: 0 };
        things.insert(".dockerignore".to_owned(), ignore);
        Project {
            kind: self,
            instructions: text.split("\n\n").map(str::to_owned).collect(),
            things,
            build_args: BTreeMap::new(),
            target: self.targets[0],
            base: 0,
        }
    }
}

/// The name of a project's base image.
pub(super) fn base(word: &str) -> String {
    format!("layerwise-test-base:{word}")
}
