//! `layerwise syntax FILE`: the instructions as parsed.

use semantic::{Facts, Model};
use serde_json::{Value, json};
use syntax::{Document, Form, Instruction, Problem};

use crate::arguments::SyntaxArguments;
use crate::exit::Outcome;
use crate::input;
use crate::output::print;

pub(crate) fn run(arguments: &SyntaxArguments) -> anyhow::Result<Outcome> {
    let source = input::read(&arguments.file)?;
    print(&format!("{}\n", describe(&source.text)))?;
    Ok(Outcome::Fine)
}

fn describe(text: &str) -> Value {
    let document = Document::new(text);
    let model = Model::new(&document, &Facts::default());
    let directives = document.directives().iter().map(
        |directive| json!({"name": directive.name, "value": directive.value, "line": directive.line + 1}),
    );
    let stage_of = |instruction: &Instruction| {
        model.stages.iter().rev().find(|stage| stage.from.start <= instruction.start).map(|stage| stage.index)
    };
    let instructions =
        document.instructions().map(|instruction| describe_instruction(&instruction, stage_of(&instruction)));
    let stages = model.stages.iter().map(|stage| {
        json!({
            "index": stage.index,
            "name": stage.name.as_ref().map(|name| &name.raw),
            "image": stage.image.raw,
            "line": stage.from.line + 1,
            "end_line": stage.end_line + 1,
        })
    });
    let mut problems: Vec<Problem> =
        document.problems().into_iter().chain(model.problems.iter().cloned()).collect();
    problems.sort_by_key(|problem| problem.range);
    let problems = problems.iter().map(|problem| {
        json!({"line": document.buildkit_line(problem.range.start) + 1, "message": problem.message})
    });
    json!({
        "version": 1,
        "escape": document.escape().to_string(),
        "directives": directives.collect::<Vec<_>>(),
        "instructions": instructions.collect::<Vec<_>>(),
        "stages": stages.collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
    })
}

fn describe_instruction(instruction: &Instruction, stage: Option<usize>) -> Value {
    let keyword = match instruction.keyword.as_str() {
        "" => instruction.keyword_range.of(&instruction.source).to_uppercase(),
        known => known.to_owned(),
    };
    let flags = instruction
        .flags
        .iter()
        .map(|flag| json!({"name": flag.name, "value": flag.value.as_ref().map(|value| &value.text)}));
    let line_at = |offset: u32| {
        let before = instruction.source.as_bytes().get(..offset as usize).unwrap_or_default();
        instruction.line
            + 1
            + u32::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
    };
    let heredocs = instruction.heredocs.iter().map(|heredoc| {
        json!({"name": heredoc.name, "line": line_at(heredoc.body.start), "end_line": line_at(heredoc.terminator.start)})
    });
    let mut value = json!({
        "keyword": keyword,
        "line": instruction.line + 1,
        "end_line": instruction.end_line() + 1,
        "stage": stage,
        "flags": flags.collect::<Vec<_>>(),
    });
    let form = match instruction.arguments.form {
        Some(Form::Shell) => Some("shell"),
        Some(Form::Exec) => Some("exec"),
        None => None,
    };
    if let (Some(form), Some(object)) = (form, value.as_object_mut()) {
        object.insert("form".to_owned(), form.into());
    }
    if let Some(object) = value.as_object_mut() {
        let words = instruction.arguments.words.iter().map(|word| Value::from(word.text.as_str()));
        object.insert("arguments".to_owned(), words.collect());
        object.insert("heredocs".to_owned(), heredocs.collect());
    }
    value
}
