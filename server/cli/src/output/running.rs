//! A program that runs, for people and programs: its own output as it comes, and a line for what else happens.

use std::io::{self, Write};
use std::time::Duration;

use builder::Happening;
use ide::plain::plain;
use serde_json::{Value, json};

use crate::arguments::ProgressFormat;

/// Prints what happens.
pub(crate) struct Running {
    format: ProgressFormat,
}

impl Running {
    pub(crate) const fn new(format: ProgressFormat) -> Self {
        Self { format }
    }

    /// Prints it.
    ///
    /// # Errors
    /// Nobody reads it any more.
    pub(crate) fn tell(&self, happening: &Happening) -> io::Result<()> {
        if self.format == ProgressFormat::Json {
            return write(&mut io::stdout(), format!("{}\n", event(happening)).as_bytes());
        }
        match happening {
            Happening::Output { is_stderr: true, bytes } => write(&mut io::stderr(), bytes),
            Happening::Output { is_stderr: false, bytes } => write(&mut io::stdout(), bytes),
            other => write(&mut io::stdout(), format!("{}\n", line(other)).as_bytes()),
        }
    }
}

fn write(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

fn line(happening: &Happening) -> String {
    match happening {
        Happening::Output { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
        Happening::Listening { port, address } => format!("listening: http://{address} -> {port}/tcp"),
        Happening::Answers { port, status, after } => {
            format!("answers: GET / on {port}/tcp gives {status} after {}", ide::seconds(after.as_secs_f64()))
        }
        Happening::Health { is_healthy, after, said } => {
            let health = if *is_healthy { "healthy" } else { "unhealthy" };
            let said =
                if *is_healthy || said.is_empty() { String::new() } else { format!(": {}", plain(said)) };
            format!("health: {health} after {}{said}", ide::seconds(after.as_secs_f64()))
        }
    }
}

fn event(happening: &Happening) -> Value {
    let rounded = |after: &Duration| (after.as_secs_f64() * 1000.0).round() / 1000.0;
    match happening {
        Happening::Output { is_stderr, bytes } => {
            let stream = if *is_stderr { "stderr" } else { "stdout" };
            json!({"event": "output", "stream": stream, "text": String::from_utf8_lossy(bytes)})
        }
        Happening::Listening { port, address } => {
            json!({"event": "listening", "port": port, "protocol": "tcp", "url": format!("http://{address}")})
        }
        Happening::Answers { port, status, after } => {
            json!({"event": "answers", "port": port, "status": status, "seconds": rounded(after)})
        }
        Happening::Health { is_healthy, after, said } => {
            json!({"event": "health", "healthy": is_healthy, "seconds": rounded(after), "text": said})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_is_a_line_or_an_event() {
        let after = Duration::from_millis(1_234);
        let listening = Happening::Listening { port: 8080, address: "127.0.0.1:49153".to_owned() };
        let unhealthy = Happening::Health { is_healthy: false, after, said: "größe\u{1b}[2J".to_owned() };
        assert_eq!(line(&listening), "listening: http://127.0.0.1:49153 -> 8080/tcp");
        assert_eq!(line(&unhealthy), "health: unhealthy after 1.2 s: größe\u{fffd}[2J");
        assert_eq!(
            line(&Happening::Answers { port: 80, status: 404, after }),
            "answers: GET / on 80/tcp gives 404 after 1.2 s"
        );
        assert_eq!(event(&unhealthy)["seconds"], 1.234);
        assert_eq!(event(&listening)["url"], "http://127.0.0.1:49153");
        let output = Happening::Output { is_stderr: true, bytes: b"a\xff\n".to_vec() };
        assert_eq!(event(&output), json!({"event": "output", "stream": "stderr", "text": "a\u{fffd}\n"}));
    }
}
