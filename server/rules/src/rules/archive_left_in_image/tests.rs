//! Archives that stay, and those that do not or may not.

use expect_test::expect;

use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

const CODE: &str = "archive-left-in-image";

#[test]
fn archives_that_stay_are_pointed_at() {
    for (text, place) in [
        ("RUN curl -fsSLo /tmp/x.tgz https://e.com/x && tar -C /opt -xzf /tmp/x.tgz", "/tmp/x.tgz"),
        ("RUN cd /tmp && curl -fsSLO https://e.com/größe.tar.gz && tar xf größe.tar.gz", "größe.tar.gz"),
        ("RUN wget -q https://e.com/x.zip && unzip -q x.zip", "x.zip"),
        ("ARG V\nRUN wget https://e.com/x-$V.tar.gz && tar xzf x-$V.tar.gz", "x-$V.tar.gz"),
        (
            "ARG V\nRUN wget -O \"/tmp/x-$V.tgz\" https://e.com/x && tar xzf \"/tmp/x-$V.tgz\" -C /opt",
            "\"/tmp/x-$V.tgz\"",
        ),
        ("COPY sdk.tar.gz /tmp/\nRUN tar -xzf /tmp/sdk.tar.gz -C /opt", "sdk.tar.gz"),
        (
            "ADD https://e.com/sdk.tar.gz /tmp/\nRUN tar -xzf /tmp/sdk.tar.gz -C /opt",
            "https://e.com/sdk.tar.gz",
        ),
        ("WORKDIR /x\nCOPY a.zip .\nRUN unzip a.zip", "a.zip"),
    ] {
        assert_eq!(pointed_at(CODE, &format!("FROM a:1\n{text}\n")), [place], "{text}");
    }
}

#[test]
fn the_alias_is_for_what_add_would_unpack() {
    let aliases = |text: &str| check_only(CODE, &format!("FROM a:1\n{text}\n"))[0].aliases.join(" ");
    assert_eq!(aliases("COPY a.tgz /\nRUN tar xf /a.tgz"), "DL3010");
    assert_eq!(aliases("COPY a.zip /\nRUN unzip /a.zip"), "");
    assert_eq!(aliases("RUN wget https://e.com/a.tgz && tar xf a.tgz"), "");
}

#[test]
fn it_is_removed_behind_what_unpacks_it() {
    check_fix_of(
        CODE,
        "
FROM a:1
RUN curl -fsSLo /tmp/x.tgz https://e.com/größe \\
 && tar -C /opt -xzf /tmp/x.tgz \\
 && make
",
        expect![[r#"
            Remove it with `rm /tmp/x.tgz` (unsafe: that nothing else needs the archive)
            FROM a:1
            RUN curl -fsSLo /tmp/x.tgz https://e.com/größe \
             && tar -C /opt -xzf /tmp/x.tgz \
             && rm /tmp/x.tgz \
             && make
        "#]],
    );
}

#[test]
fn what_goes_or_may_go_is_fine() {
    for text in [
        "RUN curl -o /tmp/x.tgz https://e.com && tar xf /tmp/x.tgz && rm /tmp/x.tgz",
        "RUN curl -o /tmp/x.tgz https://e.com && tar xf /tmp/x.tgz && rm -rf /tmp/*",
        "RUN cd /tmp && wget https://e.com/x.tgz && tar xf x.tgz && cd / && rm -rf /tmp",
        "RUN wget https://e.com/x.tgz && tar xf x.tgz && rm *.tgz",
        "ARG V\nRUN wget https://e.com/x-$V.tgz && tar xf x-$V.tgz && rm x-*.tgz",
        "ARG V\nRUN wget https://e.com/x-$V.tgz && tar xf x-$V.tgz && rm x-${V}.tgz",
        "RUN wget https://e.com/x.tgz && tar xf x.tgz && rm -rf \"$DIR\"",
        "RUN wget https://e.com/x.tgz && tar xf x.tgz && mv x.tgz /dev/null",
        "RUN wget https://e.com/x.tgz && tar xf x.tgz && find . -name '*.tgz' -delete",
        "RUN curl https://e.com/x.tgz | tar x",
        "RUN wget https://e.com/x.gz && gunzip x.gz",
        "RUN wget https://e.com/x.tgz",
        "RUN tar xf /src/x.tgz",
        "RUN --mount=type=tmpfs,target=/tmp curl -o /tmp/x.tgz https://e.com && tar xf /tmp/x.tgz",
        "COPY a.tgz /tmp/\nRUN tar xf /tmp/a.tgz\nFROM b:1",
        "COPY a.tgz /tmp/\nRUN tar xf /tmp/a.tgz\nRUN rm /tmp/*",
        "COPY a.tgz /tmp/",
        "ADD a.tgz /opt/\nRUN tar xf /opt/b.tgz",
        "RUN --mount=type=bind,source=a.tgz,target=/tmp/a.tgz tar xf /tmp/a.tgz",
        "RUN wget https://e.com/x.tgz && tar xf '",
    ] {
        no_findings(CODE, &format!("FROM a:1\n{text}\n"));
    }
}

#[test]
fn crlf_heredoc_and_another_escape() {
    for text in [
        "FROM größe:1\r\nRUN wget https://e.com/x.tgz && \\\r\n  tar xf x.tgz\r\nRUN\r\nCOPY\r\n",
        "# escape=`\nFROM a:1\nRUN wget https://e.com/x.tgz `\n && tar xf x.tgz\n",
        "FROM a:1\nRUN <<EOF\nwget https://e.com/x.tgz\ntar xf x.tgz\nEOF\n",
    ] {
        assert_eq!(pointed_at(CODE, text), ["x.tgz"], "{text}");
    }
}
