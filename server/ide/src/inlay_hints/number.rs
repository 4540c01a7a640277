//! Times and sizes for people.

/// A time for people: `120 ms`, `4.2 s`, `3 min 20 s`.
#[must_use]
pub fn seconds(seconds: f64) -> String {
    if seconds < 0.9995 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round();
    format!("{:.0} min {:.0} s", (whole / 60.0).floor(), whole % 60.0)
}

/// A size for people: `512 B`, `4.1 kB`, `71.3 MB`, in powers of 1000 as docker writes them.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_read_well() {
        assert_eq!(
            [0.0341, 0.9999, 4.24, 59.96, 200.4].map(seconds),
            ["34 ms", "1.0 s", "4.2 s", "1 min 0 s", "3 min 20 s"]
        );
        assert_eq!(
            [0, 999, 1000, 71_303_168, 999_999_999].map(bytes),
            ["0 B", "999 B", "1.0 kB", "71.3 MB", "1.0 GB"]
        );
    }
}
