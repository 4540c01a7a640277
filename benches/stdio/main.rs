//! Language servers side by side over their pipes, as an editor has them: start, memory, keystroke to diagnostics, bursts, colours.
//!
//! `cargo bench -p layerwise-benches --bench stdio -- --server NAME=COMMAND … [--rounds N] [--edits N] [--sizes N,N] [--own-sizes N,N]`
//!
//! The first server is the one that the others are compared with, and alone has the files of its own sizes. Rounds are
//! interleaved and rotated, and each session is a process of its own; medians and ratios hold within one run only. `scripts/bench.sh` names the servers.

mod keystrokes;
mod memory;
mod options;
mod requests;
mod text;

use std::io::{self, Write as _};
use std::process::ExitCode;

use measuring::{Report, Session};
use options::{Options, Server};

fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            let _ = writeln!(io::stderr(), "{message}");
            return ExitCode::from(2);
        }
    };
    let mut report = Report::new(options.servers.iter().map(|server| server.name.clone()).collect());
    for round in 0..options.rounds {
        report.add_noise();
        for place in 0..options.servers.len() {
            let index = (round + place) % options.servers.len();
            let server = &options.servers[index];
            if let Err(problem) = measure_start(&mut report, index, server) {
                report.add_problem(index, &problem);
            }
            // A burst takes some servers a minute; once tells enough of them.
            let is_asked = round == 0 || index == 0;
            let own = options.own_sizes.iter().filter(|_| index == 0);
            for &lines in options.sizes.iter().chain(own) {
                let typed = measure_typing(&mut report, index, server, lines, &options);
                let mut asked = || requests::measure(&mut report, index, server, lines, options.budget);
                let measured = typed.and_then(|()| if is_asked { asked() } else { Ok(()) });
                if let Err(problem) = measured {
                    report.add_problem(index, &format!("{lines} lines: {problem}"));
                }
            }
            if let Err(problem) = requests::measure_many(&mut report, index, server) {
                report.add_problem(index, &format!("many files: {problem}"));
            }
        }
        let _ = writeln!(io::stderr(), "round {} of {} done", round + 1, options.rounds);
    }
    report.add_noise();
    match writeln!(io::stdout(), "{report}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Spawn to the answer of `initialize`, then memory of a server that has one short file open and nothing to do.
fn measure_start(report: &mut Report, index: usize, server: &Server) -> Result<(), String> {
    let (mut session, initialized) = Session::start(&server.command)?;
    report.add_milliseconds(index, "spawn to initialize", initialized);
    let opened = session.open(&text::dockerfile(40))?;
    report.add_milliseconds(index, "40 lines: open to diagnostics", opened);
    if let Some(memory) = memory::of_tree(session.process_id()) {
        report.add_mebibytes(index, "idle: VmRSS", memory.resident);
        report.add_mebibytes(index, "idle: VmHWM", memory.peak);
    }
    session.end();
    Ok(())
}

/// Keystrokes, each waited for.
fn measure_typing(
    report: &mut Report,
    index: usize,
    server: &Server,
    lines: usize,
    options: &Options,
) -> Result<(), String> {
    let (mut session, _) = Session::start(&server.command)?;
    let text = text::dockerfile(lines);
    let opened = session.open(&text)?;
    report.add_milliseconds(index, &format!("{lines} lines: open to diagnostics"), opened);
    let mut spent = std::time::Duration::ZERO;
    for edit in keystrokes::typed(&text, options.edits) {
        let taken = session.edit(&edit)?;
        report.add_milliseconds(index, &format!("{lines} lines: keystroke to diagnostics"), taken);
        spent += taken;
        if spent > options.budget {
            break;
        }
    }
    if let Some(memory) = memory::of_tree(session.process_id()) {
        report.add_mebibytes(index, &format!("{lines} lines: VmHWM after typing"), memory.peak);
    }
    session.end();
    Ok(())
}
