//! Names of variables that hold secrets. Values are never looked at.

/// Words that make a name one of a secret, as the builder's own check has them.
const WORDS: [&str; 11] = [
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
    "passphrase",
];

/// Whether a variable of this name holds a secret: one of its parts says so, and none says that it is public.
pub(crate) fn is_secret(name: &str) -> bool {
    let lower = name.to_lowercase();
    let parts = || lower.split('_');
    parts().any(|part| WORDS.contains(&part)) && !parts().any(|part| part == "public")
}

/// Whether it is a token with which packages are fetched.
pub(crate) fn is_registry_token(name: &str) -> bool {
    let upper = name.to_uppercase();
    let of_registry = [
        "NPM",
        "NODE",
        "YARN",
        "PNPM",
        "GITHUB",
        "GH",
        "GITLAB",
        "CI",
        "REGISTRY",
        "ARTIFACTORY",
        "NEXUS",
        "FONTAWESOME",
    ];
    is_secret(name) && upper.split('_').any(|part| of_registry.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_the_parts_of_a_name() {
        for name in ["NPM_TOKEN", "token", "AWS_SECRET_ACCESS_KEY", "db_password", "API_KEY"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["PUBLIC_KEY", "TOKENIZER", "KEYBOARD", "AUTHOR", "VERSION"] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(is_registry_token("NPM_TOKEN") && !is_registry_token("API_TOKEN"));
    }
}
