//! The stage whose build runs the tests.

use std::borrow::Cow;

use semantic::{Model, Stage};

/// The name of the stage that is called so where nobody names another.
const USUAL: &str = "test";

/// What a build of the test stage names as its target: `named`, which is a name or a number, else the stage that is called `test`.
///
/// # Errors
/// One line that says which stages there are.
pub fn test_stage(model: &Model, named: Option<&str>) -> Result<String, String> {
    if let Some(name) = named {
        return match model.target(name) {
            Some(_) => Ok(name.to_owned()),
            None => Err(format!("there is no stage `{name}`; {}", list(model))),
        };
    }
    // A number would be found by that name, and is none.
    let usual = model.stages.iter().rfind(|stage| stage.lower_name().as_deref() == Some(USUAL));
    usual.map(name).ok_or_else(|| {
        format!(
            "no stage is called `{USUAL}`: name the one that runs the tests as the target, or with the setting test.target; {}",
            list(model)
        )
    })
}

fn name(stage: &Stage) -> String {
    stage.lower_name().map_or_else(|| stage.index.to_string(), Cow::into_owned)
}

fn list(model: &Model) -> String {
    let names: Vec<String> = model.stages.iter().map(name).collect();
    if names.is_empty() {
        "the file has none yet".to_owned()
    } else {
        format!("there are {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use syntax::Document;

    use super::*;

    #[track_caller]
    fn check(text: &str, named: Option<&str>, expected: Result<&str, &str>) {
        let model = Model::new(&Document::new(text), &Facts::default());
        match (test_stage(&model, named), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn the_stage_is_the_named_one_else_the_one_called_test() {
        let text = "FROM a AS build\r\nFROM build AS Test\r\nRUN größe\r\nFROM scratch\r\n";
        check(text, None, Ok("test"));
        check(text, Some("BUILD"), Ok("BUILD"));
        check(text, Some("2"), Ok("2"));
        check(text, Some("tset"), Err("there is no stage `tset`; there are build, test, 2"));
    }

    #[test]
    fn without_one_it_is_said_how_to_name_it() {
        check("FROM a AS tests\n", None, Err("test.target; there are tests"));
        check("", None, Err("the file has none yet"));
        check("FROM a AS te", None, Err("there are te"));
    }
}
