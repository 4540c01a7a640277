//! The opinion of an independent parser (the `dockerfile-parser` crate) on a result. Never the authority.
//!
//! It knows no heredocs and refuses a quarter of valid files, so it is heard only where it accepts the file as it was.

use dockerfile_parser::Dockerfile;
use semantic::Model;

/// What it has against a result, as the rest of a sentence about the rewritten file: it accepts the file as it was but not the result,
/// or sees other stages in the result than `model` has.
pub(crate) fn objection(before: &str, after: &str, model: &Model) -> Option<String> {
    Dockerfile::parse(before).ok()?;
    let Ok(result) = Dockerfile::parse(after) else {
        return Some("is refused by a second, independent parser".to_owned());
    };
    let theirs: Vec<_> = result.iter_stages().map(|stage| stage.name).collect();
    let ours: Vec<_> =
        model.stages.iter().map(|stage| stage.name.as_ref().map(|name| name.raw.clone())).collect();
    // It keeps names as written in some versions of a file and lower-cased in others: case is not what it is asked about.
    let folded = |names: Vec<Option<String>>| {
        names.into_iter().map(|name| name.map(|name| name.to_lowercase())).collect::<Vec<_>>()
    };
    (folded(theirs) != folded(ours)).then(|| "has other stages for a second, independent parser".to_owned())
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use syntax::Document;

    use super::*;

    fn check(before: &str, after: &str, read_as: &str) -> Option<String> {
        objection(before, after, &Model::new(&Document::new(read_as), &Facts::default()))
    }

    #[test]
    fn a_result_that_it_accepts() {
        let after = "FROM a AS Build\nRUN x\nFROM b\nCOPY --from=Build /x /x\n";
        assert_eq!(check("FROM a\nRUN x\n", after, after), None);
    }

    #[test]
    fn a_result_that_it_refuses() {
        let after = "FROM a\nENV\n";
        assert!(check("FROM a\nRUN x\n", after, after).unwrap().contains("refused"));
        // What it refuses already as it was, it is not asked about.
        assert_eq!(check("FROM a\nENV\n", after, after), None);
    }

    #[test]
    fn a_result_in_which_it_sees_other_stages() {
        let after = "FROM a AS x\nRUN y\n";
        assert!(check("FROM a\n", after, "FROM a\nFROM b\n").unwrap().contains("other stages"));
    }
}
