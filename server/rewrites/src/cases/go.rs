//! Projects in Go.

use super::Case;

const MODULE: &str = "module example.com/shop/api\n\ngo 1.22\n";
const WITH_MODULES: &str = "module example.com/shop/api\n\ngo 1.22\n\nrequire (\n\tgithub.com/go-chi/chi/v5 v5.0.12\n\tgithub.com/jackc/pgx/v5 v5.5.5 // indirect\n)\n";
const WITH_SQLITE: &str =
    "module example.com/shop/api\n\ngo 1.22\n\nrequire github.com/mattn/go-sqlite3 v1.14.22\n";
const SERVER: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n)\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n";
const PRINTER: &str = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n";

const SERVER_FILES: &[(&str, &str)] = &[("go.mod", MODULE), ("main.go", SERVER)];
const MODULE_FILES: &[(&str, &str)] = &[
    ("go.mod", WITH_MODULES),
    ("go.sum", ""),
    ("cmd/api/main.go", SERVER),
    ("internal/db/db.go", "package db\n"),
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "go: static by ENV",
        dockerfile: "FROM golang:1.22-bookworm\n\nENV CGO_ENABLED=0\nWORKDIR /src\n\n# dependencies\nCOPY go.mod go.sum ./\nRUN go mod download\n\n# the program\nCOPY . .\nRUN go build -trimpath -ldflags=\"-s -w\" -o /usr/local/bin/api ./cmd/api\n\nEXPOSE 8080\nUSER nobody\nENTRYPOINT [\"api\"]\nCMD [\"--port\", \"8080\"]\n",
        files: MODULE_FILES,
    },
    Case {
        name: "go: no dependencies, no network",
        dockerfile: "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o tool .\nCMD [\"./tool\"]\n",
        files: &[("go.mod", MODULE), ("main.go", PRINTER), ("README.md", "")],
    },
    Case {
        name: "go: the C library of an unnamed release",
        dockerfile: "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o server .\nEXPOSE 8080\nCMD [\"/app/server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: the C library of a named release",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o server .\nEXPOSE 8080\nCMD [\"/app/server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: alpine without a compiler",
        dockerfile: "FROM golang:1.22-alpine3.19\nWORKDIR /app\nADD . /app\nRUN cd /app && go build -o goapp\nEXPOSE 8080\nENTRYPOINT [\"./goapp\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: alpine with cgo",
        dockerfile: "FROM golang:1.22-alpine3.19\nRUN apk add --no-cache build-base sqlite-dev tzdata\nWORKDIR /app\nCOPY . .\nRUN go build -o api ./cmd/api\nCMD [\"./api\"]\n",
        files: &[
            ("go.mod", WITH_SQLITE),
            ("go.sum", ""),
            ("cmd/api/main.go", SERVER),
            ("migrations/1.sql", ""),
        ],
    },
    Case {
        name: "go: install, found by PATH",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /go/src/app\nCOPY . .\nRUN CGO_ENABLED=0 go install -v ./...\nCMD [\"api\"]\n",
        files: MODULE_FILES,
    },
    Case {
        name: "go: run",
        dockerfile: "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go mod download\nCMD [\"go\", \"run\", \".\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: watched sources",
        dockerfile: "FROM golang:1.22\nWORKDIR /app\nRUN go install github.com/air-verse/air@latest\nCOPY . .\nRUN go build -o /tmp/x .\nCMD [\"air\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: templates, embedded pages, time zones",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o server .\nCMD [\"./server\"]\n",
        files: &[
            ("go.mod", MODULE),
            (
                "main.go",
                "package main\n\nimport (\n\t\"embed\"\n\t\"net/http\"\n\t\"time\"\n)\n\n//go:embed web/*\nvar web embed.FS\n\nfunc main() { time.LoadLocation(\"Europe/Rome\") }\n",
            ),
            ("web/index.html", ""),
            ("templates/a.tmpl", ""),
            ("main_test.go", "package main\n\nimport \"os/exec\"\n"),
            ("testdata/a.json", ""),
            ("Makefile", ""),
        ],
    },
    Case {
        name: "go: a health check by curl",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o server .\nHEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1\nCMD [\"./server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: a health check by an installed curl",
        dockerfile: "FROM golang:1.22-bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n        ca-certificates \\\n        curl \\\n        gcc \\\n    && rm -rf /var/lib/apt/lists/*\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o server .\nHEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1\nCMD [\"./server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: an entry-point script",
        dockerfile: "FROM golang:1.22-alpine3.19\nWORKDIR /app\nCOPY . .\nRUN go build -o api ./cmd/api && chmod +x docker/start.sh\nENTRYPOINT [\"/app/docker/start.sh\"]\nCMD [\"/app/api\"]\n",
        files: &[
            ("go.mod", WITH_MODULES),
            ("cmd/api/main.go", SERVER),
            ("docker/start.sh", "#!/bin/sh\nset -e\necho starting\nexec \"$@\"\n"),
            ("migrations/1.sql", ""),
        ],
    },
    Case {
        name: "go: a script with what Alpine lacks",
        dockerfile: "FROM golang:1.22-alpine3.19\nWORKDIR /app\nCOPY . .\nRUN go build -o api .\nENTRYPOINT [\"./start.sh\"]\n",
        files: &[
            ("go.mod", MODULE),
            ("main.go", SERVER),
            ("start.sh", "#!/bin/bash\npg_isready -h db\nexec ./api \"$@\"\n"),
        ],
    },
    Case {
        name: "go: other programs called",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o server .\nCMD [\"./server\"]\n",
        files: &[
            ("go.mod", MODULE),
            (
                "main.go",
                "package main\n\nimport \"os/exec\"\n\nfunc main() { exec.Command(\"git\").Run() }\n",
            ),
        ],
    },
    Case {
        name: "go: vendor, a user of its own, data",
        dockerfile: "FROM golang:1.22-bookworm\nRUN useradd --system --uid 10001 app\nRUN mkdir -p /var/lib/api && chown app /var/lib/api\nWORKDIR /go/src/example.com/shop/api\nCOPY . .\nRUN CGO_ENABLED=0 GOOS=linux go build -mod=vendor -o /bin/api ./cmd/api\nUSER app\nVOLUME /var/lib/api\nCMD [\"/bin/api\"]\n",
        files: &[
            ("go.mod", WITH_MODULES),
            ("vendor/modules.txt", ""),
            ("cmd/api/main.go", SERVER),
            ("config/default.yaml", ""),
        ],
    },
    Case {
        name: "go: a page built by npm in the same stage",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nRUN CGO_ENABLED=0 go build -o server .\nCMD [\"./server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: a fat last stage",
        dockerfile: "FROM node:22 AS web\nWORKDIR /web\nCOPY web .\nRUN npm ci && npm run build\n\nFROM golang:1.22-bookworm AS app\nARG VERSION=dev\nENV CGO_ENABLED=0\nWORKDIR /app\nCOPY . .\nCOPY --from=web /web/dist ./static\nRUN go build -ldflags \"-X main.version=${VERSION}\" -o server .\nLABEL version=$VERSION\nCMD [\"./server\"]\n",
        files: &[("go.mod", MODULE), ("main.go", SERVER), ("web/package.json", "{}"), ("web/src/a.js", "")],
    },
    Case {
        name: "go: lower case, CRLF, backtick",
        dockerfile: "# escape=`\r\nfrom golang:1.22-bookworm\r\n\r\nworkdir /app\r\ncopy . .\r\nrun go env -w CGO_ENABLED=0 && `\r\n    go build -o server .\r\n\r\ncmd [\"./server\"]\r\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: the name of a module, no working directory",
        dockerfile: "FROM golang:1.22-bookworm\nENV CGO_ENABLED 0\nCOPY . .\nRUN go build\nCMD [\"./tool\"]\n",
        files: &[("go.mod", "module example.com/tool/v3\n"), ("main.go", PRINTER)],
    },
    Case {
        name: "go: into a folder that is there",
        dockerfile: "FROM golang:1.22-bookworm\nENV CGO_ENABLED=0\nWORKDIR /app\nCOPY . .\nRUN go build -o /app ./cmd/api\nCMD [\"/app/api\"]\n",
        files: MODULE_FILES,
    },
    Case {
        name: "go: two programs and a tool",
        dockerfile: "FROM golang:1.22-bookworm\nENV CGO_ENABLED=0\nRUN go install github.com/swaggo/swag/cmd/swag@v1.16.3\nWORKDIR /src\nCOPY . .\nRUN swag init && go build -o /out/ ./cmd/api ./cmd/migrate\nRUN cp /out/api /usr/local/bin/\nCMD [\"api\"]\n",
        files: &[
            ("go.mod", WITH_MODULES),
            ("cmd/api/main.go", SERVER),
            ("cmd/migrate/main.go", SERVER),
            ("migrations/1.sql", ""),
        ],
    },
    Case {
        name: "go: heredoc with cd",
        dockerfile: "FROM golang:1.22-bookworm\nCOPY . /src\nRUN <<EOF\nset -e\ncd /src/cmd/api\nexport CGO_ENABLED=0\ngo build -o /usr/bin/api\nEOF\nWORKDIR /data\nCMD [\"/usr/bin/api\"]\n",
        files: MODULE_FILES,
    },
    Case {
        name: "go: shell form",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o server .\nENV PORT=80\nCMD ./server -port $PORT\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: the race detector on alpine's musl",
        dockerfile: "FROM golang:1.22-alpine\nRUN apk add --no-cache gcc musl-dev\nWORKDIR /app\nCOPY . .\nRUN go build -race -o server .\nCMD [\"./server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: linked statically on alpine",
        dockerfile: "FROM golang:1.22-alpine\nRUN apk add --no-cache gcc musl-dev\nWORKDIR /app\nCOPY . .\nRUN go build -ldflags '-linkmode external -extldflags \"-static\"' -o server ./cmd/api\nCMD [\"/app/server\"]\n",
        files: &[("go.mod", WITH_SQLITE), ("cmd/api/main.go", SERVER)],
    },
    Case {
        name: "go: a program that is not built",
        dockerfile: "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o server .\nCMD [\"./client\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: a base of one's own",
        dockerfile: "FROM registry.example.com/go-toolbox:7\nWORKDIR /app\nCOPY . .\nRUN go build -o server .\nCMD [\"./server\"]\n",
        files: SERVER_FILES,
    },
    Case {
        name: "go: for another platform, no context's sources",
        dockerfile: "FROM --platform=linux/amd64 golang:1.22-bookworm\nRUN git clone https://example.com/x /src\nWORKDIR /src\nRUN CGO_ENABLED=0 go build -o /x .\nCMD [\"/x\"]\n",
        files: &[("README.md", "")],
    },
];
