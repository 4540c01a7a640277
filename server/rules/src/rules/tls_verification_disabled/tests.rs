//! Each program and variable, and what is left alone.

use expect_test::expect;

use crate::tests::{check, check_fix_of, check_only, no_findings};

const CODE: &str = "tls-verification-disabled";

#[test]
fn a_flag_is_pointed_at() {
    check(
        "
FROM debian:12-slim
RUN curl -sSLk https://example.com/größe.txt \\
#        ^^^^^ tls-verification-disabled: `curl -k` takes any certificate, so anyone on the way can replace what is fetched. Leave it out; the certificate of an own CA can be added to the image.
      -o /x
ENV GIT_SSL_NO_VERIFY=1
#   ^^^^^^^^^^^^^^^^^^^ tls-verification-disabled: `GIT_SSL_NO_VERIFY` makes git take any certificate, here and in every container, so anyone on the way can replace what is fetched. Leave it out; the certificate of an own CA can be added to the image.
",
    );
}

#[test]
fn each_way_has_its_own_alias() {
    for (line, alias) in [
        ("RUN curl -k https://e.com/x", "CKV2_DOCKER_2"),
        ("RUN curl --insecure https://e.com/x", "CKV2_DOCKER_2"),
        ("RUN curl -fsSLko /x https://e.com/x", "CKV2_DOCKER_2"),
        ("RUN wget -q --no-check-certificate https://e.com/x", "CKV2_DOCKER_3"),
        ("RUN pip install --trusted-host e.com x", "CKV2_DOCKER_4"),
        ("RUN python3 -m pip install --trusted-host=e.com x", "CKV2_DOCKER_4"),
        ("ENV PYTHONHTTPSVERIFY=0", "CKV2_DOCKER_5"),
        ("ENV NODE_TLS_REJECT_UNAUTHORIZED 0", "CKV2_DOCKER_6"),
        ("RUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci", "CKV2_DOCKER_6"),
        ("RUN export NODE_TLS_REJECT_UNAUTHORIZED=0 && npm ci", "CKV2_DOCKER_6"),
        ("ARG npm_config_strict_ssl=false", "CKV2_DOCKER_12"),
        ("RUN npm config set strict-ssl false", "CKV2_DOCKER_13"),
        ("RUN yarn install --strict-ssl=false", "CKV2_DOCKER_13"),
        ("ENV GIT_SSL_NO_VERIFY=true", "CKV2_DOCKER_14"),
        ("RUN yum -y --setopt=sslverify=false install x", "CKV2_DOCKER_15"),
        ("ENV PIP_TRUSTED_HOST=pypi.org", "CKV2_DOCKER_16"),
        ("RUN git config --global http.sslVerify false", ""),
        ("RUN git -c http.https://e.com.sslVerify=false clone https://e.com/x", ""),
        ("RUN conda config --set ssl_verify no", ""),
        ("RUN apt-get -o Acquire::https::Verify-Peer=false update", ""),
        ("RUN skopeo copy --src-tls-verify=false a b", ""),
    ] {
        let found = check_only(CODE, &format!("FROM a:1\n{line}\n"));
        assert_eq!(found.len(), 1, "{line}");
        assert_eq!(found[0].aliases.join(" "), alias, "{line}");
    }
}

#[test]
fn a_flag_or_its_letter_is_taken_out() {
    check_fix_of(
        CODE,
        "
FROM a:1
RUN echo größe && curl -fsSLk https://e.com/x -o /x
RUN wget --no-check-certificate \\
  https://e.com/x
RUN pip install -q --trusted-host e.com x
",
        expect![[r#"
            Leave `-k` out (unsafe: that the image trusts the server's certificate: the package ca-certificates, or an own CA's file)
            FROM a:1
            RUN echo größe && curl -fsSL https://e.com/x -o /x
            RUN wget --no-check-certificate \
              https://e.com/x
            RUN pip install -q --trusted-host e.com x
            Leave `--no-check-certificate` out (unsafe: that the image trusts the server's certificate: the package ca-certificates, or an own CA's file)
            FROM a:1
            RUN echo größe && curl -fsSLk https://e.com/x -o /x
            RUN wget \
              https://e.com/x
            RUN pip install -q --trusted-host e.com x
            Leave `--trusted-host` out (unsafe: that the image trusts the server's certificate: the package ca-certificates, or an own CA's file)
            FROM a:1
            RUN echo größe && curl -fsSLk https://e.com/x -o /x
            RUN wget --no-check-certificate \
              https://e.com/x
            RUN pip install -q x
        "#]],
    );
}

#[test]
fn verified_downloads_own_machines_and_other_flags_are_fine() {
    for line in [
        "RUN curl -k https://localhost:8443/health",
        "RUN curl -ko x https://e.com/x && echo \"abc  x\" | sha256sum -c -",
        "RUN wget --no-check-certificate https://e.com/x && gpg --verify x.asc x",
        "RUN pip install --trusted-host localhost x",
        "RUN curl -fsSL -H 'x: -k' https://e.com/k",
        "RUN curl -o -k https://e.com/k",
        "RUN echo curl -k https://e.com",
        "ENV NODE_TLS_REJECT_UNAUTHORIZED=1",
        "ENV GIT_SSL_NO_VERIFY=",
        "ENV GIT_SSL_NO_VERIFY=false",
        "ARG PIP_TRUSTED_HOST",
        "ENV NODE_TLS_REJECT_UNAUTHORIZED=$UNKNOWN",
        "RUN npm config set strict-ssl true",
        "HEALTHCHECK CMD curl -k https://localhost",
        "SHELL [\"pwsh\"]\nRUN curl -k https://e.com",
    ] {
        no_findings(CODE, &format!("FROM a:1\n{line}\n"));
    }
}

#[test]
fn broken_text_crlf_heredoc_and_another_escape() {
    for text in [
        "FROM a:1\r\nRUN curl \\\r\n  -k https://e.com/größe\r\nENV\r\nRUN\r\n",
        "# escape=`\nFROM a:1\nRUN curl `\n -k https://e.com\n",
        "FROM a:1\nRUN <<EOF\ncurl -k https://e.com\nEOF\n",
        "FROM a:1\nRUN [\"curl\", \"-k\", \"https://e.com\"]\n",
    ] {
        assert_eq!(check_only(CODE, text).len(), 1, "{text}");
    }
    no_findings(CODE, "FROM a:1\nRUN curl '\nRUN curl\nENV GIT_SSL_NO_VERIFY\n");
}
