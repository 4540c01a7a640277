//! Which ARGs go where, and which stay.

use expect_test::{Expect, expect};

use super::RECIPE;
use crate::fixture::{facts, render};

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&[])));
}

/// Nothing is to be moved.
fn stays(dockerfile: &str) {
    let result = render(&RECIPE, dockerfile, &facts(&[]));
    assert!(result.starts_with("refused: "), "{dockerfile}\n{result}");
}

#[test]
fn it_goes_to_its_first_use_with_its_comment() {
    check(
        "FROM node:22\n\n# which commit\nARG GIT_SHA=none\n\nRUN apt-get update && apt-get install -y curl\nWORKDIR /app\n\n# for support\nLABEL revision=$GIT_SHA\nCMD [\"x\"]\n",
        expect![[r#"
            safe: Move `ARG GIT_SHA` down to where it is used
            ---
            FROM node:22

            RUN apt-get update && apt-get install -y curl
            WORKDIR /app

            # which commit
            ARG GIT_SHA=none
            # for support
            LABEL revision=$GIT_SHA
            CMD ["x"]
        "#]],
    );
}

#[test]
fn those_of_one_place_keep_their_order() {
    check(
        "FROM node:22\nARG MAJOR=1\nARG VERSION=${MAJOR}.2\nARG LEFT\nRUN apk add git\nARG OTHER\nRUN curl -fsSLO https://example.com/${VERSION}/${OTHER}\nRUN echo $LEFT\n",
        expect![[r#"
            safe: Move 3 ARGs down to where they are used
            ---
            FROM node:22
            RUN apk add git
            ARG MAJOR=1
            ARG VERSION=${MAJOR}.2
            ARG OTHER
            RUN curl -fsSLO https://example.com/${VERSION}/${OTHER}
            ARG LEFT
            RUN echo $LEFT
        "#]],
    );
}

#[test]
fn it_stops_at_what_may_read_it() {
    for user in ["make", "./build.sh", "npm run build", "sh -c 'x'", "printenv", "eval x"] {
        let text = format!("FROM node:22\nARG REVISION\nRUN npm ci\nRUN {user}\nLABEL r=$REVISION\n");
        let result = render(&RECIPE, &text, &facts(&[]));
        let expected = format!("RUN npm ci\nARG REVISION\nRUN {user}\nLABEL");
        assert!(result.contains(&expected), "{user}\n{result}");
    }
    check(
        "FROM node:22\nARG VERSION\nRUN npm ci\nONBUILD RUN make\nLABEL v=$VERSION\n",
        expect![[r#"
        safe: Move `ARG VERSION` down to where it is used
        ---
        FROM node:22
        RUN npm ci
        ARG VERSION
        ONBUILD RUN make
        LABEL v=$VERSION
    "#]],
    );
}

#[test]
fn it_stays_where_nothing_is_gained_or_somebody_reads_it() {
    for text in [
        "ARG V=22\nFROM node:$V\nRUN npm ci\n",
        "FROM node:22\nARG V\nRUN npm i x@$V\n",
        "FROM node:22\nARG V\nRUN mkdir -p /srv\nRUN echo $V\n",
        "FROM node:22\nARG V\nCOPY . .\nRUN echo $V\n",
        "FROM node:22\nARG V\nRUN make\nRUN echo $V\n",
        "FROM node:22\nARG V\nRUN npm ci\n",
        "FROM node:22\nARG V\nENV V=$V\nRUN npm ci\nRUN echo $V\n",
        "FROM node:22\nARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get install -y x\nRUN echo $DEBIAN_FRONTEND\n",
        "FROM node:22\nARG TARGETARCH\nRUN npm ci\nRUN echo $TARGETARCH\n",
        "FROM node:22\nARG HTTP_PROXY\nRUN npm ci\nRUN echo $HTTP_PROXY\n",
        "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\nRUN echo $NPM_TOKEN\n",
        "FROM node:22\nARG CACHEBUST\nRUN npm ci\nRUN echo $CACHEBUST\n",
        "FROM node:22\nENV A=1\nARG B=$A\nENV A=2\nRUN npm ci\nRUN echo $B\n",
        "FROM node:22\nSHELL [\"pwsh\", \"-c\"]\nARG V\nRUN npm ci\nRUN echo $V\n",
    ] {
        stays(text);
    }
}

#[test]
fn a_heading_is_not_torn_from_what_it_heads() {
    stays("FROM node:22\n# versions\nARG A\nARG B\nRUN apk add x=$B\nRUN echo $A\n");
    check(
        "FROM node:22\n# versions\nARG A\nARG B\nRUN apk add x\nRUN echo $A $B\n",
        expect![[r#"
        safe: Move 2 ARGs down to where they are used
        ---
        FROM node:22
        RUN apk add x
        # versions
        ARG A
        ARG B
        RUN echo $A $B
    "#]],
    );
    check(
        "FROM node:22\n# versions\nARG A\n# of b\nARG B\nRUN apk add x=$B\nRUN echo $A\n",
        expect![[r#"
        safe: Move `ARG A` down to where it is used
        ---
        FROM node:22
        # of b
        ARG B
        RUN apk add x=$B
        # versions
        ARG A
        RUN echo $A
    "#]],
    );
}

#[test]
fn line_ends_escapes_heredocs_and_continuations() {
    check(
        "# escape=`\r\nFROM node:22\r\narg V=größe\r\nrun apt-get install -y `\r\n  x\r\nrun <<EOF\r\necho 🐳 $V\r\nEOF\r\n",
        expect![[r#"
            safe: Move `ARG V` down to where it is used
            ---
            # escape=`␍
            FROM node:22␍
            run apt-get install -y `␍
              x␍
            arg V=größe␍
            run <<EOF␍
            echo 🐳 $V␍
            EOF␍
        "#]],
    );
    check(
        "FROM node:22\nARG \\\n  V=1\nRUN apt-get install -y \\\n  # why\n  x\nRUN <<EOF\necho $V\nEOF",
        expect![[r#"
            safe: Move `ARG V` down to where it is used
            ---
            FROM node:22
            RUN apt-get install -y \
              # why
              x
            ARG \
              V=1
            RUN <<EOF
            echo $V
            EOF"#]],
    );
    stays("FROM node:22\nARG V\nRUN npm ci\nRUN echo $V '\nFETCH\n");
}

#[test]
fn packages_of_a_language_may_take_it_from_their_environment() {
    for (text, expected) in [
        (
            "ARG HOST\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nLABEL h=$HOST\n",
            "unsafe: ",
        ),
        ("ARG ACCEPT_EULA=Y\nRUN apt-get update && apt-get install -y x\nRUN make\n", "refused: "),
        ("ARG MODE\nRUN ./build.sh cache\nRUN apt-get install -y x\nLABEL m=$MODE\n", "refused: "),
    ] {
        let result = render(&RECIPE, &format!("FROM debian:12\n{text}"), &facts(&[]));
        assert!(result.starts_with(expected), "{text}\n{result}");
    }
}
