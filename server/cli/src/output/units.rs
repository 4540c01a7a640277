//! Sizes as the demo's closing lines give them; all others are written as the editors write them.

/// Bytes in megabytes, whatever they are: `912.4 MB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn megabytes(count: u64) -> String {
    format!("{:.1} MB", count as f64 / 1e6)
}
