//! A proof for people: a table of what both images are and do, and a few lines on what is gone.

use inner_loop::proof::{
    Check, FileChanges, PackageChanges, Proof, Rebuild, Rebuilds, SettingOutcome, Sides, Verdict,
};

/// How many packages are named.
const NAMED_PACKAGES: usize = 6;
/// How many files are.
const NAMED_FILES: usize = 3;

/// A row: what it is about, both sides, and what is to be said about them.
struct Row(String, Sides<String>, String);

/// The report of a rewrite's proof.
pub(crate) fn report(id: &str, proof: &Proof) -> String {
    let mut rows = vec![sizes(proof.size)];
    rows.extend(proof.files.as_ref().map(files));
    rows.extend(proof.packages.as_ref().map(packages));
    if let Rebuilds::Measured { edited, sides } = &proof.rebuild {
        rows.extend(rebuilds(edited, *sides));
    }
    rows.extend(proof.secrets.as_ref().map(secrets));
    rows.extend(proof.checks.iter().map(check));
    let mut text = table(&format!("{id}, built on {}", proof.builder), &rows);
    for line in remarks(proof) {
        text += &format!("{line}\n");
    }
    let (colour, verdict) = match (proof.reasons().len(), proof.unproven()) {
        (0, None) => ("32", "proved: both images do the same".to_owned()),
        (0, Some(why)) => ("33", format!("unproven: {why}")),
        (1, _) => ("31", "not proved".to_owned()),
        (count, _) => ("31", format!("not proved, for {count} reasons")),
    };
    text + &format!("\u{1b}[{colour};1m{verdict}\u{1b}[0m\n")
}

fn sizes(size: Sides<u64>) -> Row {
    Row("image".to_owned(), both(size, ide::bytes), factor(size.before, size.after, "smaller", "larger"))
}

fn files(files: &FileChanges) -> Row {
    let (lost, gained) = (files.lost.files.len(), files.gained.files.len());
    Row("files".to_owned(), both(files.count, grouped), lost_and_gained(lost, gained))
}

fn packages(packages: &PackageChanges) -> Row {
    let said = lost_and_gained(packages.lost.len(), packages.gained.len());
    Row("packages".to_owned(), both(packages.count, grouped), said)
}

fn rebuilds(edited: &str, sides: Sides<Rebuild>) -> Vec<Row> {
    let seconds = both(sides, |rebuild| ide::seconds(rebuild.seconds));
    let cached = both(sides, |rebuild| format!("{} of {}", rebuild.cached, rebuild.steps));
    let [before, after] = [sides.before, sides.after].map(|rebuild| rebuild.seconds * 1000.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds of a build")]
    let faster = factor(before as u64, after as u64, "faster", "slower");
    let mut rows = vec![
        Row("rebuilt after an edit".to_owned(), seconds, format!("{faster} ({edited})")),
        Row("  steps cached".to_owned(), cached, String::new()),
    ];
    let pulled = |rebuild: Rebuild| rebuild.pulled.map_or_else(|| "unknown".to_owned(), ide::bytes);
    if sides.before.pulled.or(sides.after.pulled).is_some() {
        rows.push(Row("  pulled by a device".to_owned(), both(sides, pulled), "compressed".to_owned()));
    }
    rows
}

fn secrets(places: &Sides<Vec<String>>) -> Row {
    let count = |places: &Vec<String>| match places.len() {
        0 => "none".to_owned(),
        1 => "1 place".to_owned(),
        count => format!("{count} places"),
    };
    let sides = Sides { before: count(&places.before), after: count(&places.after) };
    Row("secrets".to_owned(), sides, "layers, history, settings, output".to_owned())
}

fn check(check: &Check) -> Row {
    let said = match &check.verdict {
        Verdict::Same => "the same".to_owned(),
        Verdict::Different { .. } => "not the same".to_owned(),
        Verdict::Unproven { why } => format!("unproven: {why}"),
    };
    Row(check.what.clone(), check.shown.clone(), said)
}

/// What does not fit into a table.
fn remarks(proof: &Proof) -> Vec<String> {
    let mut lines = Vec::new();
    let names = |outcome: SettingOutcome| -> Vec<&str> {
        let changed = proof.settings.iter().filter(|change| change.outcome == outcome);
        changed.map(|change| change.name.as_str()).collect()
    };
    for (outcome, what) in [
        (SettingOutcome::Changed, "settings that differ"),
        (SettingOutcome::Gone, "settings that are gone"),
        (SettingOutcome::OfBase, "settings of the base image that differ"),
    ] {
        let names = names(outcome);
        if !names.is_empty() {
            lines.push(format!("{what}: {}", first(&names, NAMED_PACKAGES)));
        }
    }
    if let Some(files) = &proof.files {
        let described = |files: &[inner_loop::proof::SizedPath]| -> Vec<String> {
            files
                .iter()
                .map(|file| format!("{} ({})", shortened(&file.path), ide::bytes(file.bytes)))
                .collect()
        };
        for (side, what) in [(&files.lost, "files lost"), (&files.gained, "files gained")] {
            if !side.files.is_empty() {
                let biggest = described(side.biggest());
                let biggest: Vec<&str> = biggest.iter().take(NAMED_FILES).map(String::as_str).collect();
                let more = side.files.len() - biggest.len();
                let more = if more == 0 { String::new() } else { format!(" and {} more", grouped(more)) };
                lines.push(format!(
                    "{what}: {} in all, {}{more}",
                    ide::bytes(side.bytes),
                    biggest.join(", ")
                ));
            }
        }
    }
    if let Some(packages) = proof.packages.as_ref().filter(|packages| !packages.lost.is_empty()) {
        let names: Vec<&str> = packages.lost.iter().map(String::as_str).collect();
        lines.push(format!("packages lost: {}", first(&names, NAMED_PACKAGES)));
    }
    if let Some(places) = proof.secrets.as_ref().filter(|places| !places.after.is_empty()) {
        let names: Vec<&str> = places.after.iter().map(String::as_str).collect();
        lines.push(format!("secrets in the new image: {}", first(&names, NAMED_FILES)));
    }
    if let Rebuilds::Unknown(why) = &proof.rebuild {
        lines.push(format!("rebuild after an edit: unknown, {why}"));
    }
    lines
}

fn both<T: Copy>(sides: Sides<T>, show: impl Fn(T) -> String) -> Sides<String> {
    Sides { before: show(sides.before), after: show(sides.after) }
}

fn first(names: &[&str], count: usize) -> String {
    let shown = names.iter().take(count).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(count) {
        0 => shown,
        more => format!("{shown} and {} more", grouped(more)),
    }
}

fn lost_and_gained(lost: usize, gained: usize) -> String {
    match (lost, gained) {
        (0, 0) => "the same".to_owned(),
        (lost, 0) => format!("{} lost", grouped(lost)),
        (0, gained) => format!("{} gained", grouped(gained)),
        (lost, gained) => format!("{} lost, {} gained", grouped(lost), grouped(gained)),
    }
}

fn factor(before: u64, after: u64, less: &str, more: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let ratio = |large: u64, small: u64| large as f64 / small.max(1) as f64;
    let (ratio, word) =
        if after <= before { (ratio(before, after), less) } else { (ratio(after, before), more) };
    if ratio < 1.05 { "about the same".to_owned() } else { format!("{ratio:.1} times {word}") }
}

/// A number with its thousands apart: `41 203`.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn table(title: &str, rows: &[Row]) -> String {
    let width = |cells: &mut dyn Iterator<Item = usize>| cells.max().unwrap_or_default();
    let names = width(&mut rows.iter().map(|row| letters(&row.0)));
    let before = width(&mut rows.iter().map(|row| letters(&row.1.before)).chain(["before".len()]));
    let after = width(&mut rows.iter().map(|row| letters(&row.1.after)).chain(["after".len()]));
    let mut text = format!("\u{1b}[1m{title}\u{1b}[0m\n");
    text += &format!(
        "\u{1b}[2m  {}  {}  {}\u{1b}[0m\n",
        " ".repeat(names),
        right("before", before),
        right("after", after)
    );
    for Row(name, sides, said) in rows {
        let line = format!(
            "  {name}{}  {}  {}  {said}",
            " ".repeat(names - letters(name)),
            right(&sides.before, before),
            right(&sides.after, after)
        );
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(letters(text))))
}

/// A path of which the end is shown where it is long.
fn shortened(path: &str) -> String {
    const WIDTH: usize = 56;
    match letters(path).checked_sub(WIDTH) {
        Some(cut @ 1..) => format!("…{}", path.chars().skip(cut).collect::<String>()),
        _ => path.to_owned(),
    }
}

fn letters(text: &str) -> usize {
    text.chars().count()
}
