//! `devcontainer.json`: the Dockerfile that an editor's container is built from.

use std::collections::BTreeMap;

use crate::yaml::{self, Node};
use crate::{Caller, CallerBuild, CallerKind, Outside, Read, Setting, in_context, line_of, paths};

/// What a `devcontainer.json` says.
#[derive(Debug, Clone, Default)]
pub struct Devcontainer {
    /// The container as a caller, where it is built from a Dockerfile.
    pub read: Read,
    /// The Compose files that it starts, by absolute paths, in order.
    pub compose_files: Vec<String>,
}

/// Reads a file, by its absolute path. `workspace` is the folder that `${localWorkspaceFolder}` stands for.
#[must_use]
pub fn read(
    path: &str,
    workspace: &str,
    outside: &dyn Outside,
    shown: &dyn Fn(&str) -> String,
) -> Devcontainer {
    let text = match outside.read(path) {
        Ok(text) => text,
        Err(reason) => return broken(format!("{}: {reason}", shown(path))),
    };
    let root = match yaml::read_json(&text) {
        Ok(root) => root,
        Err(reason) => return broken(format!("{}: {reason}", shown(path))),
    };
    let values = Values { workspace, outside };
    let folder = paths::folder(path);
    let compose = root.get("dockerComposeFile");
    let compose =
        compose.map(|node| if node.is_sequence() { node.items() } else { std::slice::from_ref(node) });
    let compose = compose
        .unwrap_or_default()
        .iter()
        .filter_map(|file| values.setting(file)?.known().map(|file| paths::join(folder, file)));
    let mut found = Devcontainer { compose_files: compose.collect(), read: Read::default() };
    let build = root.get("build");
    let of_build = |name: &str| build.and_then(|build| build.get(name));
    let Some(dockerfile) =
        of_build("dockerfile").or_else(|| of_build("dockerFile")).or_else(|| root.get("dockerFile"))
    else {
        return found;
    };
    let local = |setting: Setting| match setting {
        Setting::Known(path) => Setting::Known(paths::join(folder, &path)),
        unknown => unknown,
    };
    let context = of_build("context").or_else(|| root.get("context")).and_then(|node| values.setting(node));
    let args = of_build("args").into_iter().flat_map(Node::entries);
    let args: BTreeMap<_, _> =
        args.filter_map(|(name, value)| Some((name.raw()?.to_owned(), values.setting(value)?))).collect();
    let name = root.get("name").and_then(|name| values.setting(name));
    let name = name.as_ref().and_then(Setting::known).unwrap_or("devcontainer").to_owned();
    let folder_setting = Setting::Known(folder.to_owned());
    let build = CallerBuild {
        dockerfile: values.setting(dockerfile).map(|dockerfile| in_context(&folder_setting, dockerfile)),
        context: Some(local(context.unwrap_or_else(|| Setting::Known(".".to_owned())))),
        target: of_build("target").and_then(|target| values.setting(target)),
        args,
        ..CallerBuild::default()
    };
    found.read.callers.push(Caller {
        kind: CallerKind::Devcontainer,
        file: path.to_owned(),
        shown_file: shown(path),
        line: line_of(&text, dockerfile.place.start),
        name,
        build,
    });
    found
}

fn broken(problem: String) -> Devcontainer {
    Devcontainer { read: Read { callers: Vec::new(), problems: vec![problem] }, compose_files: Vec::new() }
}

struct Values<'a> {
    workspace: &'a str,
    outside: &'a dyn Outside,
}

impl Values<'_> {
    fn setting(&self, node: &Node) -> Option<Setting> {
        let text = node.text()?;
        Some(match self.expanded(&text) {
            Ok(text) => Setting::Known(text),
            Err(variable) => Setting::Unknown(format!("{variable} is not known before the container runs")),
        })
    }

    /// `${localEnv:NAME:default}`, `${localWorkspaceFolder}` and its last part.
    fn expanded(&self, text: &str) -> Result<String, String> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((variable, behind)) = after.split_once('}') else { break };
            result.push_str(before);
            let mut parts = variable.splitn(3, ':');
            match (parts.next(), parts.next(), parts.next()) {
                (Some("localEnv" | "env"), Some(name), default) => {
                    result.push_str(
                        &self
                            .outside
                            .variable(name)
                            .unwrap_or_else(|| default.unwrap_or_default().to_owned()),
                    );
                }
                (Some("localWorkspaceFolder"), None, None) => result.push_str(self.workspace),
                (Some("localWorkspaceFolderBasename"), None, None) => {
                    result.push_str(paths::name(self.workspace));
                }
                _ => return Err(format!("${{{variable}}}")),
            }
            rest = behind;
        }
        result.push_str(rest);
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::compose::tests::{Files, show, shown};

    fn check(fixture: &str, expected: &Expect) {
        let found = read("/p/.devcontainer/devcontainer.json", "/p", &Files::new(fixture), &shown);
        let compose: String = found.compose_files.iter().map(|file| format!("compose {file}\n")).collect();
        expected.assert_eq(&format!("{}{compose}", show(&found.read)));
    }

    #[test]
    fn a_container_is_built_from_a_dockerfile() {
        check(
            "# file: .devcontainer/devcontainer.json
{
\t// é comment
\t\"name\": \"Work\",
\t\"build\": {
\t\t\"dockerfile\": \"Dockerfile\", \"context\": \"..\", \"target\": \"dev\",
\t\t\"args\": { \"A\": \"${localEnv:A}-${localEnv:B:b}\", \"F\": \"${localWorkspaceFolderBasename}\", \"X\": \"${containerEnv:X}\", },
\t},
}
# variable: A=1
",
            &expect![[r#"
                .devcontainer/devcontainer.json:5 Work
                  context: /p
                  dockerfile: /p/.devcontainer/Dockerfile
                  target: dev
                  arg A: 1-b
                  arg F: p
                  arg X: ? (${containerEnv:X} is not known before the container runs)
            "#]],
        );
        check(
            "# file: .devcontainer/devcontainer.json\n{\"dockerFile\": \"../Dockerfile\"}\n",
            &expect![[r#"
                .devcontainer/devcontainer.json:1 devcontainer
                  context: /p/.devcontainer
                  dockerfile: /p/Dockerfile
            "#]],
        );
    }

    #[test]
    fn a_container_of_compose_or_of_an_image_is_built_elsewhere() {
        check(
            "# file: .devcontainer/devcontainer.json\n{\"dockerComposeFile\": [\"../compose.yaml\", \"dev.yaml\"], \"service\": \"web\"}\n",
            &expect![[r#"
                compose /p/compose.yaml
                compose /p/.devcontainer/dev.yaml
            "#]],
        );
        check("# file: .devcontainer/devcontainer.json\n{\"image\": \"x\"}\n", &expect![[""]]);
        check(
            "# file: .devcontainer/devcontainer.json\n{\"build\": {\n",
            &expect![[r#"
            ! .devcontainer/devcontainer.json: line 2: while parsing a node, did not find expected node content
        "#]],
        );
    }
}
