//! The names of BuildKit's vertices: `[linux/arm64 build 2/5] RUN npm ci`.
//!
//! Source: `dockerfile2llb/convert.go`, `prefixCommand`.

/// What the brackets of a vertex's name say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StepNumber {
    /// The stage's name; absent in a build of one stage.
    pub(crate) stage: Option<String>,
    /// Position among the stage's counted instructions, from 1.
    pub(crate) number: u32,
    /// How many there are.
    pub(crate) total: u32,
}

/// Reads the brackets at the start of a vertex's name; absent for `[internal] …` and names of other kinds.
pub(crate) fn step_number(name: &str) -> Option<StepNumber> {
    let inside = name.strip_prefix('[')?.split_once(']')?.0;
    let (before, last) = inside.rsplit_once(' ').unwrap_or(("", inside));
    let (number, total) = last.split_once('/')?;
    let (number, total) = (number.parse().ok()?, total.parse().ok()?);
    // A platform comes first in builds for several; stage names hold no slash.
    let stage = before.split_whitespace().find(|word| !word.contains('/')).map(str::to_owned);
    Some(StepNumber { stage, number, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_give_stage_and_number() {
        let number = |stage: Option<&str>, number, total| {
            Some(StepNumber { stage: stage.map(str::to_owned), number, total })
        };
        for (name, expected) in [
            ("[2/5] RUN true", number(None, 2, 5)),
            ("[build  2/15] RUN true", number(Some("build"), 2, 15)),
            ("[stage-1 1/1] FROM x", number(Some("stage-1"), 1, 1)),
            ("[linux/arm64 build 2/5] RUN true", number(Some("build"), 2, 5)),
            ("[linux/amd64->arm64 2/5] RUN true", number(None, 2, 5)),
            ("[internal] load build context", None),
            ("exporting to image", None),
            ("[build 2/x] RUN", None),
            ("[", None),
        ] {
            assert_eq!(step_number(name), expected, "{name}");
        }
    }
}
