//! The settings of a Dockerfile on the command line: its `layerwise.toml` files, and the flags, which win.
//!
//! A mistake in a file ends the command: a check that leaves something out in silence is no check.

use std::path::Path;

use ide::Settings;
use ide::settings::{self, Layer};
use rules::Level;
use workspace::settings::read_all;

/// The settings of a Dockerfile; those of the working directory for a text without a path.
pub(crate) fn of(dockerfile: Option<&Path>) -> anyhow::Result<Settings> {
    let folder = dockerfile.and_then(Path::parent).unwrap_or(Path::new("."));
    let files = read_all(folder, Path::new("."), |values, folder| {
        let reading = settings::read(values);
        let problems = reading.problems.into_iter().map(|problem| (problem.at, problem.message));
        (reading.layer.in_folder(folder), problems.collect())
    });
    let mut problems = files.iter().flat_map(|file| &file.problems);
    if let Some(first) = problems.next() {
        let more = match problems.count() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        anyhow::bail!("{first}{more}");
    }
    let layers: Vec<Layer> = files.into_iter().map(|file| file.layer).collect();
    Ok(Settings::merged(&layers))
}

/// Which rules run, with the flags `--select` and `--ignore`: what is selected runs whatever the files say, at their severity, and what
/// is ignored is dropped beside what they drop.
pub(crate) fn with_flags(
    mut settings: rules::Settings,
    select: &[String],
    ignore: &[String],
) -> rules::Settings {
    if !select.is_empty() {
        settings.select = select.to_vec();
        settings.ignore.clear();
        settings.severity.retain(|_, level| *level != Level::Off);
    }
    settings.ignore.extend_from_slice(ignore);
    settings
}

/// Wrong usage where a flag names no rule.
pub(crate) fn check_flags(select: &[String], ignore: &[String]) -> anyhow::Result<()> {
    match select.iter().chain(ignore).find_map(|name| rules::settings::complaint(name)) {
        Some(complaint) => Err(anyhow::Error::msg(complaint)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use rules::Severity;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn flags_win_over_files() {
        let severity = [("a".to_owned(), Level::Off), ("b".to_owned(), Level::At(Severity::Hint))];
        let files = rules::Settings {
            select: names(&["style"]),
            ignore: names(&["DL3020"]),
            severity: severity.into(),
        };
        assert_eq!(with_flags(files.clone(), &[], &[]), files);
        let ignoring = with_flags(files.clone(), &[], &names(&["cache"]));
        assert_eq!(ignoring.ignore, names(&["DL3020", "cache"]));
        let selecting = with_flags(files, &names(&["DL3020"]), &names(&["cache"]));
        assert_eq!((selecting.select, selecting.ignore), (names(&["DL3020"]), names(&["cache"])));
        assert_eq!(selecting.severity.keys().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn a_flag_that_names_no_rule_is_wrong_usage() {
        assert!(check_flags(&names(&["all", "DL3020"]), &names(&["style"])).is_ok());
        assert!(check_flags(&[], &names(&["nonsense"])).unwrap_err().to_string().contains("nonsense"));
    }
}
