//! Reads one stream of a log, line by line: the problem that each tool has begun, and where the next line leads.

use super::shapes::Shapes;
use super::template::Captures;
use super::tool::{Does, Innermost, Rule, Tool};
use super::{Collected, Finding, Frame, Heard, Severity};
use crate::plain::{plain, plain_lines};

/// More places of one problem tell nobody more.
const MOST_FRAMES: usize = 50;

/// So many lines of a message are kept.
const MOST_LINES: usize = 5;

/// So many lines of a test that has not failed yet are.
const MOST_HELD: usize = 100;

/// The state of one stream.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Of each tool that has ever begun something.
    states: Vec<State>,
    /// The tools that have begun something, by their bits.
    active: u64,
}

/// What a tool has begun.
#[derive(Debug, Default)]
struct State {
    pending: Option<Pending>,
    /// The file that its next lines are about.
    file: Option<String>,
    /// The test that runs, where the tool says so before it knows how it ends.
    running: Option<String>,
    /// What tests say that may yet pass, each with its test.
    held: Vec<(Option<String>, Finding)>,
    /// The test that has just failed: what follows is why.
    failed: Option<String>,
    /// What is known to be wrong, but not in which folder.
    unplaced: Vec<Finding>,
}

#[derive(Debug)]
struct Pending {
    severity: Severity,
    message: Vec<String>,
    title: Option<String>,
    /// The file that it names before the line in it.
    file: Option<String>,
    frames: Vec<Frame>,
    /// The last thing said was the last of these places.
    is_fresh: bool,
    /// The line before showed the source text, or what is the source text if it is marked now.
    shown: Option<Shown>,
    /// The source text of the place that is to come.
    next_text: Option<String>,
    /// How many lines were nothing to it.
    waited: usize,
}

#[derive(Debug)]
struct Shown {
    /// How many letters stood before it.
    at: usize,
    /// The text, where it is only guessed that it is one.
    guess: Option<String>,
}

impl Reader {
    /// Takes in a line.
    pub(super) fn read(&mut self, line: &str, heard: &mut Heard) {
        let shapes = Shapes::get();
        let active = self.active;
        let mut rest = active;
        while rest != 0 {
            let at = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let shaped = &shapes.tools[at];
            let is_taken = shaped.rules.iter().any(|(rule, template)| {
                self.may(at, rule)
                    && template
                        .captures(line)
                        .is_some_and(|captures| self.apply(at, shaped.tool, rule, &captures, line, heard))
            });
            if !is_taken {
                self.wait(at, shaped.tool, &mut heard.found);
            }
        }
        let mut taken_by = usize::MAX;
        for candidate in shapes.at(line) {
            let at = candidate.tool;
            if active & (1 << at) != 0 || taken_by == at {
                continue;
            }
            let shaped = &shapes.tools[at];
            let (rule, template) = &shaped.rules[candidate.rule];
            let Some(captures) = template.captures(line) else { continue };
            if self.apply(at, shaped.tool, rule, &captures, line, heard) {
                taken_by = at;
            }
        }
    }

    /// The stream is over.
    pub(super) fn finish(&mut self, found: &mut Collected) {
        let tools = Shapes::get().tools.iter();
        for (state, shaped) in self.states.iter_mut().zip(tools) {
            state.close(shaped.tool, found);
            std::mem::take(&mut state.unplaced).into_iter().for_each(|finding| found.add(finding));
        }
        self.active = 0;
    }

    /// Whether a rule has something to do now.
    fn may(&self, at: usize, rule: &Rule) -> bool {
        let pending = self.states.get(at).and_then(|state| state.pending.as_ref());
        match (rule.does, pending) {
            (does, _) if does.starts() => true,
            (Does::Says, Some(pending)) => pending.message.is_empty(),
            (Does::Adds, Some(pending)) => (1..MOST_LINES).contains(&pending.message.len()),
            (Does::Quotes, Some(pending)) => pending.is_fresh,
            (Does::Marks, Some(pending)) => pending.shown.is_some(),
            (Does::Guesses, Some(pending)) => pending.is_fresh,
            (Does::Shows, Some(pending)) => pending.is_fresh && pending.message.is_empty(),
            (_, pending) => pending.is_some(),
        }
    }

    /// Does what a rule says with a line that fits it. False where it is none of it after all.
    fn apply(
        &mut self,
        at: usize,
        tool: &'static Tool,
        rule: &Rule,
        captures: &Captures<'_>,
        line: &str,
        heard: &mut Heard,
    ) -> bool {
        if self.states.len() <= at {
            self.states.resize_with(at + 1, State::default);
        }
        let state = &mut self.states[at];
        let file = file_of(captures);
        if file.as_ref().is_some_and(|file| !rule.takes(file)) {
            return false;
        }
        let known = || state.pending.as_ref().and_then(|pending| pending.file.clone());
        let path = file.clone().or_else(|| state.file.clone()).or_else(known);
        let frame = path.zip(captures.line).map(|(path, line)| Frame {
            path,
            line,
            column: captures.column.filter(|column| *column > 0),
            text: None,
            mark: None,
            folder: heard.folders.current().map(str::to_owned),
        });
        let severity = captures.severity.unwrap_or(rule.severity);
        let message = captures.message.map(|message| {
            let code = captures.code.map(|code| format!("{code}: ")).unwrap_or_default();
            format!("{}{code}{}", rule.opening, without_columns(message))
        });
        let shown = state.pending.as_mut().and_then(|pending| pending.shown.take());
        // The message is a part of the line.
        let letters_before = |text: &str| line[..text.as_ptr().addr() - line.as_ptr().addr()].chars().count();
        match rule.does {
            Does::Tells => {
                let (Some(frame), Some(message)) = (frame, message) else { return false };
                let title = captures.title.map(str::to_owned);
                heard.found.add(finding(tool, severity, title, &[message], vec![frame]));
            }
            Does::Holds => {
                let (Some(frame), Some(message)) = (frame, message) else { return false };
                let test = state.failed.clone().or_else(|| state.running.clone());
                let finding = finding(tool, severity, test.clone(), &[message], vec![frame]);
                match state.failed {
                    Some(_) if state.unplaced.len() < MOST_HELD => state.unplaced.push(finding),
                    None if state.held.len() < MOST_HELD => state.held.push((test, finding)),
                    _ => {}
                }
            }
            Does::Begins => {
                state.close(tool, &mut heard.found);
                state.pending = Some(Pending {
                    severity,
                    message: message.into_iter().collect(),
                    title: captures.title.map(str::to_owned),
                    file,
                    is_fresh: frame.is_some(),
                    frames: frame.into_iter().collect(),
                    shown: None,
                    next_text: None,
                    waited: 0,
                });
            }
            Does::Quotes | Does::Shows | Does::Previews | Does::Keeps => {
                let Some(pending) = &mut state.pending else { return false };
                let is_of_other = |frame: &Frame| captures.line.is_some_and(|line| line != frame.line);
                match (rule.does, pending.frames.last_mut()) {
                    (Does::Keeps, _) => {}
                    (Does::Previews, _) => pending.next_text = captures.message.map(str::to_owned),
                    (_, Some(frame)) if frame.text.is_none() && !is_of_other(frame) => {
                        frame.text = captures.message.map(str::to_owned);
                        pending.is_fresh = false;
                        let at = captures.message.map(letters_before);
                        pending.shown = at.map(|at| Shown { at, guess: None });
                    }
                    _ => return false,
                }
                pending.title = pending.title.take().or_else(|| captures.title.map(str::to_owned));
                pending.waited = 0;
            }
            Does::Guesses => {
                let (Some(pending), Some(text)) = (&mut state.pending, captures.message) else {
                    return false;
                };
                pending.is_fresh = false;
                pending.shown = Some(Shown { at: letters_before(text), guess: Some(text.to_owned()) });
            }
            Does::Marks => {
                let frame = state.pending.as_mut().and_then(|pending| pending.frames.last_mut());
                let (Some(frame), Some(shown)) = (frame, shown) else { return false };
                // Whatever else has such letters is no mark.
                if !line.bytes().all(|byte| b" \t|^~".contains(&byte)) {
                    return false;
                }
                let at = line.find('^').or_else(|| line.find('~'));
                let letters = at.and_then(|at| line[..at].chars().count().checked_sub(shown.at));
                frame.mark = letters.and_then(|letters| u32::try_from(letters).ok());
                frame.text = shown.guess.or(frame.text.take());
            }
            Does::Places | Does::Says | Does::Adds | Does::Ends => {
                let Some(pending) = &mut state.pending else { return false };
                if rule.does == Does::Places && frame.is_none() {
                    return false;
                }
                // The name of an exception that ends a problem was in its message before.
                let message = message.filter(|_| rule.does != Does::Ends || pending.message.is_empty());
                let whole = || (rule.does == Does::Adds).then(|| line.trim().to_owned());
                pending.message.extend(message.or_else(whole));
                pending.title = pending.title.take().or_else(|| captures.title.map(str::to_owned));
                (pending.is_fresh, pending.waited) = (frame.is_some(), 0);
                if let Some(mut frame) = frame {
                    frame.text = pending.next_text.take();
                    pending.frames.push(frame);
                    pending.bound_frames(tool.innermost);
                }
                if rule.does == Does::Ends {
                    state.close(tool, &mut heard.found);
                }
            }
            Does::Drops => state.pending = None,
            Does::Heads => state.file = file,
            Does::Runs => {
                state.running = captures.title.map(str::to_owned);
                state.failed = None;
            }
            Does::Fails => {
                let failed = captures.title.map(str::to_owned);
                let is_its = |held: &mut (Option<String>, Finding)| held.0.is_none() || held.0 == failed;
                let room = MOST_HELD.saturating_sub(state.unplaced.len());
                let of_it = state.held.extract_if(.., is_its).map(|(_, finding)| finding);
                state.unplaced.extend(of_it.take(room));
                (state.failed, state.running) = (failed, None);
            }
            Does::Passes => {
                let passed = captures.title;
                state.held.retain(|(test, _)| passed.is_some() && test.as_deref() != passed);
                (state.failed, state.running) = (None, None);
            }
            Does::Packs => {
                let package = captures.title.unwrap_or_default();
                for mut finding in std::mem::take(&mut state.unplaced) {
                    for frame in finding.frames.iter_mut().filter(|frame| !frame.path.contains('/')) {
                        frame.path = format!("{package}/{}", frame.path);
                    }
                    heard.found.add(finding);
                }
                state.held.clear();
                (state.failed, state.running) = (None, None);
            }
            Does::Enters => {
                if let Some(folder) = file {
                    heard.folders.enter(folder);
                }
            }
            Does::Leaves => heard.folders.leave(),
        }
        self.note(at);
        true
    }

    /// A line was nothing to a tool that has begun something.
    fn wait(&mut self, at: usize, tool: &'static Tool, found: &mut Collected) {
        let Some(state) = self.states.get_mut(at) else { return };
        state.file = None;
        if let Some(pending) = &mut state.pending {
            pending.waited += 1;
            pending.shown = None;
            if pending.waited > tool.patience {
                state.close(tool, found);
            }
        }
        self.note(at);
    }

    fn note(&mut self, at: usize) {
        let is_active = self.states[at].pending.is_some() || self.states[at].file.is_some();
        let bit = 1 << at;
        self.active = if is_active { self.active | bit } else { self.active & !bit };
    }
}

impl State {
    /// What has begun is over: it is a problem where it has a place and a message.
    fn close(&mut self, tool: &'static Tool, found: &mut Collected) {
        let Some(pending) = self.pending.take() else { return };
        let Pending { severity, message, title, file, mut frames, .. } = pending;
        if tool.innermost == Innermost::Last {
            frames.reverse();
        }
        // Where no place is known in a file that is wrong, it is all of it.
        if let Some(path) = file.filter(|file| frames.iter().all(|frame| frame.path != *file)) {
            frames.push(Frame { path, line: 1, ..Frame::default() });
        }
        if frames.is_empty() || (message.is_empty() && title.is_none()) {
            return;
        }
        found.add(finding(tool, severity, title, &message, frames));
    }
}

impl Pending {
    fn bound_frames(&mut self, innermost: Innermost) {
        if self.frames.len() > MOST_FRAMES {
            match innermost {
                Innermost::First => self.frames.truncate(MOST_FRAMES),
                Innermost::Last => drop(self.frames.remove(0)),
            }
        }
    }
}

fn finding(
    tool: &Tool,
    severity: Severity,
    title: Option<String>,
    message: &[String],
    frames: Vec<Frame>,
) -> Finding {
    let message = plain_lines(&message.join("\n")).into_owned();
    let title = title.map(|title| plain(&title).into_owned());
    let message = match &title {
        None => message,
        Some(title) if message.is_empty() => title.clone(),
        Some(title) => format!("{title}: {message}"),
    };
    Finding { frames, severity, message, title, source: tool.name }
}

/// The message with each run of blanks made one: linters write theirs in columns.
fn without_columns(message: &str) -> String {
    if message.contains("  ") {
        return message.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    message.to_owned()
}

/// The file that a line names, or that of the class that it names: `a/b/C.java` for `a.b.C$1.method(C.java:3)`.
fn file_of(captures: &Captures<'_>) -> Option<String> {
    let file = captures.file.map(|file| file.strip_prefix("file://").unwrap_or(file).to_owned());
    let Some(class) = captures.class else { return file };
    let class = class.rsplit('/').next().unwrap_or(class);
    let mut names: Vec<&str> = class.split('.').collect();
    names.pop();
    let own = names.pop()?.split('$').next()?;
    let file = file.unwrap_or_else(|| format!("{own}.java"));
    names.push(&file);
    Some(names.join("/"))
}
