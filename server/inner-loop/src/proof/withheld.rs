//! Values that are looked for and never shown.

use std::fmt;

/// Secrets' values, each once. Their `Debug` tells how many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Withheld(Vec<String>);

impl Withheld {
    /// The shortest value that is looked for: a shorter one is found everywhere by chance.
    pub const SHORTEST: usize = 6;

    /// Adds a value. What is too short to be told from chance is left out.
    pub fn add(&mut self, value: impl Into<String>) {
        let value = value.into();
        let value = value.trim();
        if value.len() >= Self::SHORTEST && !self.0.iter().any(|known| known == value) {
            self.0.push(value.to_owned());
        }
    }

    /// Adds the secrets in a text: all of it where it is one line, else what its lines give as a token, a password or the like.
    pub fn add_text(&mut self, text: &str) {
        let text = text.trim();
        if !text.contains('\n') && !text.contains('=') {
            return self.add(text);
        }
        for line in text.lines() {
            let Some((name, value)) = line.split_once('=') else { continue };
            let name = name.to_lowercase();
            if ["token", "auth", "password", "passwd", "secret", "key"].iter().any(|word| name.contains(word))
            {
                self.add(value.trim().trim_matches(['"', '\'']));
            }
        }
        if text.lines().count() == 1 {
            self.add(text);
        }
    }

    /// The values, for those who search.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with every value in it hidden.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, value| text.replace(value, "••••••••"))
    }
}

impl fmt::Debug for Withheld {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} withheld", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_hidden_and_never_told() {
        let mut withheld = Withheld::default();
        for value in ["hunter2 \n", "hunter2", "short"] {
            withheld.add(value);
        }
        assert_eq!(withheld.values().collect::<Vec<_>>(), ["hunter2"]);
        assert_eq!(withheld.hide("login hunter2 ☃"), "login •••••••• ☃");
        assert_eq!(format!("{withheld:?}"), "1 withheld");
    }

    #[test]
    fn files_of_settings_hold_secrets_beside_other_things() {
        let values = |text: &str| {
            let mut withheld = Withheld::default();
            withheld.add_text(text);
            withheld.values().map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(values("npm_abcdef\r\n"), "npm_abcdef");
        assert_eq!(
            values("registry=https://registry.npmjs.org/\n//npm.example.com/:_authToken=\"npm_abcdef\"\n"),
            "npm_abcdef"
        );
        assert_eq!(
            values("//npm.example.com/:_authToken=npm_abc"),
            "npm_abc //npm.example.com/:_authToken=npm_abc"
        );
    }
}
