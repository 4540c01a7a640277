//! Caches outside of the builder, as `docker buildx build --cache-from` and `--cache-to` name them.
//!
//! Source: `ParseCacheEntry` in `util/buildflags` of docker/buildx.

use std::collections::BTreeMap;

/// One such cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheSpec {
    /// `registry`, `inline` and what else the builder knows.
    pub kind: String,
    /// What more there is to say, such as `ref` and `mode`.
    pub attributes: BTreeMap<String, String>,
}

impl CacheSpec {
    /// Reads `type=registry,ref=IMAGE`, or an image's name alone.
    ///
    /// # Errors
    /// One line that says which form there is, or that a cache of this kind cannot be served from here.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.contains('=') && !text.is_empty() && !text.contains(',') {
            let attributes = [("ref".to_owned(), text.to_owned())].into();
            return Ok(Self { kind: "registry".to_owned(), attributes });
        }
        let (mut kind, mut attributes) = (None, BTreeMap::new());
        for field in text.split(',') {
            match field.split_once('=').map(|(name, value)| (name.trim().to_lowercase(), value)) {
                Some((name, value)) if name == "type" => kind = Some(value.to_owned()),
                Some((name, value)) => drop(attributes.insert(name, value.to_owned())),
                None => {
                    return Err(format!(
                        "`{field}` in {text} is no NAME=VALUE; write type=registry,ref=IMAGE"
                    ));
                }
            }
        }
        match kind {
            Some(kind) if kind == "local" => Err(format!(
                "{text}: a cache in a folder needs files that the builder writes here, which Layerwise does not serve; write \
                 type=registry,ref=IMAGE or type=inline"
            )),
            Some(kind) if !kind.is_empty() => Ok(Self { kind, attributes }),
            _ => Err(format!("{text} names no type; write type=registry,ref=IMAGE")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        match CacheSpec::parse(text) {
            Ok(spec) => format!("{} {:?}", spec.kind, spec.attributes),
            Err(message) => message,
        }
    }

    #[test]
    fn an_image_alone_is_a_registrys() {
        assert_eq!(check("host:5000/a/b:1"), r#"registry {"ref": "host:5000/a/b:1"}"#);
        assert_eq!(check("type=registry,ref=a,mode=max"), r#"registry {"mode": "max", "ref": "a"}"#);
        assert_eq!(check("Type=inline"), "inline {}");
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_form_that_works() {
        for text in ["", "ref=a", "type=registry,a", "type=local,dest=x", "type="] {
            assert!(check(text).contains("write type=registry,ref=IMAGE"), "{text}: {}", check(text));
        }
    }
}
