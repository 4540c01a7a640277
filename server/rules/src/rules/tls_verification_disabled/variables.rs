//! Variables that switch verification off.

/// A variable that switches verification off where it has a certain value.
pub(super) struct Variable {
    name: &'static str,
    /// Which values do it.
    values: Values,
    /// Whose verification it is.
    pub(super) of: &'static str,
    /// Checkov's code.
    pub(super) alias: Option<&'static str>,
}

enum Values {
    /// `0`, `false` and the like.
    False,
    /// Anything but nothing.
    Any,
}

const VARIABLES: &[Variable] = &[
    Variable { name: "PYTHONHTTPSVERIFY", values: Values::False, of: "Python", alias: Some("CKV2_DOCKER_5") },
    Variable {
        name: "NODE_TLS_REJECT_UNAUTHORIZED",
        values: Values::False,
        of: "Node",
        alias: Some("CKV2_DOCKER_6"),
    },
    Variable {
        name: "NPM_CONFIG_STRICT_SSL",
        values: Values::False,
        of: "npm",
        alias: Some("CKV2_DOCKER_12"),
    },
    Variable { name: "YARN_ENABLE_STRICT_SSL", values: Values::False, of: "Yarn", alias: None },
    Variable { name: "GIT_SSL_NO_VERIFY", values: Values::Any, of: "git", alias: Some("CKV2_DOCKER_14") },
    Variable { name: "PIP_TRUSTED_HOST", values: Values::Any, of: "pip", alias: Some("CKV2_DOCKER_16") },
    Variable { name: "CONDA_SSL_VERIFY", values: Values::False, of: "conda", alias: None },
    Variable { name: "PERL_LWP_SSL_VERIFY_HOSTNAME", values: Values::False, of: "Perl", alias: None },
];

/// The variable of a name, where this value switches verification off.
pub(super) fn variable(name: &str, value: &str) -> Option<&'static Variable> {
    // npm takes its settings in any case.
    let is_named = |known: &&Variable| {
        known.name == name || known.name.starts_with("NPM_CONFIG_") && known.name.eq_ignore_ascii_case(name)
    };
    let found = VARIABLES.iter().find(is_named)?;
    let is_off = match found.values {
        Values::False => matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off"),
        Values::Any => {
            !value.is_empty() && !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no")
        }
    };
    is_off.then_some(found)
}
