//! Reports: files that tests leave in the container, and where they are looked for.

use semantic::path::{Place, clean};
use semantic::{Model, StageInstruction};
use syntax::shell::Command;

use crate::source_map::run_folders;

/// A report that was read, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// Its path in the container.
    pub path: String,
    /// Its bytes; else one line that says why they could not be read.
    pub content: Result<Vec<u8>, String>,
}

/// A place where reports may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportPath {
    /// An absolute path in the container; its last part may have a `*`, which stands for any letters.
    pub path: String,
    /// Whether the user names it: then it is missed where nothing is there.
    pub is_named: bool,
}

impl ReportPath {
    /// The folder that it is in, and its last part.
    #[must_use]
    pub fn split(&self) -> (&str, &str) {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        (if folder.is_empty() { "/" } else { folder }, name)
    }

    /// Whether a file of that folder is meant.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let (_, pattern) = self.split();
        let mut parts = pattern.split('*');
        let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
        for part in middle {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

/// Options of test runners that name the report they write.
const OPTIONS: [&str; 7] = [
    "--junitxml",
    "--junit-xml",
    "--junitfile",
    "--outputFile",
    "--outputFile.junit",
    "--log-junit",
    "--output-junit",
];

/// What test runners of JavaScript write where a plugin is set up that does.
const PERHAPS: &str = "junit.xml";

/// What build tools write without being asked.
const OF_TOOLS: [(&[&str], &str); 4] = [
    (&["mvn", "mvnw"], "target/surefire-reports/TEST-*.xml"),
    (&["mvn", "mvnw"], "target/failsafe-reports/TEST-*.xml"),
    (&["gradle", "gradlew"], "build/test-results/test/TEST-*.xml"),
    (&["jest", "npx", "npm", "yarn", "pnpm"], PERHAPS),
];

/// Where the tests of a stage leave their reports: the paths that the user names, those that the commands of its RUN steps do, and those that
/// their tools are known for. What is relative is from the folder of the step, and for the user from the last WORKDIR.
#[must_use]
pub fn report_paths(model: &Model, stage: usize, named: &[String]) -> Vec<ReportPath> {
    let lineage = model.lineage(stage);
    let instructions: Vec<&StageInstruction> = lineage.iter().flat_map(|stage| &stage.instructions).collect();
    let mut paths: Vec<ReportPath> = Vec::new();
    let mut add = |folder: &Place, path: &str, is_named: bool| {
        if let Place::Known(path) = folder.join(path)
            && !paths.iter().any(|known| known.path == path)
        {
            paths.push(ReportPath { path, is_named });
        }
    };
    let last = instructions.last().map(|item| match &item.kind {
        semantic::Kind::Workdir(_, place) => place.clone(),
        _ => item.workdir.clone(),
    });
    let root = Place::Known("/".to_owned());
    for path in named {
        let folder = last.as_ref().filter(|folder| folder.known().is_some()).unwrap_or(&root);
        add(folder, path, true);
    }
    for item in instructions {
        let folders = run_folders::of(item);
        for command in item.as_run().into_iter().flat_map(semantic::Run::commands) {
            for path in written_by(command) {
                folders.iter().for_each(|folder| add(folder, &path, false));
            }
        }
    }
    paths
}

/// Whether a step names a report that it writes, or runs a tool that always writes one.
#[must_use]
pub(crate) fn leaves_reports(run: &semantic::Run) -> bool {
    run.commands().flat_map(written_by).any(|path| path != PERHAPS)
}

/// The reports that a command writes, as far as its words tell.
fn written_by(command: &Command) -> Vec<String> {
    let words: Vec<&str> =
        command.words.iter().map(|word| word.value.as_deref().unwrap_or_default()).collect();
    let is_report = |path: &str| path.ends_with(".xml") && !path.starts_with('-');
    let mut paths = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let path = match word.split_once('=') {
            Some((option, path)) if OPTIONS.contains(&option) => Some(path),
            _ if OPTIONS.contains(word) => words.get(at + 1).copied(),
            _ => None,
        };
        paths.extend(path.filter(|path| is_report(path)).map(clean));
    }
    let program = words.first().map(|word| word.rsplit('/').next().unwrap_or(word)).unwrap_or_default();
    let of_tools = OF_TOOLS.iter().filter(|(programs, _)| programs.contains(&program));
    paths.extend(of_tools.map(|(_, path)| (*path).to_owned()));
    paths
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use syntax::Document;

    use super::*;

    #[track_caller]
    fn check(text: &str, named: &[&str], expected: &[&str]) {
        let model = Model::new(&Document::new(text), &Facts::default());
        let named: Vec<String> = named.iter().map(|path| (*path).to_owned()).collect();
        let last = model.stages.len() - 1;
        let found: Vec<String> = report_paths(&model, last, &named)
            .into_iter()
            .map(|path| format!("{}{}", path.path, if path.is_named { "" } else { "?" }))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn reports_are_where_the_user_or_the_command_says() {
        let text = "FROM a AS base\nWORKDIR /srv\nRUN go test ./...\nFROM base\nWORKDIR größe\nRUN cd sub && \\\n  pytest --junitxml=out/r.xml -q\nRUN vitest --outputFile junit/v.xml\n";
        let found = [
            "/srv/größe/x.xml",
            "/r/*.xml",
            "/srv/größe/sub/out/r.xml?",
            "/srv/größe/out/r.xml?",
            "/srv/größe/junit/v.xml?",
        ];
        check(text, &["x.xml", "/r/*.xml"], &found);
        check(
            "FROM a\r\nWORKDIR /a\r\nRUN mvn -q test\r\n",
            &[],
            &["/a/target/surefire-reports/TEST-*.xml?", "/a/target/failsafe-reports/TEST-*.xml?"],
        );
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        check("FROM a\nRUN pytest --junitxml=r.xml\n", &[], &[]);
        check("FROM a\nWORKDIR /a\nRUN pytest --junitxml=$X --junit-xml\n", &[], &[]);
        check("FROM a\nRUN pytest --junitxm", &["r.xml"], &["/r.xml"]);
    }

    #[test]
    fn a_star_stands_for_any_letters_of_a_name() {
        let takes = |pattern: &str, name: &str| {
            ReportPath { path: format!("/a/{pattern}"), is_named: false }.takes(name)
        };
        assert!(
            takes("TEST-*.xml", "TEST-größe.xml")
                && takes("*", "x")
                && takes("a*b*c", "a1b2c")
                && takes("x.xml", "x.xml")
        );
        assert!(!takes("TEST-*.xml", "x.xml") && !takes("x.xml", "x.xml2") && !takes("a*b*c", "acb"));
    }
}
