//! Why a step runs, in one short sentence that names the thing.

use super::{Fate, Question, Verdict, Why};
use crate::contents::{Change, FileChange, Selector, changes};
use crate::history::PastStep;
use crate::inputs::{ParentInputs, SourceInputs, StepInputs};
use crate::plan::{Parent, Part, PlannedStep, Source};
use crate::record::StepState;

/// How much of an instruction a sentence holds, in characters.
const INSTRUCTION_WIDTH: usize = 40;

/// A sentence, and what it is about.
type Reason = (Option<String>, Vec<String>);

/// Why step `at` has its fate. Nothing for what stays cached.
pub(super) fn reason(
    question: &Question<'_>,
    fates: &[Fate],
    counterparts: &[Option<usize>],
    at: usize,
) -> Reason {
    let fate = &fates[at];
    let planned = &question.plan.steps[at];
    match (fate.verdict, fate.why) {
        (Verdict::Cached, _) => (None, Vec::new()),
        (Verdict::Unknown, _) => said("never built here"),
        (_, Why::Forced) => said("--no-cache runs it anew"),
        (Verdict::Maybe, Why::Gone) => said("perhaps no longer in the builder's cache"),
        (_, Why::Gone) => said("no longer in the builder's cache"),
        (_, Why::Remote) => remote(planned),
        (Verdict::Maybe, _) => {
            let open = open_step(question, fates, at);
            let shown = open.map(|step| instruction(&question.plan.steps[step])).unwrap_or_default();
            match open {
                Some(step) if fates[step].why == Why::Remote => remote(&question.plan.steps[step]),
                Some(_) => (Some(format!("only if the files of {shown} differ")), vec![shown]),
                None => said("only if the files that it reads differ"),
            }
        }
        _ => {
            let old = counterparts[at].and_then(|old| Some(&question.past?.steps[old]));
            rebuilt(question, fates, counterparts, at, old)
        }
    }
}

fn said(text: &str) -> Reason {
    (Some(text.to_owned()), Vec::new())
}

fn remote(planned: &PlannedStep) -> Reason {
    let references = planned.sources.iter().filter_map(|source| match source {
        Source::Remote(reference) => Some(without_credentials(reference)),
        _ => None,
    });
    let references: Vec<String> = references.collect();
    let first = references.first().cloned().unwrap_or_default();
    (Some(format!("only if {first} has changed")), references)
}

/// An address less what stands before an `@` in it, and less its query.
fn without_credentials(reference: &str) -> String {
    let reference = reference.split('?').next().unwrap_or_default();
    match reference.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://{rest}"),
        None => reference.to_owned(),
    }
}

/// The step that decides an open one: the one that runs and whose files are read.
fn open_step(question: &Question<'_>, fates: &[Fate], at: usize) -> Option<usize> {
    let inputs = &question.inputs[at];
    // What it reads itself says more than what it starts from.
    let mut before: Vec<usize> = inputs.parent_step().into_iter().chain(inputs.read_steps()).collect();
    while let Some(step) = before.pop() {
        let (fate, inputs) = (&fates[step], &question.inputs[step]);
        if inputs.is_parent {
            before.extend(inputs.parent_step());
            continue;
        }
        match fate.verdict {
            Verdict::Rebuild => return Some(step),
            Verdict::Maybe if fate.why == Why::Remote => return Some(step),
            Verdict::Maybe => return open_step(question, fates, step),
            _ => {}
        }
    }
    inputs.read_steps().next()
}

/// The instruction with its line, in a sentence.
fn instruction(planned: &PlannedStep) -> String {
    let text = &planned.step.instruction;
    let shown = if text.chars().count() > INSTRUCTION_WIDTH {
        format!("{}…", text.chars().take(INSTRUCTION_WIDTH - 1).collect::<String>().trim_end())
    } else {
        text.clone()
    };
    format!("{shown} in line {}", planned.step.line)
}

fn rebuilt(
    question: &Question<'_>,
    fates: &[Fate],
    counterparts: &[Option<usize>],
    at: usize,
    old: Option<&PastStep>,
) -> Reason {
    let (planned, new) = (&question.plan.steps[at], &question.inputs[at]);
    if new.is_from() && new.is_parent {
        let image = image_name(planned);
        return (Some(format!("{image} is not stored here yet")), vec![image]);
    }
    let Some(old) = old else { return said("the instruction is new") };
    if let Some(reason) = own_parts(new, &old.inputs) {
        return reason;
    }
    if let Some(reason) = files(question, at, &old.inputs) {
        return reason;
    }
    if let Some(reason) = above(question, fates, counterparts, at, old) {
        return reason;
    }
    match old.state {
        StepState::Done => said("not built with this before"),
        StepState::Failed => said("it failed in the last build"),
        _ => said("the last build did not come to it"),
    }
}

/// What is different in the step's own words and surroundings.
fn own_parts(new: &StepInputs, old: &StepInputs) -> Option<Reason> {
    let value = |inputs: &StepInputs, part: &Part| {
        inputs.parts.iter().find(|(other, _)| other == part).map(|(_, digest)| *digest)
    };
    if value(new, &Part::Operation) != value(old, &Part::Operation) {
        if new.text != old.text {
            return Some(said("the instruction changed"));
        }
        let changed = new.variables.iter().find(|(name, digest)| {
            old.variables.iter().find(|(other, _)| other == name).is_some_and(|(_, other)| other != digest)
        });
        return Some(match changed {
            Some((part, _)) => {
                let (what, name) = named(part);
                (Some(format!("{what} changed")), name)
            }
            None if new.keyword == "RUN" => said("the instruction changed"),
            None => said("the working directory changed"),
        });
    }
    let mut parts: Vec<&Part> = new.parts.iter().map(|(part, _)| part).collect();
    parts.extend(old.parts.iter().map(|(part, _)| part).filter(|part| value(new, part).is_none()));
    // A variable of one's own says more than what the base image brings.
    parts.sort_by_key(|part| !matches!(part, Part::Argument(_) | Part::Environment(_)));
    let changed = parts.into_iter().find(|part| value(new, part) != value(old, part));
    let Some(part) = changed else {
        let order =
            |inputs: &StepInputs| inputs.parts.iter().map(|(part, _)| part.clone()).collect::<Vec<_>>();
        return (order(new) != order(old)).then(|| said("the order of its variables changed"));
    };
    let (what, name) = named(part);
    let how = match (value(old, part), value(new, part)) {
        (None, _) => "is new",
        (_, None) => "is gone",
        _ => "changed",
    };
    Some((Some(format!("{what} {how}")), name))
}

/// A part in a sentence, and its name where it has one.
fn named(part: &Part) -> (String, Vec<String>) {
    match part {
        Part::Argument(name) => (format!("argument {name}"), vec![name.clone()]),
        Part::Environment(name) => (format!("environment {name}"), vec![name.clone()]),
        Part::BaseEnvironment => ("the base image's environment".to_owned(), Vec::new()),
        Part::WorkingDirectory => ("the working directory".to_owned(), Vec::new()),
        Part::User => ("the user".to_owned(), Vec::new()),
        Part::Shell => ("the shell".to_owned(), Vec::new()),
        Part::Network => ("the network".to_owned(), Vec::new()),
        Part::Platform => ("the platform".to_owned(), Vec::new()),
        Part::Triggers => ("what ONBUILD does".to_owned(), Vec::new()),
        Part::Operation => ("the instruction".to_owned(), Vec::new()),
    }
}

/// Which of its files are different.
fn files(question: &Question<'_>, at: usize, old: &StepInputs) -> Option<Reason> {
    let new = &question.inputs[at];
    let sources = question.plan.steps[at].sources.iter().zip(&new.sources).zip(&old.sources);
    let changed: Vec<_> =
        sources.filter(|((_, new), old)| new != old).map(|((source, _), _)| source).collect();
    let mut found: Vec<FileChange> = Vec::new();
    for source in &changed {
        match source {
            Source::Files { context, selectors } => {
                if let (Some(before), Some(after)) =
                    (question.past_listings.get(context), question.listings.get(context))
                {
                    found.extend(changes(before, after, selectors));
                }
            }
            Source::Image { image, .. } => {
                return Some((Some(format!("{} moved", image.name)), vec![image.name.clone()]));
            }
            Source::Step { .. } | Source::Remote(_) => {}
        }
    }
    let is_files = |source: &&Source| matches!(source, Source::Files { .. });
    if found.is_empty() {
        return changed.iter().any(is_files).then(|| said("the files that it reads changed"));
    }
    Some(about_files(&found))
}

fn about_files(found: &[FileChange]) -> Reason {
    let paths: Vec<String> = found.iter().map(|change| change.path.clone()).collect();
    let (path, change) = (&found[0].path, found[0].change);
    let text = match (found.len(), change) {
        (1, Change::Content) => format!("{path} changed (content)"),
        (1, Change::Mode) => format!("{path} changed (mode)"),
        (1, Change::Kind) => format!("{path} changed (kind)"),
        (1, Change::LinkTarget) => format!("link target of {path} changed"),
        (1, Change::New) => format!("{path} is new"),
        (1, Change::Gone) => format!("{path} is gone"),
        (count, _) => format!("{count} files changed, first {path}"),
    };
    (Some(text), paths)
}

/// What is different in the steps that it is made from.
fn above(
    question: &Question<'_>,
    fates: &[Fate],
    counterparts: &[Option<usize>],
    at: usize,
    old: &PastStep,
) -> Option<Reason> {
    let new = &question.inputs[at];
    let runs = |step: &usize| cause(question, fates, *step);
    if let Some(step) =
        new.parent_step().as_ref().and_then(runs).or_else(|| new.read_steps().find_map(|step| runs(&step)))
    {
        let shown = instruction(&question.plan.steps[step]);
        return Some((Some(format!("{shown} runs again")), vec![shown]));
    }
    let from = base(question, at);
    let (planned, inputs) = (&question.plan.steps[from], &question.inputs[from]);
    let old_from = counterparts[from].and_then(|old| Some(&question.past?.steps[old].inputs))?;
    match (inputs.parent, old_from.parent) {
        (ParentInputs::Image(name, files), ParentInputs::Image(old_name, old_files))
            if files != old_files =>
        {
            let image = image_name(planned);
            let text = if name == old_name {
                format!("{image} moved")
            } else {
                format!("the base image is now {image}")
            };
            return Some((Some(text), vec![image]));
        }
        (ParentInputs::Files(files), ParentInputs::Files(old_files)) if files != old_files => {
            return Some(below(question, planned));
        }
        (new, old) if new != old && !matches!((new, old), (ParentInputs::Step(_), ParentInputs::Step(_))) => {
            let image = image_name(planned);
            return Some((Some(format!("the base image is now {image}")), vec![image]));
        }
        _ => {}
    }
    let sources_changed = new.sources.iter().zip(&old.inputs.sources).any(|(new, old)| match (new, old) {
        (SourceInputs::Step(_, new), SourceInputs::Step(_, old)) => new != old,
        (new, old) => std::mem::discriminant(new) != std::mem::discriminant(old),
    });
    if sources_changed || new.sources.len() != old.inputs.sources.len() {
        return Some(said("it reads other files"));
    }
    let stands_for = |step: Option<usize>| step.and_then(|step| counterparts[step]);
    if stands_for(new.parent_step()) != old.inputs.parent_step() {
        return Some(said("the instructions before it changed"));
    }
    None
}

/// Which files are different of the folder that a stage begins with.
fn below(question: &Question<'_>, planned: &PlannedStep) -> Reason {
    let Parent::Files(context) = &planned.parent else {
        return said("the files that it starts from changed");
    };
    let listings = question.past_listings.get(context).zip(question.listings.get(context));
    let found = listings.map(|(before, after)| changes(before, after, &[Selector::of_path("/")]));
    match found.filter(|found| !found.is_empty()) {
        Some(found) => about_files(&found),
        None => (Some(format!("the files of {} changed", image_name(planned))), vec![context.clone()]),
    }
}

/// The step at which the chain of steps that run begins, which ends with this one.
fn cause(question: &Question<'_>, fates: &[Fate], at: usize) -> Option<usize> {
    let mut cause = None;
    let mut next = Some(at);
    while let Some(at) = next {
        let inputs = &question.inputs[at];
        let runs = fates[at].verdict == Verdict::Rebuild || fates[at].why == Why::Twin;
        if !inputs.is_parent {
            if !runs {
                break;
            }
            cause = Some(at);
        }
        next = inputs.parent_step();
    }
    cause
}

/// The FROM that a step's stage, and those below it, begin with.
fn base(question: &Question<'_>, at: usize) -> usize {
    let mut at = at;
    while let Some(parent) = question.inputs[at].parent_step() {
        at = parent;
    }
    at
}

fn image_name(planned: &PlannedStep) -> String {
    match &planned.parent {
        Parent::Image(image) => image.name.clone(),
        Parent::Nothing => "scratch".to_owned(),
        Parent::Files(context) => format!("the context {context}"),
        Parent::Step(_) => planned.step.instruction.clone(),
    }
}
