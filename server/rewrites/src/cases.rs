//! The projects that all recipes are tried on: name, Dockerfile, files around it.

mod c;
mod companions;
mod go;
mod java;
mod python;

/// A project.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) dockerfile: &'static str,
    pub(crate) files: &'static [(&'static str, &'static str)],
}

/// All projects.
pub(crate) fn all() -> Vec<&'static Case> {
    [CASES, c::CASES, companions::CASES, go::CASES, java::CASES, python::CASES]
        .into_iter()
        .flatten()
        .collect()
}

/// The project of a name.
pub(crate) fn case(name: &str) -> &'static Case {
    all().into_iter().find(|case| case.name == name).unwrap()
}

const BUNDLED: &str = r#"{"type": "module", "scripts": {"build": "esbuild src/main.js --bundle --platform=node --outfile=dist/main.cjs"}, "dependencies": {"a": "1"}, "devDependencies": {"esbuild": "1"}}"#;
const COMPILED: &str = r#"{"scripts": {"build": "tsc -p .", "start": "node dist/index.js"}, "dependencies": {"express": "4"}, "devDependencies": {"typescript": "5"}}"#;
const TSCONFIG: &str = "{\"compilerOptions\": {\"outDir\": \"dist\"}}";
const CRATE: &str = "[package]\nname = \"counter\"\n";
const LOCK: &str = "[[package]]\nname = \"itoa\"\n";

const NODE_FILES: &[(&str, &str)] =
    &[("package.json", BUNDLED), ("package-lock.json", "{}"), ("src/main.js", ""), ("test/a.test.js", "")];
const TYPESCRIPT_FILES: &[(&str, &str)] = &[
    ("package.json", COMPILED),
    ("package-lock.json", "{}"),
    ("tsconfig.json", TSCONFIG),
    ("src/index.ts", ""),
];
const RUST_FILES: &[(&str, &str)] = &[("Cargo.toml", CRATE), ("Cargo.lock", LOCK), ("src/main.rs", "")];

const CASES: &[Case] = &[
    Case {
        name: "a leaky bundle",
        dockerfile: "FROM node:22\n\n# From the private registry\nARG NPM_TOKEN\nRUN echo \"//r.example.com/:_authToken=${NPM_TOKEN}\" > ~/.npmrc\n\nRUN mkdir -p /srv/web\nWORKDIR /srv/web\n\nCOPY . .\nRUN npm install && npm run build && rm -f ~/.npmrc\n\nENV PORT=3000\nEXPOSE 3000\n\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "yarn",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN yarn install --frozen-lockfile\nRUN yarn build\nCMD [\"yarn\", \"start\"]\n",
        files: &[
            ("package.json", COMPILED),
            ("yarn.lock", ""),
            ("tsconfig.json", TSCONFIG),
            ("src/index.ts", ""),
        ],
    },
    Case {
        name: "pnpm",
        dockerfile: "FROM node:22-alpine\nRUN npm i -g pnpm\nWORKDIR /app\nCOPY . .\nRUN pnpm i && pnpm build\nCMD [\"node\", \"dist/index.js\"]\n",
        files: &[
            ("package.json", COMPILED),
            ("pnpm-lock.yaml", ""),
            ("tsconfig.json", TSCONFIG),
            ("src/index.ts", ""),
        ],
    },
    Case {
        name: "workspaces, bundled",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run bundle\nCMD [\"node\", \"out/server.js\"]\n",
        files: &[
            (
                "package.json",
                r#"{"workspaces": ["packages/*"], "scripts": {"bundle": "esbuild packages/a/main.ts --bundle --platform=node --outfile=out/server.js"}, "dependencies": {"x": "1"}}"#,
            ),
            ("package-lock.json", "{}"),
            ("packages/a/package.json", "{}"),
            ("packages/a/main.ts", ""),
            ("packages/b/package.json", "{}"),
        ],
    },
    Case {
        name: "workspaces, compiled",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/index.js\"]\n",
        files: &[
            (
                "package.json",
                r#"{"workspaces": ["packages/*"], "scripts": {"build": "tsc --outDir dist"}, "dependencies": {"x": "1"}}"#,
            ),
            ("package-lock.json", "{}"),
            ("packages/a/package.json", "{}"),
        ],
    },
    Case {
        name: "no lock file, comments, continuation lines",
        dockerfile: "FROM node:22\n# where it lives\nWORKDIR /app\n# sources\nCOPY . .\n# all in one\nRUN npm install && \\\n    # bundle it\n    npm run build && \\\n    npm cache clean --force\n# how it runs\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: &[("package.json", BUNDLED), ("src/main.js", "")],
    },
    Case {
        name: "settings before the build, user, health check",
        dockerfile: "FROM node:22\nLABEL org.example.team=web\n# the port\nEXPOSE 8080\nENV NODE_ENV=development \\\n    LOG=info\nVOLUME /data\nSTOPSIGNAL SIGINT\nHEALTHCHECK CMD node dist/health.js\nRUN groupadd app && useradd -g app app\nRUN mkdir -p /data && chown app /data\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\nUSER app\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "a health check that needs curl",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "a health check of its own",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nHEALTHCHECK --interval=5s CMD [\"node\", \"probe.js\"]\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: &[("package.json", BUNDLED), ("src/main.js", ""), ("probe.js", "")],
    },
    Case {
        name: "lower case, CRLF, argument in the middle",
        dockerfile: "arg VERSION=22\r\nfrom node:${VERSION}\r\n\r\nworkdir /app\r\narg REVISION=none\r\nlabel revision=$REVISION\r\ncopy . .\r\nrun npm ci && npm run build\r\n\r\ncmd node dist/main.cjs\r\n",
        files: NODE_FILES,
    },
    Case {
        name: "backtick escape",
        dockerfile: "# escape=`\nFROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && `\n    npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "heredoc",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN <<EOF\nset -e\nnpm ci\nnpm run build\nEOF\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "webpack with its own settings",
        dockerfile: "FROM node:20-bookworm\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npx webpack --mode production\nCMD [\"node\", \"build/app.js\"]\n",
        files: &[
            ("package.json", r#"{"dependencies": {"express": "4"}, "devDependencies": {"webpack": "5"}}"#),
            ("package-lock.json", "{}"),
            ("webpack.config.js", ""),
            ("src/app.js", ""),
            ("views/index.ejs", ""),
            ("public/logo.png", ""),
        ],
    },
    Case {
        name: "npm start through a script",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD npm start\n",
        files: TYPESCRIPT_FILES,
    },
    Case {
        name: "a stage of its own for tests, a fat last one",
        dockerfile: "FROM node:22 AS test\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm test\n\nFROM node:22 AS app\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: &[
            (
                "package.json",
                r#"{"type": "module", "scripts": {"test": "node --test", "build": "esbuild src/main.js --bundle --platform=node --outfile=dist/main.cjs"}}"#,
            ),
            ("package-lock.json", "{}"),
            ("src/main.js", ""),
        ],
    },
    Case {
        name: "packages of the distribution",
        dockerfile: "FROM node:22-bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    build-essential \\\n    ffmpeg \\\n    python3 \\\n && rm -rf /var/lib/apt/lists/*\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "a global compiler, pruned by hand",
        dockerfile: "FROM node:22\nRUN npm install -g typescript\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN tsc\nRUN npm prune --production\nENTRYPOINT [\"node\"]\nCMD [\"dist/index.js\"]\n",
        files: TYPESCRIPT_FILES,
    },
    Case {
        name: "a bundled page, a server of sources",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx vite build\nCMD [\"node\", \"src/main.js\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "a user who owns the tree",
        dockerfile: "FROM node:22\nARG NPM_TOKEN\nUSER node\nRUN echo \"//r.example.com/:_authToken=$NPM_TOKEN\" >> ~/.npmrc\nRUN mkdir -p /home/node/app\nWORKDIR /home/node/app\nCOPY --chown=node:node . .\nRUN npm install && npm run build && rm ~/.npmrc\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "a directory by argument, an extra port by variable",
        dockerfile: "FROM node:22\nARG APP=/srv/app\nARG PORT=8080\nWORKDIR ${APP}\nCOPY . ${APP}\nRUN npm ci && npm run build\nENV PORT=$PORT\nEXPOSE $PORT\nCMD [\"node\", \"--enable-source-maps\", \"./dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "node put into another image",
        dockerfile: "FROM ubuntu:24.04\nRUN curl -fsSL https://example.com/setup | bash - && apt-get install -y nodejs\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "a dependency that calls git",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"lib/index.js\"]\n",
        files: &[
            (
                "package.json",
                r#"{"scripts": {"build": "babel src -d lib"}, "dependencies": {"simple-git": "3"}, "devDependencies": {"@babel/cli": "7"}}"#,
            ),
            ("src/index.js", ""),
        ],
    },
    Case {
        name: "a build in prepare",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"dist/index.mjs\"]\n",
        files: &[
            (
                "package.json",
                r#"{"scripts": {"prepare": "ncc build src/index.ts"}, "dependencies": {"a": "1"}, "devDependencies": {"@vercel/ncc": "0"}}"#,
            ),
            ("src/index.ts", ""),
        ],
    },
    Case {
        name: "development server",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD [\"npm\", \"run\", \"dev\"]\n",
        files: &[
            ("package.json", r#"{"scripts": {"dev": "nodemon src/main.js", "build": "tsc"}}"#),
            ("src/main.js", ""),
        ],
    },
    Case {
        name: "nothing built",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"src/main.js\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "onbuild",
        dockerfile: "FROM node:22\nWORKDIR /app\nONBUILD COPY . .\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "unknown script",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run compile\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "entry point script",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nENTRYPOINT [\"./docker-entrypoint.sh\"]\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "no package.json",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: &[("src/main.js", "")],
    },
    Case {
        name: "a static program with everything",
        dockerfile: "FROM rust-musl-builder\n\nADD . ./\nRUN sudo chown -R rust:rust /home/rust/src\nRUN cargo build --release\n\nEXPOSE 8080\nCMD [\"/home/rust/src/target/x86_64-unknown-linux-musl/release/counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "alpine, certificates, a user by name, templates",
        dockerfile: "FROM rust:1-alpine\n# needed to link\nRUN apk add --no-cache musl-dev\nRUN adduser -D app\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nENV RUST_LOG=info\nUSER app\nENTRYPOINT [\"./target/release/counter\"]\n",
        files: &[
            ("Cargo.toml", CRATE),
            ("Cargo.lock", "name = \"rustls-native-certs\"\n"),
            ("src/main.rs", ""),
            ("templates/a.html", ""),
        ],
    },
    Case {
        name: "a triple, and a program copied away",
        dockerfile: "FROM rust:1-bookworm\nRUN rustup target add x86_64-unknown-linux-musl\nWORKDIR /build\nCOPY . .\nRUN cargo build --release --target x86_64-unknown-linux-musl && cp target/x86_64-unknown-linux-musl/release/counter /usr/local/bin/\nUSER 1000:1000\nCMD [\"/usr/local/bin/counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "the working directory of the base",
        dockerfile: "FROM known-musl-builder\nADD --chown=rust:rust . ./\nRUN cargo build --release\nCMD [\"./target/x86_64-unknown-linux-musl/release/counter\"]\n",
        files: &[("Cargo.toml", CRATE), ("Cargo.lock", LOCK), ("src/main.rs", ""), ("static/a.css", "")],
    },
    Case {
        name: "cargo install",
        dockerfile: "FROM rust:1.80-bookworm\nWORKDIR /usr/src/counter\nCOPY . .\nRUN cargo install --path .\nCMD [\"counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "cargo install, static",
        dockerfile: "FROM rust:1-alpine\nWORKDIR /src\nCOPY . .\nRUN cargo install --locked --path . --root /out\nENTRYPOINT [\"counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "not static",
        dockerfile: "FROM rust:1.80-slim-bookworm\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD [\"./target/release/counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "not static, no release named",
        dockerfile: "FROM rust:1\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD [\"./target/release/counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "not static, with OpenSSL",
        dockerfile: "FROM rust:1-bookworm\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD [\"./target/release/counter\"]\n",
        files: &[("Cargo.toml", CRATE), ("Cargo.lock", "name = \"openssl-sys\"\n"), ("src/main.rs", "")],
    },
    Case {
        name: "shell form on a static program",
        dockerfile: "FROM rust:1-alpine\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD ./target/release/counter\n",
        files: RUST_FILES,
    },
    Case {
        name: "cargo run",
        dockerfile: "FROM rust:1-alpine\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD [\"cargo\", \"run\", \"--release\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "no such program",
        dockerfile: "FROM rust:1-alpine\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD [\"/app/target/release/other\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "a health check on scratch",
        dockerfile: "FROM rust:1-alpine\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nHEALTHCHECK CMD wget -q localhost\nCMD [\"/app/target/release/counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "dynamic on purpose",
        dockerfile: "FROM rust:1-alpine\nENV RUSTFLAGS=\"-C target-feature=-crt-static\"\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD [\"/app/target/release/counter\"]\n",
        files: RUST_FILES,
    },
    Case {
        name: "a program of src/bin, other places, maintainer",
        dockerfile: "from rust:1-alpine as service\nmaintainer me\nworkdir /work/app\ncopy Cargo.toml Cargo.lock ./\ncopy src ./src\nrun cargo build --release --bin worker\nexpose 9000\nentrypoint [\"/work/app/target/release/worker\"]\ncmd [\"--serve\"]\n",
        files: &[
            ("Cargo.toml", CRATE),
            ("Cargo.lock", LOCK),
            ("src/bin/worker.rs", ""),
            ("config/default.toml", ""),
        ],
    },
    Case {
        name: "manifests and sources copied one by one",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY package*.json tsconfig.json ./\nRUN npm ci\nCOPY src ./src\nCOPY public ./public\nRUN npm run build\nCMD [\"node\", \"dist/index.js\"]\n",
        files: &[
            ("package.json", COMPILED),
            ("package-lock.json", "{}"),
            ("tsconfig.json", TSCONFIG),
            ("src/index.ts", ""),
            ("public/logo.svg", ""),
        ],
    },
    Case {
        name: "a client that links OpenSSL",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx prisma generate && npm run build\nCMD [\"node\", \"dist/main.js\"]\n",
        files: &[
            (
                "package.json",
                r#"{"scripts": {"build": "nest build"}, "dependencies": {"@nestjs/core": "10", "@prisma/client": "5"}, "devDependencies": {"@nestjs/cli": "10", "prisma": "5"}}"#,
            ),
            ("package-lock.json", "{}"),
            ("src/main.ts", ""),
            ("prisma/schema.prisma", ""),
        ],
    },
    Case {
        name: "dotnet",
        dockerfile: "FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /app\nCOPY . .\nRUN dotnet publish -c Release -o out\nENTRYPOINT [\"dotnet\", \"out/Shop.dll\"]\n",
        files: &[("Shop.csproj", "")],
    },
    Case {
        name: "composer",
        dockerfile: "FROM php:8.3-apache\nWORKDIR /var/www/html\nCOPY . .\nRUN composer install --no-dev\n",
        files: &[("composer.json", "{}")],
    },
    Case {
        name: "bundler",
        dockerfile: "FROM ruby:3.3\nWORKDIR /app\nCOPY . .\nRUN bundle install\nCMD [\"bundle\", \"exec\", \"puma\"]\n",
        files: &[("Gemfile", "")],
    },
    Case {
        name: "a broken file",
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY\nRUN npm ci && npm run build\n",
        files: NODE_FILES,
    },
    Case {
        name: "windows",
        dockerfile: "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist\\\\main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "non-ASCII",
        dockerfile: "FROM node:22\n# für die Gäste 🐳\nLABEL autor=\"Jürgen\"\nWORKDIR /app\nCOPY . .\nRUN echo 'grüße' && npm ci && npm run build\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
    Case {
        name: "several secrets",
        dockerfile: "FROM node:22\nARG NPM_TOKEN\nENV SENTRY_AUTH_TOKEN=0123456789abcdef\nWORKDIR /app\nCOPY . .\n# the registry\nRUN npm config set //r.example.com/:_authToken $NPM_TOKEN\nRUN npm ci && npm run build\nRUN npm config delete //r.example.com/:_authToken\nCMD [\"node\", \"dist/main.cjs\"]\n",
        files: NODE_FILES,
    },
];
