//! The variable under the cursor, and who puts its value there.

use semantic::Lookup;
use semantic::expand::expand_word;
use syntax::{Form, Keyword, LocalRange, TextRange, Word};

use crate::hover::spot::Spot;

/// A variable under the cursor.
pub(super) struct Used {
    pub(super) name: String,
    /// From the `$` on.
    pub(super) range: TextRange,
    pub(super) reader: Reader,
}

/// Who puts the value in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The builder, before the step runs.
    Builder,
    /// The shell of a RUN.
    BuildShell,
    /// The shell of a container that starts.
    ContainerShell,
    /// Nobody: a JSON list that starts no shell.
    Nobody,
}

/// The use of a variable at this place.
pub(super) fn used_at(spot: &Spot<'_>) -> Option<Used> {
    let instruction = &spot.instruction;
    if let Some(used) = in_flags(spot) {
        return Some(used);
    }
    let is_command = matches!(
        instruction.keyword,
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
    );
    if is_command {
        return in_command(spot);
    }
    if matches!(
        instruction.keyword,
        Keyword::Shell | Keyword::Maintainer | Keyword::Onbuild | Keyword::Unknown
    ) {
        return None;
    }
    if matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
        && let Some(used) = in_body(spot)
    {
        return Some(used);
    }
    let (index, word) = spot.word()?;
    // The name behind AS is taken as it is.
    (instruction.keyword != Keyword::From || index == 0).then(|| in_word(spot, word)).flatten()
}

/// Flags are expanded by the builder, but for `--from`.
fn in_flags(spot: &Spot<'_>) -> Option<Used> {
    let flag = spot.instruction.flags.iter().find(|flag| spot.is_on(flag.range))?;
    let value = flag.value.as_ref().filter(|_| flag.name != "from")?;
    in_word(spot, value)
}

fn in_word(spot: &Spot<'_>, word: &Word) -> Option<Used> {
    if !word.text.contains('$') {
        return None;
    }
    let escape = spot.view.model.document.escape();
    let uses = expand_word(&word.text, escape, |_| Lookup::Unknown).uses;
    let places = uses.into_iter().map(|used| (word.place(used.range.start, used.range.end), used.name));
    innermost(spot, places).map(|(range, name)| Used { name, range, reader: Reader::Builder })
}

fn in_command(spot: &Spot<'_>) -> Option<Used> {
    let instruction = &spot.instruction;
    let variables = instruction.shell().into_iter().flat_map(|script| &script.variables);
    let places = variables.map(|used| (used.range, used.name.clone()));
    let has_posix_shell = spot.item.is_some_and(semantic::StageInstruction::has_posix_shell);
    let is_list = instruction.arguments.form == Some(Form::Exec);
    let reader =
        if instruction.keyword == Keyword::Run { Reader::BuildShell } else { Reader::ContainerShell };
    if let Some((range, name)) = innermost(spot, places).filter(|_| has_posix_shell || is_list) {
        return Some(Used { name, range, reader });
    }
    let (_, word) = spot.word().filter(|_| is_list)?;
    in_word(spot, word).map(|used| Used { reader: Reader::Nobody, ..used })
}

/// Of the places under the cursor the one inside all others: `$Y` in `${X:-$Y}`.
fn innermost(
    spot: &Spot<'_>,
    places: impl Iterator<Item = (LocalRange, String)>,
) -> Option<(TextRange, String)> {
    let here = places.filter(|(range, _)| spot.is_on(*range));
    let (range, name) = here.min_by_key(|(range, _)| range.end - range.start)?;
    Some((spot.place(range), name))
}

/// A variable in the body of a heredoc that becomes a file. The builder expands it on its line.
fn in_body(spot: &Spot<'_>) -> Option<Used> {
    let mut heredocs = spot.instruction.heredocs.iter();
    let heredoc = heredocs.find(|heredoc| heredoc.expand && spot.is_on(heredoc.body))?;
    let source = &spot.instruction.source;
    let at = (spot.offset - spot.instruction.start) as usize;
    let line_start = source.get(..at)?.rfind('\n').map_or(0, |end| end + 1).max(heredoc.body.start as usize);
    let line = source.get(line_start..)?.lines().next()?;
    for (dollar, _) in line.match_indices('$') {
        let is_escaped = line[..dollar].ends_with(spot.instruction.escape);
        let rest = &line[dollar + 1..];
        let (name, end) = match rest.strip_prefix('{') {
            Some(inner) => (name_of(inner), dollar + 2 + inner.find('}').unwrap_or(inner.len()) + 1),
            None => (name_of(rest), dollar + 1 + name_of(rest).len()),
        };
        let (start, end) = (line_start + dollar, (line_start + end).min(source.len()));
        let range = LocalRange::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        if !is_escaped && !name.is_empty() && spot.is_on(range) {
            return Some(Used { name: name.to_owned(), range: spot.place(range), reader: Reader::Builder });
        }
    }
    None
}

/// The name that a text begins with.
fn name_of(text: &str) -> &str {
    let end =
        text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    let name = &text[..end];
    if name.starts_with(|first: char| first.is_ascii_digit()) { "" } else { name }
}

/// Whether the script gives the variable a value, by whatever means.
pub(super) fn is_assigned_in_script(spot: &Spot<'_>, name: &str) -> bool {
    let Some(script) = spot.instruction.shell() else { return false };
    let source = &spot.instruction.source;
    let is_name =
        |word: &str| word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
    script.statements.iter().any(|statement| {
        let assigned = statement.commands.iter().any(|command| {
            command.assignments.iter().any(|assignment| assignment.name == name)
                || (matches!(
                    command.program(),
                    Some("export" | "read" | "local" | "declare" | "readonly" | "getopts")
                ) && command.words.iter().skip(1).any(|word| is_name(&word.text)))
        });
        assigned || statement.range.of(source).contains(&format!("for {name} in"))
    })
}
