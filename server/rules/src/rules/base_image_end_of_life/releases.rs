//! Which releases have ended, as their makers said before this was written. A release that is not listed is not known to have ended.

use semantic::image_reference::ImageReference;

/// A release that has ended.
pub(super) struct Ended {
    /// The release as people call it.
    pub(super) release: String,
    /// The month of its end; absent where the image itself was given up.
    pub(super) since: Option<&'static str>,
    /// What to take in its place.
    pub(super) instead: &'static str,
}

/// A family of releases that go by numbers.
struct Family {
    /// The repository, without `library/`; a prefix where it ends with `/`.
    image: &'static str,
    /// What people call it.
    name: &'static str,
    /// The numbers that tell releases apart, with the month of their end. A release of one number is any with that number in front.
    ended: &'static [(&'static str, &'static str)],
    /// What comes before all of these had ended before the first of them.
    oldest: (u32, u32),
}

const DEBIAN: &[(&str, &str, &str)] = &[
    ("buster", "10", "June 2024"),
    ("stretch", "9", "June 2022"),
    ("jessie", "8", "June 2020"),
    ("wheezy", "7", "May 2018"),
    ("squeeze", "6", "February 2016"),
];

const UBUNTU: &[(&str, &str, &str)] = &[
    ("focal", "20.04", "May 2025"),
    ("bionic", "18.04", "May 2023"),
    ("xenial", "16.04", "April 2021"),
    ("trusty", "14.04", "April 2019"),
    ("precise", "12.04", "April 2017"),
    ("mantic", "23.10", "July 2024"),
    ("lunar", "23.04", "January 2024"),
    ("kinetic", "22.10", "July 2023"),
    ("impish", "21.10", "July 2022"),
    ("hirsute", "21.04", "January 2022"),
    ("groovy", "20.10", "July 2021"),
    ("eoan", "19.10", "July 2020"),
    ("disco", "19.04", "January 2020"),
    ("cosmic", "18.10", "July 2019"),
];

/// Code names of Node's long-term releases.
const NODE: &[(&str, &str)] = &[
    ("hydrogen", "18"),
    ("gallium", "16"),
    ("fermium", "14"),
    ("erbium", "12"),
    ("dubnium", "10"),
    ("carbon", "8"),
];

const FAMILIES: &[Family] = &[
    Family {
        image: "alpine",
        name: "Alpine",
        ended: &[
            ("3.19", "November 2025"),
            ("3.18", "May 2025"),
            ("3.17", "November 2024"),
            ("3.16", "May 2024"),
            ("3.15", "November 2023"),
            ("3.14", "May 2023"),
            ("3.13", "November 2022"),
            ("3.12", "May 2022"),
            ("3.11", "November 2021"),
            ("3.10", "May 2021"),
            ("3.9", "November 2020"),
        ],
        oldest: (3, 9),
    },
    Family {
        image: "fedora",
        name: "Fedora",
        ended: &[("40", "May 2025"), ("39", "November 2024"), ("38", "May 2024"), ("37", "December 2023")],
        oldest: (37, 0),
    },
    Family {
        image: "node",
        name: "Node",
        ended: &[
            ("23", "June 2025"),
            ("21", "June 2024"),
            ("20", "April 2026"),
            ("19", "June 2023"),
            ("18", "April 2025"),
            ("17", "June 2022"),
            ("16", "September 2023"),
            ("15", "June 2021"),
            ("14", "April 2023"),
            ("13", "June 2020"),
            ("12", "April 2022"),
            ("11", "June 2019"),
            ("10", "April 2021"),
            ("8", "December 2019"),
        ],
        oldest: (8, 0),
    },
    Family {
        image: "python",
        name: "Python",
        ended: &[
            ("3.9", "October 2025"),
            ("3.8", "October 2024"),
            ("3.7", "June 2023"),
            ("3.6", "December 2021"),
            ("3.5", "September 2020"),
            ("3.4", "March 2019"),
            ("2", "January 2020"),
        ],
        oldest: (2, 0),
    },
    Family {
        image: "ruby",
        name: "Ruby",
        ended: &[
            ("3.1", "March 2025"),
            ("3.0", "April 2024"),
            ("2.7", "March 2023"),
            ("2.6", "April 2022"),
            ("2.5", "April 2021"),
        ],
        oldest: (2, 5),
    },
    Family {
        image: "php",
        name: "PHP",
        ended: &[
            ("8.1", "December 2025"),
            ("8.0", "November 2023"),
            ("7.4", "November 2022"),
            ("7.3", "December 2021"),
            ("7.2", "November 2020"),
            ("7.1", "December 2019"),
            ("7.0", "January 2019"),
            ("5.6", "December 2018"),
        ],
        oldest: (5, 6),
    },
    Family {
        image: "postgres",
        name: "PostgreSQL",
        ended: &[
            ("13", "November 2025"),
            ("12", "November 2024"),
            ("11", "November 2023"),
            ("10", "November 2022"),
            ("9.6", "November 2021"),
        ],
        oldest: (9, 6),
    },
    Family {
        image: "mysql",
        name: "MySQL",
        ended: &[("5.7", "October 2023"), ("5.6", "February 2021")],
        oldest: (5, 6),
    },
    Family {
        image: "dotnet/",
        name: ".NET",
        ended: &[
            ("7.0", "May 2024"),
            ("6.0", "November 2024"),
            ("5.0", "May 2022"),
            ("3.1", "December 2022"),
            ("3.0", "March 2020"),
            ("2.2", "December 2019"),
            ("2.1", "August 2021"),
        ],
        oldest: (2, 1),
    },
];

/// The release of an image that has ended.
pub(super) fn ended(image: &ImageReference) -> Option<Ended> {
    let tag = image.effective_tag()?;
    let is_dotnet = image.registry == "mcr.microsoft.com" && image.repository.starts_with("dotnet/");
    let is_centos =
        matches!((image.registry.as_str(), image.repository.as_str()), ("quay.io", "centos/centos"));
    if !(image.is_official() || is_dotnet || is_centos) {
        return None;
    }
    let name = image.short_name();
    // What `openjdk` still gets are early releases.
    if matches!(name, "openjdk" | "java") && !tag.contains("-ea") {
        let instead = "Take `eclipse-temurin`, or another maker's.";
        return Some(Ended { release: format!("The image `{name}`"), since: None, instead });
    }
    if name == "centos" {
        return centos(tag, is_centos);
    }
    let mut parts = tag.split('-');
    let named = |list: &[(&str, &str, &'static str)], maker: &str| {
        let (code, number, since) = list.iter().find(|(code, number, _)| {
            tag.split('-').any(|part| part == *code)
                || name == maker.to_ascii_lowercase() && starts_with_number(tag, number)
        })?;
        Some(Ended { release: format!("{maker} {number} ({code})"), since: Some(since), instead: "" })
    };
    let number = parts.next().unwrap_or_default();
    let own = FAMILIES.iter().find(|family| {
        family.image == name
            || is_dotnet && family.image == "dotnet/" && !image.repository.contains("nightly")
    });
    let number = if name == "node" {
        let code = tag.split('-').find_map(|part| NODE.iter().find(|(code, _)| *code == part));
        code.map_or(number, |(_, number)| number)
    } else {
        number
    };
    own.and_then(|family| family.release(number))
        .or_else(|| named(DEBIAN, "Debian"))
        .or_else(|| named(UBUNTU, "Ubuntu"))
}

fn centos(tag: &str, is_stream: bool) -> Option<Ended> {
    let since = match tag {
        _ if tag.contains("stream8") => "May 2024",
        _ if tag.contains("stream") || is_stream => return None,
        _ if starts_with_number(tag, "7") || tag.starts_with("centos7") => "June 2024",
        _ if starts_with_number(tag, "6") || tag.starts_with("centos6") => "November 2020",
        _ => "December 2021",
    };
    Some(Ended {
        release: format!("CentOS {}", tag.trim_start_matches("centos")),
        since: Some(since),
        instead: "",
    })
}

impl Family {
    fn release(&self, number: &str) -> Option<Ended> {
        let release = |number: &str, since| Ended {
            release: format!("{} {number}", self.name),
            since: Some(since),
            instead: "",
        };
        if let Some((known, since)) = self.ended.iter().find(|(known, _)| starts_with_number(number, known)) {
            return Some(release(known, since));
        }
        let mut parts = number.split('.').map(str::parse::<u32>);
        let (major, minor) = (parts.next()?.ok()?, parts.next().and_then(Result::ok));
        // A number alone names the newest of its kind, unless that is older than all that is listed.
        let is_older = match minor {
            Some(minor) => (major, minor) < self.oldest,
            None => major < self.oldest.0,
        };
        let since = self.ended.last()?.1;
        is_older.then(|| Ended {
            release: format!(
                "{} {number}, like every release before {} {},",
                self.name,
                self.name,
                self.ended.last().map_or("", |last| last.0)
            ),
            ..release(number, since)
        })
    }
}

/// Whether a version begins with these numbers: `3.1` with `3`, but not `31`.
fn starts_with_number(version: &str, number: &str) -> bool {
    version.strip_prefix(number).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}
