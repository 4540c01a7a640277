//! What the benchmarks share: a session with a language server, and a report of what they measured.

mod report;
mod session;

pub use report::Report;
pub use session::{Edit, Session};
