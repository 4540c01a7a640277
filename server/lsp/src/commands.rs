//! The commands of `workspace/executeCommand`, and their arguments: one object `{"uri", "target"?, "line"?, "caller"?}`, `"rewrite"?` of a proof, and `"format"?`
//! of a graph.

use serde::Deserialize;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{ExecuteCommandParams, Uri};

use crate::graph::GraphFormat;

/// Builds a document's image.
pub(crate) const BUILD: &str = "layerwise.build";

/// Says which builder was found, and how.
pub(crate) const BUILDER: &str = "layerwise.builder";

/// Stops a document's build.
pub(crate) const CANCEL: &str = "layerwise.cancel";

/// Answers the stages and steps, what they cost and what the next build would do with them: what `layerwise graph` prints, as JSON or in
/// another format.
pub(crate) const GRAPH: &str = "layerwise.graph";

/// Answers the command line that opens a shell in the state before the step at which the last build failed.
pub(crate) const OPEN_SHELL: &str = "layerwise.openShell";

/// Says which steps the next build would run, and why: the answer is what `layerwise predict --format json` prints.
pub(crate) const PREDICT: &str = "layerwise.predict";

/// Proves a rewrite by building and running the Dockerfile before and after it.
pub(crate) const PROVE: &str = "layerwise.prove";

/// Lists the rewrites that apply: what `layerwise rewrite --list` prints, as JSON.
pub(crate) const REWRITES: &str = "layerwise.rewrites";

/// Opens what the steps of the last build wrote; with `line`, at that step.
pub(crate) const SHOW_BUILD_LOG: &str = "layerwise.showBuildLog";

/// Opens a picture of the stages and steps.
pub(crate) const SHOW_GRAPH: &str = "layerwise.showGraph";

/// Builds the test stage, and tells of its tests.
pub(crate) const TEST: &str = "layerwise.test";

/// All commands, as the client is told.
pub(crate) const ALL: &[&str] =
    &[BUILD, BUILDER, CANCEL, GRAPH, OPEN_SHELL, PREDICT, PROVE, REWRITES, SHOW_BUILD_LOG, SHOW_GRAPH, TEST];

/// A command with arguments of the right shape.
#[derive(Debug)]
pub(crate) enum Command {
    Build(Arguments),
    Builder,
    Cancel(Arguments),
    Graph(Arguments),
    OpenShell(Arguments),
    Predict(Arguments),
    Prove(Arguments),
    Rewrites(Arguments),
    ShowBuildLog(Arguments),
    ShowGraph(Arguments),
    Test(Arguments),
}

/// What every command takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Arguments {
    /// The Dockerfile.
    pub(crate) uri: Uri,
    /// A stage by name or index.
    #[serde(default)]
    pub(crate) target: Option<String>,
    /// A line of the stage, or of the step whose output is looked for; from 0 as everywhere in the protocol.
    #[serde(default)]
    pub(crate) line: Option<u32>,
    /// The service or target to build as: `compose.yaml:web`, or its name alone.
    #[serde(default)]
    pub(crate) caller: Option<String>,
    /// The id of the rewrite that is to be proved.
    #[serde(default)]
    pub(crate) rewrite: Option<String>,
    /// What the graph is written in.
    #[serde(default)]
    pub(crate) format: Option<GraphFormat>,
}

impl Arguments {
    /// A document alone.
    pub(crate) fn of(uri: Uri) -> Self {
        Self { uri, target: None, line: None, caller: None, rewrite: None, format: None }
    }
}

/// Reads a command; anything unknown or wrong is an error that says what would be right.
pub(crate) fn read(params: ExecuteCommandParams) -> Result<Command> {
    let make: fn(Arguments) -> Command = match params.command.as_str() {
        BUILD => Command::Build,
        BUILDER => |_| Command::Builder,
        CANCEL => Command::Cancel,
        GRAPH => Command::Graph,
        OPEN_SHELL => Command::OpenShell,
        PREDICT => Command::Predict,
        PROVE => Command::Prove,
        REWRITES => Command::Rewrites,
        SHOW_BUILD_LOG => Command::ShowBuildLog,
        SHOW_GRAPH => Command::ShowGraph,
        TEST => Command::Test,
        unknown => {
            return Err(Error::invalid_params(format!(
                "there is no command `{unknown}`; there are {}",
                ALL.join(", ")
            )));
        }
    };
    let wrong = |what: String| {
        let command = &params.command;
        Error::invalid_params(format!(
            r#"`{command}` takes one object {{"uri": …, "target"?: …, "line"?: …}}: {what}"#
        ))
    };
    let [argument] = params.arguments.as_slice() else {
        return Err(wrong(format!("{} arguments were given", params.arguments.len())));
    };
    if !argument.is_object() {
        return Err(wrong("another type was given".to_owned()));
    }
    let arguments = Arguments::deserialize(argument as &Value).map_err(|error| wrong(error.to_string()))?;
    if arguments.rewrite.is_some() && params.command != PROVE {
        return Err(wrong(format!("\"rewrite\" is for {PROVE}")));
    }
    if arguments.format.is_some() && params.command != GRAPH {
        return Err(wrong(format!("\"format\" is for {GRAPH}")));
    }
    Ok(make(arguments))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn command(name: &str, arguments: Vec<Value>) -> Result<Command> {
        read(ExecuteCommandParams {
            command: name.to_owned(),
            arguments,
            work_done_progress_params: Default::default(),
        })
    }

    #[test]
    fn right_arguments_are_read() {
        let Ok(Command::Build(arguments)) =
            command(BUILD, vec![json!({"uri": "file:///d", "target": "app"})])
        else {
            panic!("not read")
        };
        assert_eq!((arguments.uri.as_str(), arguments.target.as_deref()), ("file:///d", Some("app")));
        assert!(matches!(command(CANCEL, vec![json!({"uri": "file:///d"})]), Ok(Command::Cancel(_))));
    }

    #[test]
    fn wrong_ones_are_errors_that_say_what_is_right() {
        for arguments in [
            vec![],
            vec![json!("file:///d")],
            vec![json!(["file:///d"])],
            vec![json!({})],
            vec![json!({"uri": 3})],
            vec![json!({"uri": "file:///d", "line": -1})],
            vec![json!({"uri": "file:///d", "tagret": "app"})],
            vec![json!({"uri": "file:///d"}), json!({})],
            vec![json!({"uri": "file:///d", "format": "svg"})],
        ] {
            let error = command(BUILD, arguments).unwrap_err();
            assert!(error.message.contains(r#""uri": …"#), "{}", error.message);
        }
        assert!(command("layerwise.fly", vec![]).unwrap_err().message.contains(CANCEL));
    }
}
