//! Named contexts in the place of a stage or an image: `--build-context NAME=…`, Compose's `additional_contexts`, Bake's `contexts`.
//!
//! A context of a stage's name takes the place of the whole stage, whichever way it is named (`noinit` of BuildKit's
//! `dockerfile2llb/convert.go`); one of an image's name takes the place of that image (`frontend/dockerui/namedcontext.go`). A stage comes
//! before an image of its name, so that the context counts first, then the stage, then the image.

use crate::base::Base;
use crate::facts::callers::{Caller, Setting, same_context};

/// What all who build the file put in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Where the settings of what is built on it come from: an image; nothing, for files have no settings; or what is not known.
    pub settings: Base,
    /// Whether it is files alone: a folder, or what the builder fetches from an address.
    pub is_files: bool,
}

impl Replacement {
    /// What all callers put in the place of a name; nothing where one of them builds or pulls what the file says.
    pub(crate) fn of(callers: &[Caller], name: &str) -> Option<Self> {
        let given = |caller: &Caller| {
            let mut contexts = caller.build.contexts.iter();
            contexts.find(|(known, _)| same_context(known, name)).map(|(_, setting)| Self::new(setting))
        };
        let mut all = callers.iter().map(given);
        let first = all.next()??;
        for other in all {
            if other? != first {
                return Some(Self::unknown());
            }
        }
        Some(first)
    }

    fn new(setting: &Setting) -> Self {
        let Setting::Known(place) = setting else { return Self::unknown() };
        if let Some(image) = place.strip_prefix("docker-image://") {
            return Self { settings: Base::Image(image.to_owned()), is_files: false };
        }
        let built = ["service:", "target:", "oci-layout://", "input:"];
        if built.iter().any(|scheme| place.starts_with(scheme)) {
            return Self::unknown();
        }
        Self { settings: Base::Scratch, is_files: true }
    }

    fn unknown() -> Self {
        Self { settings: Base::Unknown, is_files: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::callers::{CallerBuild, CallerKind};

    fn caller(contexts: &[(&str, &str)]) -> Caller {
        let setting = |place: &str| match place {
            "?" => Setting::Unknown("why".to_owned()),
            place => Setting::Known(place.to_owned()),
        };
        let contexts = contexts.iter().map(|(name, place)| ((*name).to_owned(), setting(place))).collect();
        Caller {
            kind: CallerKind::Compose,
            file: "/p/compose.yaml".to_owned(),
            shown_file: "compose.yaml".to_owned(),
            line: 0,
            name: "web".to_owned(),
            build: CallerBuild { contexts, ..CallerBuild::default() },
        }
    }

    #[test]
    fn what_all_put_in_a_place_is_there() {
        let files = Replacement { settings: Base::Scratch, is_files: true };
        let image = Replacement { settings: Base::Image("b:1".to_owned()), is_files: false };
        let of = |given: &[&[(&str, &str)]], name: &str| {
            let callers: Vec<Caller> = given.iter().map(|contexts| caller(contexts)).collect();
            Replacement::of(&callers, name)
        };
        assert_eq!(of(&[&[("Deps", "/p/libs")]], "deps"), Some(files.clone()));
        assert_eq!(of(&[&[("a", "https://example.com/x.git")]], "a"), Some(files));
        assert_eq!(of(&[&[("node", "docker-image://b:1")]], "docker.io/library/node:latest"), Some(image));
        for place in ["target:x", "service:x", "?"] {
            assert_eq!(of(&[&[("a", place)]], "a"), Some(Replacement::unknown()), "{place}");
        }
        assert_eq!(of(&[&[("a", "/x")], &[("a", "docker-image://y")]], "a"), Some(Replacement::unknown()));
        assert_eq!(of(&[&[("a", "/x")], &[]], "a"), None);
        assert_eq!(of(&[&[("a", "/x")]], "b"), None);
        assert_eq!(of(&[], "a"), None);
    }

    /// The values of `$X` in each RUN, what each stage stands on, and what is built for the last one.
    fn check(text: &str, place: &str, expected: &str) {
        let callers = vec![caller(&[("deps", place)])];
        let mut facts = crate::Facts { callers, ..crate::Facts::default() };
        let environment = [("X".to_owned(), "of c".to_owned())].into();
        let image =
            crate::ImageFacts { environment, workdir: "/c".to_owned(), ..crate::ImageFacts::default() };
        facts.base_images.insert("c:1".to_owned(), image);
        let document = syntax::Document::new(text);
        let model = crate::Model::new(&document, &facts);
        let stages = model.stages.iter().map(|stage| {
            let items = stage.instructions.iter().filter(|item| item.as_run().is_some());
            let seen = items
                .map(|item| format!("{:?} in {:?}", model.lookup(item.scope, "X"), item.workdir.known()));
            format!("{:?} {:?}", model.root(stage.index), seen.collect::<Vec<_>>())
        });
        let shown = format!("{}\nbuilt {:?}", stages.collect::<Vec<_>>().join("\n"), model.reachable(2));
        assert_eq!(shown, expected);
        // What was taken over from a version that nobody called says the same.
        let before = crate::Model::new(&document, &crate::Facts::default());
        let carried = crate::Model::carried(before, &document, &facts);
        let roots = |model: &crate::Model| (0..3).map(|stage| model.root(stage).clone()).collect::<Vec<_>>();
        assert_eq!(roots(&carried), roots(&model));
    }

    #[test]
    fn a_stage_that_is_replaced_hands_nothing_on() {
        let text = "FROM a AS Deps\r\nENV X=\u{fc}\r\nWORKDIR /d\r\nRUN x\r\nFROM deps AS build\r\nRUN y\r\nFROM b\r\nCOPY --from=0 / /\r\nCOPY --from=build / /\r\n";
        check(
            text,
            "/p/libs",
            "Image(\"a\") [\"Value(\\\"\u{fc}\\\") in Some(\\\"/d\\\")\"]\nScratch [\"Unset in Some(\\\"/\\\")\"]\nImage(\"b\") []\nbuilt [1, 2]",
        );
        check(
            text,
            "docker-image://c:1",
            "Image(\"a\") [\"Value(\\\"\u{fc}\\\") in Some(\\\"/d\\\")\"]\nImage(\"c:1\") [\"Value(\\\"of c\\\") in Some(\\\"/c\\\")\"]\nImage(\"b\") []\nbuilt [1, 2]",
        );
        check(
            &text.replace("AS Deps", "AS other").replace("FROM deps", "FROM other"),
            "/p/libs",
            "Image(\"a\") [\"Value(\\\"\u{fc}\\\") in Some(\\\"/d\\\")\"]\nImage(\"a\") [\"Value(\\\"\u{fc}\\\") in Some(\\\"/d\\\")\"]\nImage(\"b\") []\nbuilt [0, 1, 2]",
        );
    }
}
