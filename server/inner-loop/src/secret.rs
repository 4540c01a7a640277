//! Secrets as `docker buildx build --secret` takes them: `id=ID[,src=FILE|,env=VAR]`.

use std::fmt;

use crate::request::{SecretSource, SecretSpec};

/// A secret's value. Its `Debug` does not tell it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(String);

impl SecretValue {
    /// Takes a value in.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for the builder alone.
    #[must_use]
    pub fn get(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(withheld)")
    }
}

impl SecretSpec {
    /// Reads a secret. Where only its id is given, its value is the environment variable of that name if `is_set` knows it, else the file
    /// of that name. Nothing is read here.
    ///
    /// # Errors
    /// One line that says which part is wrong. It quotes no value.
    pub fn parse(text: &str, is_set: impl Fn(&str) -> bool) -> Result<Self, String> {
        let (mut id, mut file, mut variable, mut kind) = (None, None, None, None);
        for field in text.split(',') {
            match field.split_once('=').map(|(key, value)| (key.trim(), value)) {
                Some(("id", value)) => id = Some(value),
                Some(("src" | "source", value)) => file = Some(value),
                Some(("env", value)) => variable = Some(value),
                Some(("type", value @ ("file" | "env"))) => kind = Some(value),
                Some((key, _)) => {
                    return Err(format!("a secret is id=ID[,src=FILE|,env=VAR], and {key} is none of them"));
                }
                None => return Err("a secret is id=ID[,src=FILE|,env=VAR]".to_owned()),
            }
        }
        let id = id
            .filter(|id| !id.is_empty())
            .ok_or("a secret needs an id: id=ID[,src=FILE|,env=VAR]")?
            .to_owned();
        let source = match (variable, file, kind) {
            (Some(name), _, _) | (None, Some(name), Some("env")) => {
                SecretSource::Environment(name.to_owned())
            }
            (None, Some(path), _) => SecretSource::File(path.into()),
            (None, None, Some("env")) => SecretSource::Environment(id.clone()),
            (None, None, None) if is_set(&id) => SecretSource::Environment(id.clone()),
            (None, None, _) => SecretSource::File(id.as_str().into()),
        };
        Ok(Self { id, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_as_buildx_reads_them() {
        let read = |text: &str| {
            SecretSpec::parse(text, |name| name == "SET").map(|secret| (secret.id, secret.source))
        };
        let file = |id: &str, path: &str| Ok((id.to_owned(), SecretSource::File(path.into())));
        let variable = |id: &str, name: &str| Ok((id.to_owned(), SecretSource::Environment(name.to_owned())));
        assert_eq!(read("id=npm,src=/run/token"), file("npm", "/run/token"));
        assert_eq!(read("type=file,id=npm,source=token"), file("npm", "token"));
        assert_eq!(read("id=npm,env=NPM_TOKEN"), variable("npm", "NPM_TOKEN"));
        assert_eq!(read("type=env,id=npm,src=NPM_TOKEN"), variable("npm", "NPM_TOKEN"));
        assert_eq!(read("id=SET"), variable("SET", "SET"));
        assert_eq!(read("id=token"), file("token", "token"));
        assert_eq!(read("type=env,id=token"), variable("token", "token"));
        for wrong in ["npm", "src=x", "id=", "id=x,value=hunter2"] {
            let message = read(wrong).unwrap_err();
            assert!(message.contains("id=ID") && !message.contains("hunter2"), "{message}");
        }
    }
}
