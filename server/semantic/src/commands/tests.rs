//! RUN lines in, meanings out.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use syntax::Document;
use syntax::shell::Command;

use super::*;

fn commands<R>(script: &str, read: impl FnOnce(&syntax::shell::Script) -> R) -> R {
    let document = Document::new(&format!("FROM x\nRUN {script}\n"));
    let run = document.instructions().nth(1).unwrap();
    read(run.shell().unwrap())
}

fn check(script: &str, expected: &Expect) {
    let mut out = String::new();
    commands(script, |script| {
        for command in script.statements.iter().flat_map(|statement| &statement.commands) {
            writeln!(out, "{}", line(command)).unwrap();
        }
    });
    expected.assert_eq(&out);
}

fn line(command: &Command) -> String {
    let meaning = meaning(command);
    let mut out = String::new();
    for wrapper in &meaning.wrappers {
        write!(out, "{wrapper}: ").unwrap();
    }
    let texts =
        |words: &[&ShellWord]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>().join(" ");
    match &meaning.action {
        Action::Package(package) => {
            write!(out, "{} {:?}", package.manager.as_str(), package.verb).unwrap();
            if let Some(script) = package.script {
                write!(out, " script={script}").unwrap();
            }
            write!(out, " [{}]", texts(&package.packages)).unwrap();
            for (name, holds) in [
                ("project", package.installs_project()),
                ("global", package.is_global()),
                ("locked", package.is_locked()),
                ("production", package.is_production()),
            ] {
                if holds {
                    write!(out, " {name}").unwrap();
                }
            }
        }
        Action::Download(download) => {
            write!(out, "{:?} [{}] output={:?}", download.tool, texts(&download.urls), download.output)
                .unwrap();
            write!(out, "{}", if download.to_output() { " printed" } else { "" }).unwrap();
            write!(out, "{}", if download.ignores_failure() { " ignores-failure" } else { "" }).unwrap();
        }
        Action::File(file) => {
            write!(out, "{:?} [{}]", file.operation, texts(&file.paths)).unwrap();
            if let Some(setting) = file.setting {
                write!(out, " setting={}", setting.text).unwrap();
            }
            write!(out, "{}", if file.recursive { " recursive" } else { "" }).unwrap();
        }
        Action::Tool(tool) => write!(out, "{:?}", tool.kind).unwrap(),
        Action::Configure(configure) => {
            let key = configure.key.map_or("", |key| key.text.as_str());
            write!(out, "Configure {} {key:?} [{}]", configure.file, texts(&configure.values)).unwrap();
            write!(out, "{}", if configure.login { " login" } else { "" }).unwrap();
            for variable in configure.variables() {
                write!(out, " ${variable}").unwrap();
            }
        }
        Action::Other => write!(out, "Other {:?}", meaning.program).unwrap(),
    }
    out
}

#[test]
fn system_packages() {
    check(
        "apt-get update -qq && apt-get -y install --no-install-recommends curl git=1:2 \"$EXTRA\" && apt-get clean \
         && apt-get purge -y --auto-remove gcc && apt-get -o Acquire::Retries=3 install -t bookworm-backports x",
        &expect![[r#"
            apt-get Update []
            apt-get Install [curl git=1:2 "$EXTRA"]
            apt-get Clean []
            apt-get Remove [gcc]
            apt-get Install [x]
        "#]],
    );
    check(
        "apk add --no-cache --virtual .deps gcc musl-dev && apk --no-cache add curl && apk del .deps; dnf install -y gcc && dnf clean all; \
         microdnf -y update; yum -y groupinstall 'Development Tools'; zypper -n in gcc; pacman -Syu --noconfirm git; pacman -Scc; dpkg -i x.deb",
        &expect![[r#"
            apk Install [gcc musl-dev]
            apk Install [curl]
            apk Remove [.deps]
            dnf Install [gcc]
            dnf Clean [all]
            microdnf Upgrade []
            yum Install ['Development Tools']
            zypper Install [gcc]
            pacman Install [git]
            pacman Clean []
            dpkg Install [x.deb]
        "#]],
    );
}

#[test]
fn node_packages_and_scripts() {
    check(
        "npm ci --omit=dev && npm install && npm i -g typescript && npm install --save-dev esbuild && npm cache clean --force && npm run build -- --prod \
         && npm --prefix web run build:web && npm test && npm start && npm run lint && npm prune --production",
        &expect![[r#"
            npm Install [] project locked production
            npm Install [] project
            npm Install [typescript] global
            npm Install [esbuild]
            npm Clean []
            npm Build script=build [--prod]
            npm Build script=build:web []
            npm Test []
            npm Run script=start []
            npm Run script=lint []
            npm Remove [] production
        "#]],
    );
    check(
        "yarn --frozen-lockfile && yarn install --immutable --network-timeout 100000 && yarn build && yarn global add serve && yarn workspace web build \
         && yarn workspace web run build && yarn cache clean && yarn add x && yarn run test:unit && yarn",
        &expect![[r#"
            yarn Install [] project locked
            yarn Install [] project locked
            yarn Build script=build []
            yarn Install [serve] global
            yarn Build script=build []
            yarn Build script=build []
            yarn Clean []
            yarn Install [x]
            yarn Test script=test:unit []
            yarn Install [] project
        "#]],
    );
    check(
        "corepack enable && corepack prepare pnpm@9 --activate && pnpm i --frozen-lockfile --prod && pnpm --filter web build && pnpm fetch && pnpm deploy out \
         && corepack yarn install && bun install --frozen-lockfile && bun run build && bun build ./a.ts --outdir dist && npx --yes tsc -p . && npx vite build && next build && pnpm exec jest",
        &expect![[r#"
            corepack Install []
            corepack Install [pnpm@9]
            pnpm Install [] project locked production
            pnpm Build script=build []
            pnpm Fetch [] project
            pnpm Install [out]
            corepack: yarn Install [] project
            bun Install [] project locked
            bun Build script=build []
            bun Build [./a.ts]
            npx: Compiler
            npx: Bundler
            Bundler
            pnpm: Test
        "#]],
    );
}

#[test]
fn packages_of_other_languages() {
    check(
        "pip install --no-cache-dir -r requirements.txt && pip3.12 install flask==3 && python3 -m pip install -U pip && poetry install --only main --no-root && uv sync --frozen \
         && uv pip install --system x && pipenv install --deploy && conda env create -f e.yml && python app.py",
        &expect![[r#"
            pip Install [] project
            pip Install [flask==3]
            pip Install [pip]
            poetry Install [] project production
            uv Install [] project locked
            uv Install [x]
            pipenv Install [] project locked
            conda Install [] project
            Other "python"
        "#]],
    );
    check(
        "cargo build --release --locked --bin server && cargo +nightly b && cargo install sccache && cargo fetch && cargo chef cook --release --recipe-path r.json && cargo test \
         && rustup target add x86_64-unknown-linux-musl && go mod download && CGO_ENABLED=0 go build -o /bin/app -ldflags '-s -w' ./cmd/app && go install x@latest && go test ./...",
        &expect![[r#"
            cargo Build [] locked
            cargo Build []
            cargo Install [sccache] global
            cargo Fetch [] project
            cargo Build []
            cargo Test []
            rustup Install [x86_64-unknown-linux-musl]
            go Fetch [] project
            go Build [./cmd/app]
            go Install [x@latest]
            go Test [./...]
        "#]],
    );
    check(
        "bundle install --jobs 4 && bundle exec rake assets:precompile && gem install bundler && composer install --no-dev -o && docker-php-ext-install pdo gd \
         && ./mvnw -B clean package -DskipTests && mvn dependency:go-offline && ./gradlew :app:bootJar --no-daemon && gradle dependencies \
         && dotnet restore && dotnet publish -c Release -o /out && dotnet tool install -g x",
        &expect![[r#"
            bundle Install [] project
            bundle: BuildSystem
            gem Install [bundler]
            composer Install [] project production
            docker-php-ext-install Install [pdo gd]
            mvn Build [clean package]
            mvn Fetch [dependency:go-offline]
            gradle Build [:app:bootJar]
            gradle Fetch [dependencies]
            dotnet Fetch [] project
            dotnet Build []
            dotnet Install [x] global
        "#]],
    );
}

#[test]
fn downloads() {
    check(
        "curl -fsSL https://x.org/a.sh | sh; curl -o a.tgz https://x.org/a.tgz; curl -sSLO \"$URL\"; curl -fLo/usr/bin/x https://x.org/x; wget https://x.org/a; \
         wget -qO- https://x.org/b | tar xz; wget -q -O c https://x.org/c; git clone --depth 1 -b v1 https://x.org/r.git /src; git -C /src submodule update --init; git add .",
        &expect![[r#"
            Curl [https://x.org/a.sh] output=None printed
            Other "sh"
            Curl [https://x.org/a.tgz] output=Some("a.tgz") ignores-failure
            Curl ["$URL"] output=None ignores-failure
            Curl [https://x.org/x] output=Some("/usr/bin/x")
            Wget [https://x.org/a] output=None
            Wget [https://x.org/b] output=Some("-") printed
            Extract [] recursive
            Wget [https://x.org/c] output=Some("c")
            Git [https://x.org/r.git] output=Some("/src")
            Git [] output=None
            Other "git"
        "#]],
    );
}

#[test]
fn files() {
    check(
        "rm -rf /var/lib/apt/lists/* /tmp/x && rm a && cp -a src dst && mv a b && ln -sf a b && mkdir -p /a/b && install -m 755 a /usr/bin/a && install -d /x \
         && touch a && chown -R app:app /app && chmod +x a && chmod -R 755 /b && tar -xzf a.tgz -C /opt --strip-components=1 && tar czf b.tgz c && tar --extract --file=a.tar \
         && unzip -q a.zip -d /opt && sed -i 's/a/b/' f && sed -i.bak -e s/a/b/ g && sed s/a/b/ h && strip app",
        &expect![[r#"
            Remove [/var/lib/apt/lists/* /tmp/x] recursive
            Remove [a]
            Copy [src dst] recursive
            Move [a b]
            Link [a b]
            MakeDirectory [/a/b] recursive
            Copy [a /usr/bin/a]
            MakeDirectory [/x]
            Touch [a]
            ChangeOwner [/app] setting=app:app recursive
            ChangeMode [a] setting=+x
            ChangeMode [/b] setting=755 recursive
            Extract [a.tgz] recursive
            Archive [b.tgz c] recursive
            Extract [] recursive
            Extract [a.zip]
            Edit [f]
            Edit [g]
            Other "sed"
            Shrink [app]
        "#]],
    );
}

#[test]
fn compilers_and_build_systems() {
    check(
        "./configure --prefix=/usr && make -j4 && make test && make install && gcc -o a a.c && tsc && webpack --mode production && pytest && cmake -B b",
        &expect![[r#"
        BuildSystem
        BuildSystem
        Test
        BuildSystem
        Compiler
        Compiler
        Bundler
        Test
        BuildSystem
    "#]],
    );
}

#[test]
fn settings_and_credentials() {
    check(
        "npm config set //npm.example.com/:_authToken=$NPM_TOKEN && npm config set registry https://x.org && npm set progress=false && git config --global url.\"https://$T@github.com/\".insteadOf https://github.com/ \
         && git config --get user.name && docker login -u me -p $PASSWORD r.io && pip config set global.index-url \"https://$U:$P@x.org\" && yarn config set npmAuthToken \"$A\" && go env -w GOPRIVATE=x && go env",
        &expect![[r#"
            Configure ~/.npmrc "//npm.example.com/:_authToken=$NPM_TOKEN" [] $NPM_TOKEN
            Configure ~/.npmrc "registry" [https://x.org]
            Configure ~/.npmrc "progress=false" []
            Configure ~/.gitconfig "url.\"https://$T@github.com/\".insteadOf" [https://github.com/] $T
            Other "git"
            Configure ~/.docker/config.json "" [r.io me $PASSWORD] login $PASSWORD
            Configure ~/.config/pip/pip.conf "global.index-url" ["https://$U:$P@x.org"] $U $P
            Configure ~/.yarnrc "npmAuthToken" ["$A"] $A
            Configure ~/.config/go/env "GOPRIVATE=x" []
            go Other []
        "#]],
    );
}

#[test]
fn wrappers_are_looked_through() {
    check(
        "sudo -E apt-get update && sudo -u app A=b npm ci && env -i PATH=/bin make && env \"npm_config_//r.example.com/:_authToken=$T\" npm i && exec node . && timeout -k 5 60 curl -f https://x.org && time -p cargo build && nice -n 19 make && gosu app rm x && command -v npm && sudo && $TOOL x",
        &expect![[r#"
            sudo: apt-get Update []
            sudo: npm Install [] project locked
            env: BuildSystem
            env: npm Install [] project
            exec: Other "node"
            timeout: Curl [https://x.org] output=None printed
            time: cargo Build []
            nice: BuildSystem
            gosu: Remove [x]
            Other "command"
            Other "sudo"
            Other ""
        "#]],
    );
}

fn check_writes(script: &str, expected: &Expect) {
    let mut out = String::new();
    commands(script, |script| {
        for write in script.statements.iter().flat_map(writes::of_statement) {
            let names: Vec<_> = write.variables.iter().map(|used| used.name.as_str()).collect();
            let operator = if write.append { ">>" } else { ">" };
            writeln!(out, "{operator} {} [{}] {:?}", write.path.text, names.join(" "), write.text).unwrap();
        }
    });
    expected.assert_eq(&out);
}

#[test]
fn what_is_written_where() {
    check_writes(
        "echo \"//r/:_authToken=${NPM_TOKEN}\" > ~/.npmrc && echo a 'b c' >> /etc/x && printf '%s' \"$A\" | base64 | tee -a /t >/dev/null && make 2>&1 >log; echo hi >&2",
        &expect![[r#"
            > ~/.npmrc [NPM_TOKEN] None
            >> /etc/x [] Some("a b c\n")
            >> /t [A] None
            > log [] None
        "#]],
    );
    check_writes(
        "{ echo \"$A\"; echo b > c; echo \"$D\"; } > /e && (echo $F) | tee g && if true; then echo \"$H\" > i; fi",
        &expect![[r#"
            > c [] Some("b\n")
            > /e [A D] None
            > g [F] None
            > i [H] None
        "#]],
    );
    check_writes(
        "cat <<EOF > /etc/conf\ntoken=$TOKEN\nEOF",
        &expect![[r#"
        > /etc/conf [TOKEN] None
    "#]],
    );
    check_writes(
        "<<EOF\ncat <<X | tee /etc/conf\ntoken=$TOKEN\nX\nEOF",
        &expect![[r#"
        > /etc/conf [TOKEN] None
    "#]],
    );
}
