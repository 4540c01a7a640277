//! The settings of a Dockerfile on the command line: its `layerwise.toml` files, hadolint's where the profile is hadolint's, and the flags,
//! which win.
//!
//! A mistake in a file ends the command: a check that leaves something out in silence is no check.

use std::path::Path;

use ide::Settings;
use ide::settings::{self, Layer, Reading, hadolint};
use rules::{Level, Profile};
use workspace::settings::{SettingsFile, Verdict, read_all, read_hadolint};

/// The settings of a Dockerfile; those of the working directory for a text without a path.
pub(crate) fn of(dockerfile: Option<&Path>) -> anyhow::Result<Settings> {
    with_profile(dockerfile, None)
}

/// The same, with the profile of a flag.
pub(crate) fn with_profile(dockerfile: Option<&Path>, profile: Option<Profile>) -> anyhow::Result<Settings> {
    let (folder, boundary) = (dockerfile.and_then(Path::parent).unwrap_or(Path::new(".")), Path::new("."));
    let files = read_all(folder, boundary, |values, folder| verdict(settings::read(values), folder));
    let of_flag = Layer { profile, ..Layer::default() };
    let mut layers = vec![of_flag];
    layers.extend(without_problems(files)?);
    if Settings::merged(&layers).reads_hadolint() {
        let file = read_hadolint(folder, boundary, |values, folder| verdict(hadolint::read(values), folder));
        layers.extend(without_problems(file.into_iter().collect())?);
    }
    Ok(Settings::merged(&layers))
}

fn verdict(reading: Reading, folder: &Path) -> Verdict<Layer> {
    let problems = reading.problems.into_iter().map(|problem| (problem.at, problem.message));
    (reading.layer.in_folder(folder), problems.collect())
}

/// The layers of files, where nothing is wrong in them.
fn without_problems(files: Vec<SettingsFile<Layer>>) -> anyhow::Result<Vec<Layer>> {
    let mut problems = files.iter().flat_map(|file| &file.problems);
    if let Some(first) = problems.next() {
        let more = match problems.count() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        anyhow::bail!("{first}{more}");
    }
    Ok(files.into_iter().map(|file| file.layer).collect())
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
            ..rules::Settings::default()
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
