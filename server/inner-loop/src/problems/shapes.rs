//! The rules of all tools, with their templates read, and which of them a line has to be held against: for nearly every line, none.

use std::sync::OnceLock;

use super::marks::Marks;
use super::template::{Start, Template};
use super::tool::{Rule, Tool};
use super::tools::TOOLS;

/// A tool with its rules.
pub(super) struct Shaped {
    pub(super) tool: &'static Tool,
    pub(super) rules: Vec<(&'static Rule, Template)>,
}

/// All tools.
pub(super) struct Shapes {
    pub(super) tools: Vec<Shaped>,
    /// By the first byte of a line, the rules that begin something.
    by_first: Vec<Vec<Candidate>>,
    /// The same where a line also names a place.
    by_first_with_place: Vec<Vec<Candidate>>,
}

/// A rule that a line may fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// The position of its tool.
    pub(super) tool: usize,
    /// Its own among the tool's.
    pub(super) rule: usize,
    /// What is in all lines that fit.
    needs: Marks,
    /// How the name of a file ends that such a line begins with; any where there is none.
    files: &'static [&'static str],
}

impl Shapes {
    /// Read once.
    pub(super) fn get() -> &'static Self {
        static SHAPES: OnceLock<Shapes> = OnceLock::new();
        SHAPES.get_or_init(Self::read)
    }

    fn read() -> Self {
        let shaped = |tool: &&'static Tool| Shaped {
            tool,
            rules: tool.rules.iter().map(|rule| (rule, Template::new(rule.line))).collect(),
        };
        let tools: Vec<Shaped> = TOOLS.iter().map(shaped).collect();
        let mut by_first = vec![Vec::new(); 256];
        let mut by_first_with_place = vec![Vec::new(); 256];
        for (at, shaped) in tools.iter().enumerate() {
            for (number, (rule, template)) in shaped.rules.iter().enumerate() {
                if !rule.does.starts() {
                    continue;
                }
                let start = template.start();
                let is_told = template.begins_with_file() && !rule.files.contains(&"/");
                let files = if is_told { rule.files } else { &[] };
                let candidate = Candidate { tool: at, rule: number, needs: template.needs(), files };
                for first in 0..=u8::MAX {
                    let begins = match start {
                        Start::Byte(byte) => byte == first,
                        Start::Capital => first.is_ascii_uppercase(),
                        Start::Blank => first == b' ' || first == b'\t',
                        Start::Digit => first.is_ascii_digit(),
                        // A path in the open begins with none of these.
                        Start::Any => !first.is_ascii_whitespace(),
                    };
                    if !begins {
                        continue;
                    }
                    by_first_with_place[usize::from(first)].push(candidate);
                    if start != Start::Any {
                        by_first[usize::from(first)].push(candidate);
                    }
                }
            }
        }
        Self { tools, by_first, by_first_with_place }
    }

    /// The rules that may begin something at this line, tool by tool.
    pub(super) fn at<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Candidate> + use<'a> {
        let (marks, ends) = Marks::of(line.as_bytes());
        let table = if marks.name_place() { &self.by_first_with_place } else { &self.by_first };
        let candidates = line.bytes().next().map_or(&[][..], |first| &table[usize::from(first)]);
        let may_fit = move |candidate: &&Candidate| {
            marks.have(candidate.needs)
                && (candidate.files.is_empty() || candidate.files.iter().any(|end| ends.have(line, end)))
        };
        candidates.iter().filter(may_fit).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_lines_are_held_against_few_rules() {
        let count = |line: &str| Shapes::get().at(line).count();
        assert_eq!(count(""), 0);
        assert!(count("Collecting größe==1.2.3") <= 2, "{}", count("Collecting größe==1.2.3"));
        assert!(count("   Compiling layerwise v0.1.0") <= 24, "{}", count("   Compiling layerwise v0.1.0"));
        assert!(count("src/main.c:3:5: error: x") > 2);
    }

    #[test]
    fn a_tool_is_held_in_a_bit() {
        assert!(Shapes::get().tools.len() <= 64);
    }
}
