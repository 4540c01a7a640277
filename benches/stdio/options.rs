//! The bench's arguments.

use std::time::Duration;

/// What to measure.
pub(crate) struct Options {
    /// The servers; the others are compared with the first.
    pub(crate) servers: Vec<Server>,
    /// Rounds over all servers.
    pub(crate) rounds: usize,
    /// Keystrokes in a session.
    pub(crate) edits: usize,
    /// Lines of the files that are typed in.
    pub(crate) sizes: Vec<usize>,
    /// The same, for the first server alone: what would take the others too long.
    pub(crate) own_sizes: Vec<usize>,
    /// Waiting time after which a session's typing ends early.
    pub(crate) budget: Duration,
}

/// A server to measure.
pub(crate) struct Server {
    /// Its name in the report.
    pub(crate) name: String,
    /// Program and arguments.
    pub(crate) command: Vec<String>,
}

const USAGE: &str =
    "usage: stdio --server NAME=COMMAND … [--rounds N] [--edits N] [--sizes N,N] [--own-sizes N,N]";

impl Options {
    /// Reads arguments; `--bench`, which cargo adds, means nothing here.
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            servers: Vec::new(),
            rounds: 5,
            edits: 40,
            sizes: vec![400, 4000],
            own_sizes: vec![40, 40_000],
            budget: Duration::from_secs(10),
        };
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value; {USAGE}"))?;
            match name.as_str() {
                "--server" => options.servers.push(Server::from_argument(&value)?),
                "--rounds" => options.rounds = number(&value)?,
                "--edits" => options.edits = number(&value)?,
                "--sizes" => options.sizes = value.split(',').map(number).collect::<Result<_, _>>()?,
                "--own-sizes" => {
                    options.own_sizes = value.split(',').map(number).collect::<Result<_, _>>()?;
                }
                _ => return Err(format!("{name} is unknown; {USAGE}")),
            }
        }
        if options.servers.is_empty() {
            return Err(format!("name at least one server; {USAGE}"));
        }
        Ok(options)
    }
}

impl Server {
    fn from_argument(value: &str) -> Result<Self, String> {
        let (name, command) =
            value.split_once('=').ok_or_else(|| format!("{value} is not NAME=COMMAND; {USAGE}"))?;
        let command: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        if command.is_empty() {
            return Err(format!("{name} has no command; {USAGE}"));
        }
        Ok(Self { name: name.to_owned(), command })
    }
}

fn number(value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| format!("{value} is not a number; {USAGE}"))
}
