//! A small web server that counts its visitors.

mod http;

use std::env;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;

fn main() -> std::io::Result<()> {
    let port = env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}"))?;
    println!("listening on port {}", listener.local_addr()?.port());

    let visitors = Arc::new(AtomicU64::new(0));
    for connection in listener.incoming() {
        let connection = connection?;
        let visitors = Arc::clone(&visitors);
        thread::spawn(move || {
            // A visitor that hangs up early is no concern of the others.
            let _ = http::serve(connection, |path| answer(path, &visitors));
        });
    }
    Ok(())
}

/// Status and body for a path.
fn answer(path: &str, visitors: &AtomicU64) -> (u16, String) {
    match path {
        "/" => {
            let count = visitors.fetch_add(1, Ordering::Relaxed) + 1;
            let mut digits = itoa::Buffer::new();
            (200, format!("You are visitor {}.\n", digits.format(count)))
        }
        "/healthz" => (200, "ok\n".to_owned()),
        _ => (404, "There is nothing here.\n".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::answer;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn each_visit_counts() {
        let visitors = AtomicU64::new(0);
        assert_eq!(answer("/", &visitors), (200, "You are visitor 1.\n".to_owned()));
        assert_eq!(answer("/", &visitors), (200, "You are visitor 2.\n".to_owned()));
    }

    #[test]
    fn an_unknown_path_is_not_found() {
        assert_eq!(answer("/nothing", &AtomicU64::new(0)).0, 404);
    }
}
