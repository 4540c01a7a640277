//! Profiles: which rules run where nobody selects any, and how severe they are.
//!
//! A profile named after another linter is that linter's choice: what it does not report is not found, and what it does has the severity
//! that it has there.

use crate::report::is_build_check;
use crate::rule::{Finding, Rule, Severity};

/// Which rules run where nothing else says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// What breaks, leaks, slows or bloats.
    #[default]
    Default,
    /// Every rule but those that a careful author breaks on purpose.
    Strict,
    /// What hadolint reports by itself, as severe as there.
    Hadolint,
    /// What BuildKit's own checks report by themselves: all of it warnings.
    BuildKit,
}

/// hadolint's rules that it runs by itself, with their severities (release 2.15). Its `style` is a hint.
const HADOLINT: [(&str, Severity); 65] = {
    use Severity::{Error, Hint, Info, Warning};
    [
        ("DL3000", Error),
        ("DL3001", Info),
        ("DL3002", Warning),
        ("DL3003", Warning),
        ("DL3004", Error),
        ("DL3006", Warning),
        ("DL3007", Warning),
        ("DL3008", Warning),
        ("DL3009", Info),
        ("DL3010", Info),
        ("DL3011", Error),
        ("DL3012", Error),
        ("DL3013", Warning),
        ("DL3014", Warning),
        ("DL3015", Info),
        ("DL3016", Warning),
        ("DL3018", Warning),
        ("DL3019", Info),
        ("DL3020", Error),
        ("DL3021", Error),
        ("DL3022", Warning),
        ("DL3023", Error),
        ("DL3024", Error),
        ("DL3025", Warning),
        ("DL3026", Error),
        ("DL3027", Warning),
        ("DL3028", Warning),
        ("DL3029", Warning),
        ("DL3030", Warning),
        ("DL3032", Warning),
        ("DL3033", Warning),
        ("DL3034", Warning),
        ("DL3035", Warning),
        ("DL3036", Warning),
        ("DL3037", Warning),
        ("DL3038", Warning),
        ("DL3040", Warning),
        ("DL3041", Warning),
        ("DL3042", Warning),
        ("DL3043", Error),
        ("DL3044", Error),
        ("DL3045", Warning),
        ("DL3046", Warning),
        ("DL3047", Info),
        ("DL3048", Hint),
        ("DL3049", Info),
        ("DL3050", Info),
        ("DL3051", Warning),
        ("DL3052", Warning),
        ("DL3053", Warning),
        ("DL3054", Warning),
        ("DL3055", Warning),
        ("DL3056", Warning),
        ("DL3058", Warning),
        ("DL3059", Info),
        ("DL3060", Info),
        ("DL3061", Error),
        ("DL3062", Warning),
        ("DL3063", Warning),
        ("DL3064", Warning),
        ("DL3065", Warning),
        ("DL3066", Info),
        ("DL3067", Warning),
        ("DL4000", Error),
        ("DL4001", Warning),
    ]
};

/// The rest of them.
const HADOLINT_SHELL: [(&str, Severity); 4] = [
    ("DL4003", Severity::Warning),
    ("DL4004", Severity::Error),
    ("DL4005", Severity::Warning),
    ("DL4006", Severity::Warning),
];

/// Rules that run in every profile: a file that no builder reads, or that is not ours to read.
const ALWAYS: [&str; 2] = ["syntax-problem", "foreign-frontend"];

/// ShellCheck, which is a part of hadolint.
const SHELL_CHECK: &str = "shell-script-problem";

/// What [`Profile::Strict`] leaves out: comments that suppress findings are how one lives with strict rules.
const NOT_STRICT: [&str; 1] = ["findings-suppressed"];

/// BuildKit's checks that run only where somebody asks for them.
pub(crate) const EXPERIMENTAL: [&str; 1] = ["InvalidDefinitionDescription"];

impl Profile {
    /// The names in settings.
    pub const NAMES: [&'static str; 4] = ["default", "strict", "hadolint", "buildkit"];

    /// The profile of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Default, Self::Strict, Self::Hadolint, Self::BuildKit];
        Self::NAMES.into_iter().zip(all).find_map(|(known, profile)| (known == name).then_some(profile))
    }

    /// Whether the rule runs.
    pub(crate) fn has(self, rule: &Rule) -> bool {
        match self {
            Self::Default => rule.on_by_default,
            Self::Strict => !NOT_STRICT.contains(&rule.code),
            Self::Hadolint | Self::BuildKit => {
                self.has_as_it_is(rule.code) || self.severity_of_any(rule.aliases).is_some()
            }
        }
    }

    /// How severe a finding is; none where the profile does not have it.
    pub(crate) fn severity(self, finding: &Finding) -> Option<Severity> {
        match self {
            Self::Default | Self::Strict => Some(finding.severity),
            Self::Hadolint | Self::BuildKit => {
                let own = || self.has_as_it_is(finding.code).then_some(finding.severity);
                self.severity_of_any(&finding.aliases).or_else(own)
            }
        }
    }

    /// Whether findings of the rule are kept with their own severity.
    fn has_as_it_is(self, code: &str) -> bool {
        ALWAYS.contains(&code) || self == Self::Hadolint && code == SHELL_CHECK
    }

    /// The severity of the first of a peer's codes that the profile has.
    fn severity_of_any(self, aliases: &[&str]) -> Option<Severity> {
        aliases.iter().find_map(|alias| match self {
            Self::Hadolint => hadolint_severity(alias),
            _ => (is_build_check(alias) && !EXPERIMENTAL.contains(alias)).then_some(Severity::Warning),
        })
    }
}

fn hadolint_severity(code: &str) -> Option<Severity> {
    let mut known = HADOLINT.iter().chain(&HADOLINT_SHELL);
    known.find_map(|(name, severity)| (*name == code).then_some(*severity))
}

#[cfg(test)]
mod tests {
    use semantic::Facts;

    use super::*;
    use crate::catalogue::{REGISTRY, find_all};
    use crate::settings::Settings;
    use crate::tests::findings_of;

    /// `code severity` of what a profile finds in a text.
    fn found(profile: &str, text: &str) -> Vec<String> {
        let profile = Profile::from_name(profile).unwrap();
        let found = findings_of(text, &Facts::default(), &Settings { profile, ..Settings::default() });
        found.iter().map(|finding| format!("{} {}", finding.code, finding.severity.as_str())).collect()
    }

    #[test]
    fn every_code_of_hadolint_has_a_rule() {
        for (code, _) in HADOLINT.iter().chain(&HADOLINT_SHELL) {
            assert!(find_all(code).next().is_some(), "{code}");
        }
    }

    #[test]
    fn one_file_in_four_profiles() {
        let text = "FROM debian as Build\nRUN apt-get install curl\nRUN cd /x && wget a\nARG TOKEN\n";
        assert_eq!(
            found("buildkit", text),
            ["from-as-casing warning", "stage-name-casing warning", "secret-in-arg-or-env warning"]
        );
        let hadolint = found("hadolint", text);
        for expected in [
            "base-image-without-version warning",
            "install-asks-for-confirmation warning",
            "package-version-not-pinned warning",
            "recommended-packages-installed info",
            "directory-changed-in-run warning",
            "secret-in-arg-or-env warning",
        ] {
            assert!(hadolint.iter().any(|found| found == expected), "{expected}: {hadolint:?}");
        }
        assert!(!hadolint.iter().any(|found| found.starts_with("stage-name-casing")), "{hadolint:?}");
        let (default, strict) = (found("default", text), found("strict", text));
        assert!(default.iter().all(|found| strict.contains(found)), "{strict:?}");
        assert!(strict.len() > default.len());
    }

    #[test]
    fn a_file_that_does_not_parse_is_told_in_all() {
        for profile in Profile::NAMES {
            assert_eq!(found(profile, "FROM a:1\nRUNN x\n"), ["syntax-problem error"], "{profile}");
        }
    }

    #[test]
    fn selected_rules_win_over_the_profile() {
        let text = "FROM debian:12\nENV A b\n";
        let settings = |select: &[&str]| Settings {
            profile: Profile::Hadolint,
            select: select.iter().map(|name| (*name).to_owned()).collect(),
            ..Settings::default()
        };
        let codes = |settings: &Settings| -> Vec<&str> {
            findings_of(text, &Facts::default(), settings).iter().map(|finding| finding.code).collect()
        };
        assert_eq!(codes(&settings(&[])), [""; 0]);
        assert_eq!(codes(&settings(&["LegacyKeyValueFormat"])), ["legacy-key-value-format"]);
    }

    #[test]
    fn the_default_profile_is_what_is_on_by_default() {
        assert!(REGISTRY.iter().all(|rule| Profile::Default.has(rule) == rule.on_by_default));
    }
}
