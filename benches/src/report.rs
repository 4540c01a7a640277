//! Samples to a Markdown table: medians, 95th percentiles, and ratios to the first server; with the machine's noise.

use std::collections::BTreeSet;
use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// All samples of a run.
pub struct Report {
    servers: Vec<String>,
    rows: Vec<Row>,
    /// Milliseconds of one fixed piece of work, each round.
    noise: Vec<f64>,
    problems: BTreeSet<String>,
}

struct Row {
    name: String,
    unit: &'static str,
    /// One list of samples a server.
    samples: Vec<Vec<f64>>,
}

impl Report {
    /// An empty report of what is compared: servers, or programs.
    pub fn new(servers: Vec<String>) -> Self {
        Self { servers, rows: Vec::new(), noise: Vec::new(), problems: BTreeSet::new() }
    }

    /// A time.
    pub fn add_milliseconds(&mut self, server: usize, row: &str, taken: Duration) {
        self.add(server, row, "ms", taken.as_secs_f64() * 1000.0);
    }

    /// An amount of memory.
    pub fn add_mebibytes(&mut self, server: usize, row: &str, mebibytes: f64) {
        self.add(server, row, "MiB", mebibytes);
    }

    /// Bytes, files and the like.
    pub fn add_count(&mut self, server: usize, row: &str, unit: &'static str, count: u64) {
        self.add(server, row, unit, f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    }

    /// A session that failed; each problem is shown once.
    pub fn add_problem(&mut self, server: usize, problem: &str) {
        self.problems.insert(format!("{}: {problem}", self.servers[server]));
    }

    /// Times a fixed piece of work: what it varies by, everything else varies by as well.
    pub fn add_noise(&mut self) {
        let started = Instant::now();
        let mut state = black_box(1_u64);
        for _ in 0..20_000_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        }
        black_box(state);
        self.noise.push(started.elapsed().as_secs_f64() * 1000.0);
    }

    fn add(&mut self, server: usize, name: &str, unit: &'static str, sample: f64) {
        let at = self.rows.iter().position(|row| row.name == name && row.unit == unit).unwrap_or_else(|| {
            let samples = vec![Vec::new(); self.servers.len()];
            self.rows.push(Row { name: name.to_owned(), unit, samples });
            self.rows.len() - 1
        });
        self.rows[at].samples[server].push(sample);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| median (p95) | {} |", self.servers.join(" | "))?;
        writeln!(out, "| --- |{}", " ---: |".repeat(self.servers.len()))?;
        for Row { name, unit, samples } in &self.rows {
            write!(out, "| {name}, {unit} |")?;
            let reference = percentile(&samples[0], 0.5);
            for (server, samples) in samples.iter().enumerate() {
                let (Some(median), Some(high)) = (percentile(samples, 0.5), percentile(samples, 0.95)) else {
                    write!(out, " – |")?;
                    continue;
                };
                write!(out, " {median:.2} ({high:.2})")?;
                if let Some(reference) = reference.filter(|reference| server > 0 && *reference > 0.0) {
                    write!(out, " ×{:.1}", median / reference)?;
                }
                write!(out, " |")?;
            }
            writeln!(out)?;
        }
        let noise = |at| percentile(&self.noise, at).unwrap_or_default();
        writeln!(out)?;
        writeln!(
            out,
            "Noise: a fixed piece of work took {:.0} to {:.0} ms, median {:.0} ms.",
            noise(0.0),
            noise(1.0),
            noise(0.5)
        )?;
        for problem in &self.problems {
            writeln!(out, "- {problem}")?;
        }
        Ok(())
    }
}

/// The sample at a fraction of the sorted samples.
fn percentile(samples: &[f64], fraction: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = (last as f64 * fraction).round() as usize;
    sorted.get(at).copied()
}
