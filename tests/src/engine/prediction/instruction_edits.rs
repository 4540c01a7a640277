//! Edits of the Dockerfile and of the build arguments that go with it.

use super::project::Project;
use crate::engine::random::Random;

/// Positions of the instructions that begin so.
fn beginning(project: &Project, starts: &[&str]) -> Vec<usize> {
    let begins = |text: &String| starts.iter().any(|start| text.starts_with(start));
    (0..project.instructions.len()).filter(|index| begins(&project.instructions[*index])).collect()
}

/// A position behind a FROM.
fn position(project: &Project, random: &mut Random) -> usize {
    let first = beginning(project, &["FROM "])[0];
    first + 1 + random.below(project.instructions.len() - first)
}

/// Whether what stands at a position is in a stage that has a shell.
fn has_shell(project: &Project, position: usize) -> bool {
    let before = &project.instructions[..position];
    before.iter().rev().find(|text| text.starts_with("FROM ")).is_some_and(|from| !from.contains("scratch"))
}

fn name_of_argument(text: &str) -> &str {
    text["ARG ".len()..].split('=').next().unwrap_or_default()
}

/// A comment comes, between instructions or between continuation lines, or goes.
pub(super) fn comment(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let comments = beginning(project, &["# note"]);
    if random.one_in(3)
        && let Some(index) = random.choose(&comments)
    {
        let gone = project.instructions.remove(index);
        return Some(format!("the comment {gone:?} is gone"));
    }
    let continued: Vec<usize> = (0..project.instructions.len())
        .filter(|index| project.instructions[*index].contains("\\\n"))
        .collect();
    if random.one_in(2)
        && let Some(index) = random.choose(&continued)
    {
        let text = &mut project.instructions[index];
        let at = text.find("\\\n")? + 2;
        text.insert_str(at, &format!("    # note {number}\n"));
        return Some(format!("a comment between the lines of {:?}", first_line(text)));
    }
    let at = random.below(project.instructions.len() + 1);
    project.instructions.insert(at, format!("# note {number}"));
    Some(format!("a comment before instruction {at}"))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

pub(super) fn reindent(project: &mut Project, random: &mut Random) -> Option<String> {
    let continued: Vec<usize> = (0..project.instructions.len())
        .filter(|index| project.instructions[*index].contains("\\\n"))
        .collect();
    let index = random.choose(&continued)?;
    let text = &mut project.instructions[index];
    let at = text.rfind("\\\n")? + 2;
    let width = text[at..].len() - text[at..].trim_start().len();
    let widths: Vec<usize> = [2, 4, 6, 8].into_iter().filter(|other| *other != width).collect();
    let new = random.choose(&widths)?;
    text.replace_range(at..at + width, &" ".repeat(new));
    Some(format!("the last line of {:?} is indented by {new}", first_line(text)))
}

pub(super) fn argument_default(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let mut arguments = beginning(project, &["ARG "]);
    // The values of these two mean something.
    arguments.retain(|index| !["UID", "WHAT"].contains(&name_of_argument(&project.instructions[*index])));
    let index = random.choose(&arguments)?;
    let text = &mut project.instructions[index];
    let name = name_of_argument(text);
    *text = if random.one_in(5) { format!("ARG {name}") } else { format!("ARG {name}=value-{number}") };
    Some(text.clone())
}

pub(super) fn build_argument(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let mut names: Vec<String> = beginning(project, &["ARG "])
        .into_iter()
        .map(|index| name_of_argument(&project.instructions[index]).to_owned())
        .collect();
    // One that no Dockerfile declares changes nothing.
    names.push("STRANGER".to_owned());
    let name = random.choose(&names)?;
    if project.build_args.contains_key(&name) && random.one_in(3) {
        project.build_args.remove(&name);
        return Some(format!("no --build-arg {name}"));
    }
    let value = match name.as_str() {
        "UID" => format!("{}", 1000 + number),
        "WHAT" => (*random.pick(&["names", "src/a.txt", "//names"])).to_owned(),
        _ => format!("given-{}", random.below(4)),
    };
    let said = format!("--build-arg {name}={value}");
    project.build_args.insert(name, value);
    Some(said)
}

/// An ARG that no command reads, with a value or without, comes, changes or goes.
pub(super) fn unused_argument(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let unused = beginning(project, &["ARG UNUSED"]);
    match (random.below(3), random.choose(&unused)) {
        (0, Some(index)) => Some(format!("without {:?}", project.instructions.remove(index))),
        (1, Some(index)) => {
            project.instructions[index] = format!("ARG UNUSED_{number}=1");
            Some(project.instructions[index].clone())
        }
        _ => {
            let at = position(project, random);
            let value = if random.one_in(3) { "" } else { "=1" };
            project.instructions.insert(at, format!("ARG UNUSED_{number}{value}"));
            Some(format!("{:?} as instruction {at}", project.instructions[at]))
        }
    }
}

pub(super) fn environment(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let extra = beginning(project, &["ENV EXTRA"]);
    match (random.below(3), random.choose(&extra)) {
        (0, Some(index)) => Some(format!("without {:?}", project.instructions.remove(index))),
        (1, Some(index)) => {
            project.instructions[index] = format!("ENV EXTRA={number}");
            Some(project.instructions[index].clone())
        }
        _ => {
            let at = position(project, random);
            project.instructions.insert(at, format!("ENV EXTRA={number} MORE=\"of it\""));
            Some(format!("ENV as instruction {at}"))
        }
    }
}

/// What only the image's configuration holds.
pub(super) fn configuration(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let starts = ["LABEL ", "CMD ", "EXPOSE ", "STOPSIGNAL ", "ENTRYPOINT ", "HEALTHCHECK "];
    let text = match random.below(4) {
        0 => format!("LABEL number={number}"),
        1 => format!("CMD [\"true\", \"{number}\"]"),
        2 => format!("EXPOSE {}", 1000 + number),
        _ => format!("ENTRYPOINT [\"/bin/true\", \"{number}\"]"),
    };
    match random.choose(&beginning(project, &starts)) {
        Some(index) if random.one_in(2) => {
            project.instructions[index] = text.clone();
            Some(format!("instruction {index} is {text}"))
        }
        _ => {
            let at = position(project, random);
            project.instructions.insert(at, text.clone());
            Some(format!("{text} as instruction {at}"))
        }
    }
}

/// A step does something else.
pub(super) fn text(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let index = random.choose(&beginning(project, &["RUN ", "COPY ", "ADD "]))?;
    let text = &mut project.instructions[index];
    if text.contains("<<") {
        let end = text.rfind('\n')?;
        text.insert_str(end, &format!("\n# edit {number}"));
    } else if text.starts_with("RUN ") {
        text.push_str(&format!(" && : edit {number}"));
    } else if let Some(start) = text.find("--chown=") {
        let end = start + text[start..].find(' ')? + 1;
        text.replace_range(start..end, "");
    } else {
        let after_keyword = text.find(' ')? + 1;
        text.insert_str(after_keyword, &format!("--chown={number}:7 "));
    }
    Some(format!("instruction {index} is {text:?}"))
}

pub(super) fn insert(project: &mut Project, number: usize, random: &mut Random) -> Option<String> {
    let at = position(project, random);
    let file = random.pick(project.kind.needed).to_owned();
    let text = match random.below(4) {
        0 => format!("COPY {file} /inserted-{number}/"),
        1 => format!("ADD {file} /inserted-{number}/x"),
        _ if !has_shell(project, at) => format!("COPY {file} /inserted-{number}/"),
        2 => format!("RUN echo inserted-{number} > /tmp/inserted-{number}"),
        _ => format!("RUN --mount=type=bind,source={file},target=/tmp/m cat /tmp/m # inserted-{number}"),
    };
    project.instructions.insert(at, text.clone());
    Some(format!("{text:?} as instruction {at}"))
}

/// Takes away what was inserted, or a step whose result no other reads.
pub(super) fn remove(project: &mut Project, random: &mut Random) -> Option<String> {
    let is_removable = |index: &usize| {
        let text = &project.instructions[*index];
        ["inserted-", "test -s dist.txt", " /meta/", "id -u >", "> /summary", "> copy.txt"]
            .iter()
            .any(|part| text.contains(part))
    };
    let removable: Vec<usize> = (0..project.instructions.len()).filter(is_removable).collect();
    let index = random.choose(&removable)?;
    Some(format!("without {:?}", project.instructions.remove(index)))
}
