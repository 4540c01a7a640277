//! Projects with what the smaller rewrites change.

use super::Case;

const FILES: &[(&str, &str)] =
    &[(".git/HEAD", ""), ("Dockerfile", ""), ("src/app.conf", ""), ("run.sh", ""), ("tool.py", "")];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "an argument far from its use, lists apart, a text for a command",
        dockerfile: "FROM debian:bookworm\n# of the release\nARG REVISION=none\nARG VERSION=1\nRUN apt-get update\n# tools\nRUN apt-get install -y curl\nRUN curl -fsSLO https://example.com/${VERSION}.tgz\nLABEL revision=$REVISION\nADD src /etc/app\nCMD server --port 80\n",
        files: FILES,
    },
    Case {
        name: "the same with other line ends and in lower case",
        dockerfile: "# escape=`\r\nfrom debian:bookworm\r\narg REVISION\r\narg VERSION\r\n\r\nrun apt-get update\r\nrun apt-get install -y `\r\n      curl `\r\n   # größe 🐳\r\n      git\r\nrun rm -rf /var/lib/apt/lists/*\r\nadd run.sh /run.sh\r\nrun echo $VERSION\r\nlabel r=$REVISION\r\nentrypoint /run.sh\r\n",
        files: FILES,
    },
    Case {
        name: "owners, in a folder that is there",
        dockerfile: "FROM python:3.12-slim\nARG COMMIT\nRUN pip install flask\nWORKDIR /app\nCOPY src ./src\nADD tool.py ./\n# for the user\nRUN chown -R 1000:1000 /app\nUSER 1000\nENV COMMIT=$COMMIT\nCMD python tool.py\n",
        files: FILES,
    },
    Case {
        name: "owners, in a folder that is not there, and in a file",
        dockerfile: "FROM alpine:3.20\nRUN apk update && apk add python3\nRUN adduser -D app\nCOPY run.sh /usr/local/bin/run.sh\nRUN chown app:app /usr/local/bin/run.sh\nCOPY . /app\n# theirs\nRUN chown -R app:app /app && ls /app\nUSER app\nENTRYPOINT run.sh\n",
        files: FILES,
    },
    Case {
        name: "what is removed later, in one layout",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && \\\n\tapt-get install -y curl && \\\n\tcurl -fsSL -o /tmp/x.tgz https://example.com/x.tgz\nRUN tar -xzf /tmp/x.tgz -C /opt\n\n# not needed any more\nRUN rm /tmp/x.tgz && \\\n\trm -rf /var/lib/apt/lists/*\nCOPY run.sh /srv/\nRUN chown 0:0 /srv/run.sh\nCMD [\"/srv/run.sh\"]\n",
        files: FILES,
    },
    Case {
        name: "a stage below with an argument, heredocs",
        dockerfile: "FROM debian:bookworm AS base\nARG COLOUR=red\nRUN <<EOF\napt-get update\napt-get install -y vim\nEOF\nRUN apt-get install -y git\nRUN echo $COLOUR\nFROM base\nARG SHA\nRUN apt-get update && apt-get install -y less\nLABEL sha=$SHA\nCMD exec less\n",
        files: FILES,
    },
    Case {
        name: "node with an argument, an owner, a text for a command",
        dockerfile: "FROM node:22\nARG GIT_SHA\nRUN apt-get update && apt-get install -y git\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY . .\nRUN chown -R node:node /app\nLABEL sha=${GIT_SHA}\nCMD node src/main.js\n",
        files: &[
            (".git/HEAD", ""),
            ("node_modules/a/index.js", ""),
            ("package.json", "{\"dependencies\": {\"a\": \"1\"}}"),
            ("src/main.js", ""),
        ],
    },
    Case {
        name: "Go with tests",
        dockerfile: "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache/go-build go build -o /app .\n\n# what is shipped\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT [\"/app\"]\n",
        files: &[("go.mod", "module x"), ("main.go", "package main"), ("a_test.go", "package main")],
    },
    Case {
        name: "Node with tests, in lower case",
        dockerfile: "from node:22 as build\r\nworkdir /app\r\ncopy package.json ./\r\nrun npm install\r\ncopy . .\r\nrun npm run build\r\nfrom node:22-slim\r\nworkdir /app\r\ncopy --from=build /app/dist ./dist\r\ncmd [\"node\", \"dist/a.js\"]\r\n",
        files: &[
            ("package.json", r#"{"scripts": {"build": "tsc", "test": "node --test"}}"#),
            ("src/a.ts", ""),
        ],
    },
    Case {
        name: "Rust with tests",
        dockerfile: "FROM rust:1-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n\nFROM debian:bookworm-slim\nCOPY --from=build /src/target/release/x /x\nCMD [\"/x\"]\n",
        files: &[("Cargo.toml", "[package]\nname = \"x\"\n"), ("src/main.rs", ""), ("tests/a.rs", "")],
    },
    Case {
        name: "everything is copied",
        dockerfile: "FROM debian:bookworm\nADD . /srv/all\nRUN make -C /srv/all\nCMD make run\n",
        files: FILES,
    },
    Case {
        name: "an image of one's own",
        dockerfile: "FROM registry.example.com/team/base:1\nARG BUILD_NUMBER\nRUN apt-get update && apt-get install -y --no-install-recommends x\nCOPY --chmod=644 src /app\nRUN chown -R app /app\nLABEL build=$BUILD_NUMBER\nADD tool /usr/bin/\nCMD tool\n",
        files: FILES,
    },
];
