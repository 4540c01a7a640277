//! Targets by number, which BuildKit does not know: it finds a stage by its name alone.

use std::borrow::Cow;

use semantic::{Facts, Model, Stage};
use syntax::Document;

use crate::request::BuildRequest;

/// The request as BuildKit takes it: a stage that is asked for by number is asked for by name. The last stage is what is built
/// without a target; any other one without a name gets, in the text that is sent, the name that BuildKit shows for it (`stage-0`).
#[must_use]
pub fn with_named_target(request: &BuildRequest) -> Cow<'_, BuildRequest> {
    let Some(number) = request.target.as_deref().and_then(|target| target.parse::<usize>().ok()) else {
        return Cow::Borrowed(request);
    };
    let model = Model::new(&Document::new(&request.dockerfile_text), &Facts::default());
    let Some(stage) = model.stages.get(number) else { return Cow::Borrowed(request) };
    let mut named = request.clone();
    named.target = match &stage.name {
        Some(name) => Some(name.raw.clone()),
        None if number + 1 == model.stages.len() => None,
        None => {
            add_name(&mut named.dockerfile_text, stage);
            Some(stage.display_name())
        }
    };
    Cow::Owned(named)
}

/// Names a stage behind its image. A FROM without an image is refused by BuildKit as it is.
fn add_name(text: &mut String, stage: &Stage) {
    let end = stage.image.range.end as usize;
    if !stage.image.raw.is_empty() && text.is_char_boundary(end) {
        text.insert_str(end, &format!(" AS {}", stage.display_name()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, expected_target: Option<&str>, expected_first_line: &str) {
        let text = "FROM --platform=linux/amd64 alpine\nRUN a\nFROM b AS Two\nFROM c\nRUN d\n";
        let request = BuildRequest {
            target: Some(target.to_owned()),
            dockerfile_text: text.to_owned(),
            ..BuildRequest::default()
        };
        let named = with_named_target(&request);
        assert_eq!(named.target.as_deref(), expected_target, "{target}");
        let (first, rest) = named.dockerfile_text.split_once('\n').unwrap();
        assert_eq!(first, expected_first_line, "{target}");
        assert_eq!(rest, text.split_once('\n').unwrap().1, "{target}");
    }

    #[test]
    fn numbers_become_what_buildkit_finds() {
        let as_written = "FROM --platform=linux/amd64 alpine";
        check("0", Some("stage-0"), "FROM --platform=linux/amd64 alpine AS stage-0");
        check("1", Some("Two"), as_written);
        check("2", None, as_written);
        check("two", Some("two"), as_written);
        check("7", Some("7"), as_written);
    }
}
