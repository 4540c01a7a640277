//! What writes a secret, how it gets there, and what does not stay.

use crate::tests::{check_only, no_findings, pointed_at};

const CODE: &str = "secret-written-to-layer";

/// What is pointed at, one a line, with where the secret goes.
#[test]
fn a_redirected_secret_is_pointed_at() {
    let text = "FROM a:1\nARG NPM_TOKEN\nRUN echo \"//r/:_authToken=${NPM_TOKEN}\" \\\n  > ~/.npmrc\n";
    assert_eq!(pointed_at(CODE, text), ["${NPM_TOKEN}"]);
    let message = &check_only(CODE, text)[0].message;
    expect_test::expect!["`NPM_TOKEN` is written to `~/.npmrc`, which stays in this layer even if a later one removes it. Mount it in the RUN that needs it: `--mount=type=secret`."].assert_eq(message);
}

#[test]
fn every_way_into_a_file_is_found() {
    for run in [
        "echo \"$NPM_TOKEN\" > /t",
        "printf '%s' \"$NPM_TOKEN\" >> /root/.netrc",
        "echo $NPM_TOKEN | base64 -d > /k",
        "echo $NPM_TOKEN | tee /k",
        "cat > /root/.npmrc <<EOF\n//r/:_authToken=$NPM_TOKEN\nEOF",
        "T=$NPM_TOKEN && echo x$T > /t",
        "export T=\"$NPM_TOKEN\"; echo \"$T\" > /t",
        "npm config set //r/:_authToken $NPM_TOKEN",
        "npm config set //r/:_authToken=\"$OTHER\"",
        "npm set //r/:_authToken=$NPM_TOKEN && npm ci",
        "git config --global url.\"https://$NPM_TOKEN@github.com/\".insteadOf https://github.com/",
        "git clone https://x:${OTHER}@github.com/a/b.git /src",
        "pip config set global.index-url https://u:$NPM_TOKEN@r/simple",
        "echo \"$NPM_TOKEN\" | docker login -u u --password-stdin",
        "sed -i \"s/TOKEN/$NPM_TOKEN/\" /etc/app.conf",
        "if true; then echo $NPM_TOKEN > /t; fi",
        "mkdir -p ~/.ssh && echo \"$SSH_PRIVATE_KEY\" > ~/.ssh/id_rsa",
        "echo $DERIVED > /t",
    ] {
        let text =
            format!("FROM a:1\nARG NPM_TOKEN OTHER SSH_PRIVATE_KEY\nENV DERIVED=x-$NPM_TOKEN\nRUN {run}\n");
        assert_eq!(pointed_at(CODE, &text).len(), 1, "{run}");
    }
}

#[test]
fn mounted_secrets_can_leak_too() {
    for run in [
        "--mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci",
        "--mount=type=secret,id=t cat /run/secrets/t > /t",
        "--mount=type=secret,id=t T=$(cat /run/secrets/t) && echo $T > /t",
        "--mount=type=secret,id=t,env=T echo $T > /t",
    ] {
        assert_eq!(pointed_at(CODE, &format!("FROM a:1\nRUN {run}\n")).len(), 1, "{run}");
    }
}

#[test]
fn a_heredoc_of_copy_is_expanded() {
    let text = "FROM a:1\nARG NPM_TOKEN\nCOPY <<EOF /root/.npmrc\n//r/:_authToken=${NPM_TOKEN}\nEOF\n";
    assert_eq!(pointed_at(CODE, text), ["NPM_TOKEN"]);
    no_findings(CODE, &text.replace("<<EOF", "<<'EOF'"));
}

#[test]
fn what_does_not_stay_is_fine() {
    for run in [
        "echo $NPM_TOKEN > ~/.npmrc && npm ci && rm -f ~/.npmrc",
        "echo $NPM_TOKEN > ~/.npmrc && npm ci && rm -f /root/.npmrc",
        "cd /app && echo $NPM_TOKEN > .npmrc && npm ci; rm .npmrc",
        "npm config set //r/:_authToken $NPM_TOKEN && npm ci && npm config delete //r/:_authToken",
        "git clone https://$NPM_TOKEN@github.com/a/b.git /src && rm -rf /src/.git",
        "--mount=type=tmpfs,target=/run/x echo $NPM_TOKEN > /run/x/t",
        "--mount=type=secret,id=npmrc,target=/root/.npmrc npm ci",
        "--mount=type=secret,id=t,env=NPM_TOKEN npm ci",
        "curl -H \"Authorization: Bearer $NPM_TOKEN\" https://x/y > /y",
        "curl -H \"Authorization: Bearer $NPM_TOKEN\" -o /y https://x/y",
        "git -c http.extraHeader=\"Authorization: Bearer $NPM_TOKEN\" clone https://github.com/a/b.git /src",
        "echo $NPM_TOKEN > /dev/null",
        "test -n \"$NPM_TOKEN\"",
        "echo $VERSION > /version",
        "TOKEN=$(curl -s https://auth) && curl -H \"Bearer $TOKEN\" https://x > /y",
        "echo '$NPM_TOKEN' > /t",
    ] {
        no_findings(CODE, &format!("FROM a:1\nARG NPM_TOKEN VERSION\nRUN {run}\n"));
    }
}

#[test]
fn broken_text_crlf_heredoc_other_letters_and_another_escape() {
    for text in [
        "FROM a:1\r\nARG API_KEY\r\nRUN echo \"größe $API_KEY\" \\\r\n  > /t\r\nRUN\r\n",
        "# escape=`\nFROM a:1\nARG API_KEY\nRUN echo $API_KEY `\n  > /t\n",
        "FROM a:1\nARG API_KEY\nRUN <<EOF\necho $API_KEY > /t\nEOF\n",
    ] {
        assert_eq!(pointed_at(CODE, text), ["$API_KEY"], "{text}");
    }
    no_findings(CODE, "FROM a:1\nARG API_KEY\nRUN echo \"$API_KEY\n");
    no_findings(CODE, "FROM a:1\nARG API_KEY\nSHELL [\"cmd\"]\nRUN echo $API_KEY > t\n");
}
