//! No value of a secret is in any hover, wherever the cursor is.

use semantic::ImageFacts;

use super::{Outside, snapshot};
use crate::hover::Markup;
use crate::settings::Settings;

/// What must never be shown. Each stands in the files below.
const CANARIES: [&str; 14] = [
    "canary-env-1",
    "canary-arg-2",
    "canary-default-3",
    "canary-copy-4",
    "canary-url-5",
    "canary-flag-6",
    "canary-global-7",
    "canary-source-8",
    "canary-image-9",
    "ghp_canary0123456789abcd",
    "canary-setting-11",
    "canary12",
    "canary-query-13",
    "canary-login-14",
];

const FILES: [&str; 5] = [
    "FROM a\nENV CONFIG='{\"password\": \"canary-query-13\"}' OPTIONS=\"-Xmx1g -Dapp.password=canary-query-13\" ODBC=\"Server=db;Pwd=canary-query-13\"\nRUN echo $CONFIG ${OPTIONS:-x} $ODBC\nADD https://example.com/x?access_token=canary-query-13 /x\nADD https://canary-login-14@example.com/a.git#v1 /y\nRUN curl -o x https://example.com/?api_key=canary-query-13 && git clone https://canary-login-14@example.com/a\nHEALTHCHECK CMD mysqladmin ping -pcanary-login-14 && curl -u app:canary-login-14 http://localhost\nCMD redis-server --requirepass canary-login-14\n",
    "ARG DEPLOY_TOKEN=canary-global-7\nFROM acme/base:$DEPLOY_TOKEN AS build\nARG DEPLOY_TOKEN\nARG NPM_TOKEN=canary-arg-2\nARG SEED=canary-source-8\nENV API_KEY=canary-env-1 \\\n    OTHER=\"pre-${API_KEY}-post\" \\\n    SIGNING_KEY=${SEED}\nENV COPYCAT=${NPM_TOKEN:-canary-default-3} THIRD=$COPYCAT\nRUN echo $API_KEY ${OTHER} $COPYCAT ${THIRD:-x} $SEED ${NPM_TOKEN:-canary-default-3}\nLABEL token=canary-copy-4 note=\"${API_KEY:+canary-copy-4}\"\n",
    "FROM a\nENV DSN=postgres://app:canary-url-5@db/app\nADD https://user:canary-url-5@example.com/x.tgz /x\nRUN curl -H \"Authorization: Bearer canary-flag-6\" https://user:canary-url-5@example.com/y -o /y && pip install git+https://x:canary-url-5@example.com/z\nRUN TOKEN=canary-flag-6 npm ci --token canary-flag-6 && echo ghp_canary0123456789abcd $TOKEN\nHEALTHCHECK CMD curl --token canary-flag-6 https://user:canary-url-5@example.com/\nENTRYPOINT [\"app\", \"--api-key=canary-flag-6\", \"--password\", \"canary-flag-6\"]\nCMD app --token canary-flag-6 $DSN\n",
    "FROM acme/base\nENV PASSWORD canary12\nENV PLAIN=ghp_canary0123456789abcd\nRUN echo $BASE_SECRET $PLAIN $PASSWORD ${PASSWORD#can}\nONBUILD ENV HOOK_TOKEN=canary-env-1\nONBUILD RUN echo canary-env-1\nWORKDIR /w/$PASSWORD\nCOPY --from=acme/base /a/$PASSWORD ./$PLAIN\nUSER $PASSWORD\nEXPOSE $PASSWORD\nSTOPSIGNAL $PASSWORD\nVOLUME /v/$PASSWORD\n",
    "FROM a\nARG A_TOKEN=canary-arg-2\nRUN <<EOF\necho canary-arg-2 $A_TOKEN\ncurl https://u:canary-url-5@x.test/\nEOF\nCOPY <<CONF /etc/canary-arg-2\npassword=$A_TOKEN\nCONF\nRUN --mount=type=secret,id=t,target=/canary-arg-2 --mount=type=bind,source=canary-arg-2,target=/x x\n",
];

fn outside() -> Outside {
    let environment = [("BASE_SECRET".to_owned(), "canary-image-9".to_owned())].into();
    let image = ImageFacts {
        environment,
        entrypoint: vec!["run".to_owned(), "--token=canary-image-9".to_owned()],
        ..ImageFacts::default()
    };
    let mut settings = Settings::default();
    settings.build.args.insert("NPM_TOKEN".to_owned(), "canary-setting-11".to_owned());
    settings.build.args.insert("SEED".to_owned(), "canary-setting-11".to_owned());
    Outside { settings, ..Outside::new().files(&["a"], "") }.image("acme/base", image)
}

#[test]
fn no_hover_shows_a_secret() {
    let mut n_hovers = 0;
    for text in FILES {
        for crlf in [false, true] {
            let text = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
            let (snapshot, id) = snapshot(crate::DocumentKind::Dockerfile, &text, outside());
            for offset in 0..=u32::try_from(text.len()).unwrap() {
                for markup in [Markup::Markdown, Markup::PlainText] {
                    let Some(hover) = snapshot.hover(&id, offset, markup) else { continue };
                    n_hovers += 1;
                    for canary in CANARIES {
                        assert!(
                            !hover.text.contains(canary),
                            "{canary} at {offset} of {text:?}:\n{}",
                            hover.text
                        );
                    }
                }
            }
        }
    }
    assert!(n_hovers > 2_000, "only {n_hovers} hovers");
}

#[test]
fn the_canaries_are_there_to_be_found() {
    let all = FILES.concat();
    let inside = CANARIES.iter().filter(|canary| all.contains(**canary)).count();
    assert_eq!(inside, CANARIES.len() - 2, "two are outside of the files");
}
