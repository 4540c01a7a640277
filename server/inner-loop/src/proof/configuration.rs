//! The settings of two images, compared by what the Dockerfiles write.
//!
//! A rewrite leaves what a Dockerfile writes as it is; what an image inherits from its base goes with the base. So a setting that
//! differs is a reason only where the Dockerfile writes it; where it is the base's, it is told, and the trial runs decide. Of variables a
//! rewrite may take away those that only the build needs, and none may come or change.

use std::collections::BTreeMap;

use semantic::RuntimeSettings;

/// What an engine says of how an image is run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageConfiguration {
    /// `Entrypoint`.
    pub entrypoint: Vec<String>,
    /// `Cmd`.
    pub command: Vec<String>,
    /// `Env`.
    pub environment: BTreeMap<String, String>,
    /// `WorkingDir`.
    pub workdir: String,
    /// `User`.
    pub user: String,
    /// `ExposedPorts`, sorted, such as `8080/tcp`.
    pub ports: Vec<String>,
    /// `Volumes`, sorted.
    pub volumes: Vec<String>,
    /// `Labels`.
    pub labels: BTreeMap<String, String>,
    /// `StopSignal`.
    pub stop_signal: String,
    /// `Healthcheck.Test`, such as `CMD-SHELL` and a command; empty where none is declared.
    pub healthcheck: Vec<String>,
    /// The other fields of `Healthcheck`: interval, timeout, start period, start interval and retries.
    pub healthcheck_timing: [i64; 5],
}

impl ImageConfiguration {
    /// The TCP ports that it says it listens on.
    #[must_use]
    pub fn tcp_ports(&self) -> Vec<u16> {
        let tcp = self.ports.iter().filter_map(|port| port.strip_suffix("/tcp").or(Some(port)));
        tcp.filter_map(|port| port.parse().ok()).collect()
    }

    /// The words of the declared check, where one is declared; a check in shell form by the shell that runs it.
    #[must_use]
    pub fn health_command(&self) -> Option<Vec<String>> {
        match self.healthcheck.split_first() {
            Some((how, words)) if how == "CMD" && !words.is_empty() => Some(words.to_vec()),
            Some((how, [text])) if how == "CMD-SHELL" => {
                Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), text.clone()])
            }
            _ => None,
        }
    }
}

/// A setting that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The instruction, and the name of a variable or label: `ENV PATH`.
    pub name: String,
    /// What became of it.
    pub outcome: SettingOutcome,
}

/// What became of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingOutcome {
    /// A variable that the Dockerfile set is gone, as a rewrite may do.
    Gone,
    /// It comes from the base image, and the base is another one.
    OfBase,
    /// The Dockerfile writes it, and it is another.
    Changed,
}

impl SettingChange {
    /// Why it makes a proof fail, where it does.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        (self.outcome == SettingOutcome::Changed)
            .then(|| format!("{}: the new image is set up in another way", self.name))
    }
}

/// What differs between two images. `written` is what the two Dockerfiles write.
#[must_use]
pub fn compare_configurations(
    before: (&ImageConfiguration, &RuntimeSettings),
    after: (&ImageConfiguration, &RuntimeSettings),
) -> Vec<SettingChange> {
    let ((old, old_written), (new, new_written)) = (before, after);
    let mut changes = Vec::new();
    let mut note = |name: &str, is_same: bool, is_written: bool| {
        if !is_same {
            let outcome = if is_written { SettingOutcome::Changed } else { SettingOutcome::OfBase };
            changes.push(SettingChange { name: name.to_owned(), outcome });
        }
    };
    note("ENTRYPOINT", old.entrypoint == new.entrypoint, old_written.entrypoint.is_some());
    // An ENTRYPOINT that is written empties the CMD of the base (`dispatchEntrypoint` of BuildKit's `dockerfile2llb`).
    let is_command_written = old_written.command.is_some() || old_written.entrypoint.is_some();
    note("CMD", old.command == new.command, is_command_written);
    let root = |path: &str| if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    note("WORKDIR", root(&old.workdir) == root(&new.workdir), old_written.workdir.is_some());
    note("USER", user(old) == user(new), old_written.user.is_some());
    note("STOPSIGNAL", old.stop_signal == new.stop_signal, old_written.stop_signal.is_some());
    let is_same_check =
        old.healthcheck == new.healthcheck && old.healthcheck_timing == new.healthcheck_timing;
    note("HEALTHCHECK", is_same_check, old_written.healthcheck.is_some());
    note("EXPOSE", old.ports == new.ports, is_lost(&old.ports, &new.ports, &old_written.ports));
    note("VOLUME", old.volumes == new.volumes, is_lost(&old.volumes, &new.volumes, &old_written.volumes));
    for (name, value) in differing(&old.labels, &new.labels) {
        note(&format!("LABEL {name}"), value, old_written.labels.contains_key(&name));
    }
    for name in old
        .environment
        .keys()
        .chain(new.environment.keys().filter(|name| !old.environment.contains_key(*name)))
    {
        let (value, new_value) = (old.environment.get(name), new.environment.get(name));
        if value == new_value {
            continue;
        }
        let was_written = old_written.environment.contains_key(name);
        let is_written = new_written.environment.contains_key(name);
        let outcome = match new_value {
            // A value that is expanded from the base's changes with the base: `ENV PATH=/app/bin:$PATH`.
            Some(_) if is_written && was_written && is_path(name) => SettingOutcome::OfBase,
            Some(_) if is_written => SettingOutcome::Changed,
            _ if was_written => SettingOutcome::Gone,
            _ => SettingOutcome::OfBase,
        };
        changes.push(SettingChange { name: format!("ENV {name}"), outcome });
    }
    changes
}

fn user(configuration: &ImageConfiguration) -> &str {
    match configuration.user.as_str() {
        "" | "0" | "0:0" => "root",
        user => user,
    }
}

/// Whether one of those that the Dockerfile writes is missing, or one came that nobody had.
fn is_lost(old: &[String], new: &[String], written: &[String]) -> bool {
    let bare = |port: &String| port.trim_end_matches("/tcp").to_owned();
    let written: Vec<String> = written.iter().map(bare).collect();
    old.iter().filter(|item| !new.contains(item)).any(|item| written.contains(&bare(item)))
}

fn is_path(name: &str) -> bool {
    name == "PATH" || name.ends_with("_PATH") || name.ends_with("PATH")
}

/// The names whose values differ, each with `false`: it is not the same.
fn differing(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<(String, bool)> {
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    names.filter(|name| old.get(*name) != new.get(*name)).map(|name| (name.clone(), false)).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use semantic::{Facts, Model};
    use syntax::Document;

    use super::*;

    /// What an image of this Dockerfile says, as a line a field.
    fn configuration(fields: &str) -> ImageConfiguration {
        let mut configuration = ImageConfiguration::default();
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for line in fields.lines() {
            let (key, value) = line.trim().split_once(' ').unwrap();
            match key {
                "entrypoint" => configuration.entrypoint = words(value),
                "cmd" => configuration.command = words(value),
                "workdir" => configuration.workdir = value.to_owned(),
                "user" => configuration.user = value.to_owned(),
                "port" => configuration.ports.push(value.to_owned()),
                "health" => configuration.healthcheck = words(value),
                "stop" => configuration.stop_signal = value.to_owned(),
                "label" | "env" => {
                    let (name, value) = value.split_once('=').unwrap();
                    let map =
                        if key == "env" { &mut configuration.environment } else { &mut configuration.labels };
                    map.insert(name.to_owned(), value.to_owned());
                }
                other => panic!("{other}"),
            }
        }
        configuration
    }

    fn check(old: (&str, &str), new: (&str, &str), expected: &Expect) {
        let written = |text: &str| {
            let model = Model::new(&Document::new(text), &Facts::default());
            RuntimeSettings::of(&model, model.final_stage().unwrap().index)
        };
        let changes = compare_configurations(
            (&configuration(old.1), &written(old.0)),
            (&configuration(new.1), &written(new.0)),
        );
        let shown: String =
            changes.iter().map(|change| format!("{}: {:?}\n", change.name, change.outcome)).collect();
        expected.assert_eq(&shown);
    }

    #[test]
    fn what_the_dockerfile_writes_stays() {
        let same = "cmd /app\nworkdir /app\nenv PORT=1\nport 1/tcp";
        let text = "FROM a\nWORKDIR /app\nENV PORT=1\nEXPOSE 1\nCMD [\"/app\"]\n";
        check((text, same), (text, same), &expect![""]);
        check(
            (text, same),
            (text, "cmd /other\nworkdir /\nenv PORT=2"),
            &expect![[r#"
                CMD: Changed
                WORKDIR: Changed
                EXPOSE: Changed
                ENV PORT: Changed
            "#]],
        );
    }

    #[test]
    fn what_the_base_brought_goes_with_it() {
        let text = "FROM a\nCMD [\"/app\"]\n";
        check(
            (
                text,
                "cmd /app\nentrypoint /start\nuser node\nenv PATH=/go/bin:/bin\nenv GO=1\nlabel a=b\nstop QUIT\nworkdir /go",
            ),
            (text, "cmd /app\nenv PATH=/bin\nenv NODE=2\nuser 0"),
            &expect![[r#"
                ENTRYPOINT: OfBase
                WORKDIR: OfBase
                USER: OfBase
                STOPSIGNAL: OfBase
                LABEL a: OfBase
                ENV GO: OfBase
                ENV PATH: OfBase
                ENV NODE: OfBase
            "#]],
        );
    }

    #[test]
    fn variables_of_the_build_may_go_and_none_may_come() {
        let old = "FROM a\nENV BUILD=1 PATH=/x:$PATH\nCMD [\"/app\"]\n";
        let new = "FROM b\nENV PATH=/x:$PATH MODE=z\nCMD [\"/app\"]\n";
        check(
            (old, "cmd /app\nenv BUILD=1\nenv PATH=/x:/go/bin:/bin"),
            (new, "cmd /app\nenv PATH=/x:/bin\nenv MODE=z"),
            &expect![[r#"
                ENV BUILD: Gone
                ENV PATH: OfBase
                ENV MODE: Changed
            "#]],
        );
    }

    #[test]
    fn an_absent_user_is_root_and_an_absent_folder_the_root() {
        let text = "FROM a\nUSER root\nWORKDIR /\n";
        check((text, "user root\nworkdir /"), (text, "user 0:0"), &expect![""]);
    }

    #[test]
    fn health_checks_are_run_as_they_are_declared() {
        let command = |test: &str| configuration(&format!("health {test}")).health_command();
        assert_eq!(command("CMD curl -f localhost").unwrap(), ["curl", "-f", "localhost"]);
        assert_eq!(command("CMD-SHELL true").unwrap(), ["/bin/sh", "-c", "true"]);
        assert_eq!(command("NONE"), None);
        assert_eq!(ImageConfiguration::default().health_command(), None);
        assert_eq!(configuration("port 53/udp\nport 80/tcp").tcp_ports(), [80]);
    }
}
