//! Sizes and times as people read them.

/// Bytes in decimal units, as docker prints them: `912.4 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Bytes in megabytes, whatever they are: `912.4 MB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn megabytes(count: u64) -> String {
    format!("{:.1} MB", count as f64 / 1e6)
}

/// Seconds: `0.04 s`, `4.2 s`, `3 min 5 s`.
pub(crate) fn seconds(count: f64) -> String {
    if count < 0.095 {
        format!("{count:.2} s")
    } else if count < 60.0 {
        format!("{count:.1} s")
    } else {
        format!("{} min {} s", (count / 60.0).floor(), (count % 60.0).floor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_short() {
        let sizes = [0, 999, 1000, 71_303_168, 999_949, 999_950, 1_234_567_890];
        let shown: Vec<_> = sizes.iter().map(|size| bytes(*size)).collect();
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "71.3 MB", "999.9 kB", "1.0 MB", "1.2 GB"]);
        let shown: Vec<_> = [0.041, 0.0996, 4.24, 185.0].iter().map(|time| seconds(*time)).collect();
        assert_eq!(shown, ["0.04 s", "0.1 s", "4.2 s", "3 min 5 s"]);
    }
}
