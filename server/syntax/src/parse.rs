//! One logical line to keyword, flags, arguments and pairs. Heredoc bodies are read in `segment`; what BuildKit refuses
//! after this step (argument counts, flags, values) is judged in `check`.

use crate::arguments::{Arguments, Flag, Form, Pair, Word};
use crate::check::shown;
use crate::flags::flags;
use crate::json::{self, List};
use crate::keyword::Keyword;
use crate::lines::{is_space, trim};
use crate::mapped::Mapped;
use crate::problem::LocalProblem;
use crate::range::LocalRange;
use crate::words;

/// A line's parts.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) keyword: Keyword,
    pub(crate) keyword_range: LocalRange,
    /// The keyword as BuildKit sees it, continuations joined.
    pub(crate) keyword_text: String,
    pub(crate) flags: Vec<Flag>,
    pub(crate) arguments: Arguments,
    pub(crate) trigger: Option<Box<Self>>,
    pub(crate) problems: Vec<LocalProblem>,
}

impl Parsed {
    /// Whether BuildKit looks for heredocs in the line.
    pub(crate) fn takes_heredocs(&self) -> bool {
        let inner = self.trigger.as_deref().unwrap_or(self);
        matches!(inner.keyword, Keyword::Add | Keyword::Copy | Keyword::Run)
            && inner.arguments.form != Some(Form::Exec)
    }
}

/// Parses a whole logical line.
pub(crate) fn parse(line: &Mapped, escape: char) -> Parsed {
    let (start, end) = trim(line.text(), 0, line.text().len());
    Parser { line, escape, problems: Vec::new() }.instruction(start, end, true)
}

struct Parser<'a> {
    line: &'a Mapped,
    escape: char,
    problems: Vec<LocalProblem>,
}

impl Parser<'_> {
    fn instruction(mut self, start: usize, end: usize, outermost: bool) -> Parsed {
        let ((from, to), rest) = words::first(self.line.text(), start, end);
        let keyword_text = self.line.text().get(from..to).unwrap_or_default().to_owned();
        let keyword = Keyword::from_word(&keyword_text);
        let (flags, arguments_start) =
            rest.map_or((Vec::new(), end), |(start, end)| flags(self.line, start, end, self.escape));
        let (start, end) = trim(self.line.text(), arguments_start, end);
        let mut arguments = Arguments {
            range: self.line.range(start, end),
            text: self.line.text().get(start..end).unwrap_or_default().to_owned(),
            ..Arguments::default()
        };
        let mut trigger = None;
        // BuildKit refuses an ONBUILD of an ONBUILD, so that no deeper one need be followed.
        if keyword == Keyword::Onbuild && outermost && start < end {
            let parser = Parser { line: self.line, escape: self.escape, problems: Vec::new() };
            let inner = parser.instruction(start, end, false);
            arguments.words.push(Word::from_mapped(
                self.line.part(start, start + inner.keyword_text.len()),
                inner.keyword_range,
            ));
            arguments.words.extend(inner.arguments.words.iter().cloned());
            self.problems.extend(inner.problems.iter().cloned());
            trigger = Some(Box::new(inner));
        } else {
            self.arguments(keyword, start, end, &mut arguments);
        }
        // Instructions are kept for as long as their file is open, and most have one word.
        arguments.words.shrink_to_fit();
        arguments.pairs.shrink_to_fit();
        Parsed {
            keyword,
            keyword_range: self.line.range(from, to),
            keyword_text,
            flags,
            arguments,
            trigger,
            problems: self.problems,
        }
    }

    fn arguments(&mut self, keyword: Keyword, start: usize, end: usize, arguments: &mut Arguments) {
        match keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => {
                self.command(start, end, arguments);
            }
            Keyword::Healthcheck => self.healthcheck(start, end, arguments),
            Keyword::Add | Keyword::Copy | Keyword::Volume => {
                if !self.list(start, end, arguments) {
                    self.blank_separated(start, end, arguments);
                }
            }
            Keyword::Env | Keyword::Label => self.pairs(keyword, start, end, arguments),
            Keyword::Arg => {
                for (start, end) in words::quoted(self.line.text(), start, end, self.escape) {
                    arguments.words.push(self.word(start, end));
                    arguments.pairs.push(self.pair(start, end));
                }
            }
            Keyword::Maintainer | Keyword::Stopsignal | Keyword::User | Keyword::Workdir => {
                self.whole(start, end, arguments);
            }
            Keyword::Expose | Keyword::From | Keyword::Onbuild | Keyword::Unknown => {
                self.blank_separated(start, end, arguments);
            }
        }
    }

    fn word(&self, start: usize, end: usize) -> Word {
        Word::from_mapped(self.line.part(start, end), self.line.range(start, end))
    }

    fn whole(&self, start: usize, end: usize, arguments: &mut Arguments) {
        if start < end {
            arguments.words.reserve_exact(1);
            arguments.words.push(self.word(start, end));
        }
    }

    fn blank_separated(&self, start: usize, end: usize, arguments: &mut Arguments) {
        let words = words::at_blanks(self.line.text(), start, end);
        arguments.words.extend(words.into_iter().map(|(start, end)| self.word(start, end)));
    }

    /// Reads the exec form, where it is one.
    fn list(&mut self, start: usize, end: usize, arguments: &mut Arguments) -> bool {
        match json::list(self.line, start, end) {
            List::Strings(elements) => {
                arguments.form = Some(Form::Exec);
                arguments.words.extend(elements.into_iter().map(|element| {
                    Word::from_mapped(element.value, self.line.range(element.start, element.end))
                }));
                true
            }
            List::NotStrings(start, end) => {
                self.problems.push(LocalProblem {
                    range: self.line.range(start, end),
                    message:
                        "a JSON list of arguments may hold strings only: put this value in double quotes"
                            .to_owned(),
                });
                false
            }
            List::NotJson => false,
        }
    }

    fn command(&mut self, start: usize, end: usize, arguments: &mut Arguments) {
        if !self.list(start, end, arguments) {
            arguments.form = Some(Form::Shell);
            self.whole(start, end, arguments);
        }
    }

    fn healthcheck(&mut self, start: usize, end: usize, arguments: &mut Arguments) {
        let bytes = self.line.text().as_bytes();
        let find = |from: usize, space: bool| {
            (from..end).find(|at| bytes.get(*at).is_some_and(|byte| is_space(*byte) == space)).unwrap_or(end)
        };
        let stop = find(start, true);
        let next = find(stop, false);
        if start == stop {
            return;
        }
        arguments.words.push(self.word(start, stop));
        let kind = self.line.text().get(start..stop).unwrap_or_default();
        if kind.eq_ignore_ascii_case("CMD") {
            self.command(next, end, arguments);
        } else if !self.list(next, end, arguments) {
            self.whole(next, end, arguments);
        }
    }

    fn pairs(&mut self, keyword: Keyword, start: usize, end: usize, arguments: &mut Arguments) {
        let text = self.line.text();
        let spans = words::quoted(text, start, end, self.escape);
        let has_equals =
            |(start, end): (usize, usize)| text.get(start..end).is_some_and(|word| word.contains('='));
        let Some(first) = spans.first().copied() else { return };
        if !has_equals(first) {
            let (key, value) = words::first(text, start, end);
            let key = self.word(key.0, key.1);
            let value = value.map(|(start, end)| self.word(start, end));
            if value.is_none() {
                self.problems.push(LocalProblem {
                    range: key.range,
                    message: format!("{keyword} needs a value for {0}: write {0}=value", shown(&key.text)),
                });
            }
            arguments.words.push(key.clone());
            arguments.words.extend(value.clone());
            arguments.pairs.push(Pair { key, value, legacy: true });
            return;
        }
        for (start, end) in spans {
            let word = self.word(start, end);
            if !has_equals((start, end)) {
                self.problems.push(LocalProblem {
                    range: word.range,
                    message: format!(
                        "there is no = in {}: write name=value, and put a value with spaces in quotes",
                        shown(&word.text)
                    ),
                });
            }
            arguments.words.push(word);
            arguments.pairs.push(self.pair(start, end));
        }
    }

    fn pair(&self, start: usize, end: usize) -> Pair {
        let equals = self.line.text().get(start..end).and_then(|word| word.find('='));
        Pair {
            key: self.word(start, equals.map_or(end, |at| start + at)),
            value: equals.map(|at| self.word(start + at + 1, end)),
            legacy: false,
        }
    }
}
