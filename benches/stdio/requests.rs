//! What people notice beside diagnostics: a request right behind a burst of typing, colours after a key, many files at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::options::Server;
use crate::{keystrokes, memory, text};
use measuring::{Report, Session};

/// Keys in a burst: a paste by simulated typing, a macro, a repeated key.
const BURST: usize = 200;
/// Files that a restored window opens.
const MANY: usize = 100;
/// Bursts and keys that are measured in a session.
const REPEATED: usize = 10;

/// A hover right behind a burst of keys, and colours after single keys.
pub(crate) fn measure(
    report: &mut Report,
    index: usize,
    server: &Server,
    lines: usize,
    budget: Duration,
) -> Result<(), String> {
    let (mut session, _) = Session::start(&server.command)?;
    let text = text::dockerfile(lines);
    session.open(&text)?;
    if session.offers("/hoverProvider") {
        let keys = keystrokes::typed(&text, BURST);
        let began = Instant::now();
        for _ in 0..REPEATED {
            if began.elapsed() > budget {
                break;
            }
            for key in &keys {
                session.type_key(key)?;
            }
            let (taken, _) =
                session.ask("textDocument/hover", json!({"position": {"line": 2, "character": 1}}))?;
            report.add_milliseconds(index, &format!("{lines} lines: hover right behind {BURST} keys"), taken);
        }
    }
    measure_colours(report, index, &mut session, lines, &text)?;
    session.end();
    Ok(())
}

fn measure_colours(
    report: &mut Report,
    index: usize,
    session: &mut Session,
    lines: usize,
    text: &str,
) -> Result<(), String> {
    if !session.offers("/semanticTokensProvider") {
        return Ok(());
    }
    let (taken, tokens) = session.ask("textDocument/semanticTokens/full", json!({}))?;
    report.add_milliseconds(index, &format!("{lines} lines: semantic tokens, all"), taken);
    if !session.offers("/semanticTokensProvider/full/delta") {
        return Ok(());
    }
    let mut known = result_id(&tokens);
    for key in keystrokes::typed(text, 2 * REPEATED) {
        session.type_key(&key)?;
        let (taken, delta) =
            session.ask("textDocument/semanticTokens/full/delta", json!({"previousResultId": known}))?;
        known = result_id(&delta);
        report.add_milliseconds(index, &format!("{lines} lines: semantic tokens, after a key"), taken);
    }
    Ok(())
}

fn result_id(tokens: &Value) -> Value {
    tokens["resultId"].clone()
}

/// Many short files, opened at once.
pub(crate) fn measure_many(report: &mut Report, index: usize, server: &Server) -> Result<(), String> {
    let (mut session, _) = Session::start(&server.command)?;
    let taken: Duration = session.open_all(&vec![text::dockerfile(40); MANY])?;
    report.add_milliseconds(index, &format!("{MANY} files of 40 lines: all diagnosed"), taken);
    if let Some(memory) = memory::of_tree(session.process_id()) {
        report.add_mebibytes(index, &format!("{MANY} files of 40 lines: VmRSS"), memory.resident);
    }
    session.end();
    Ok(())
}
