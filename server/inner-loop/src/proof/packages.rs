//! The packages of a distribution in two images, from the lists that package managers keep in them.
//!
//! Read are the lists of dpkg, those of Distroless images too, and of apk. RPM keeps a database, which is not read.

use std::collections::BTreeMap;

use super::Sides;

/// The packages of an image, by name with their versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageList(BTreeMap<String, String>);

/// What became of an image's packages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageChanges {
    /// How many there are in each.
    pub count: Sides<usize>,
    /// The names of those that only the old image has.
    pub lost: Vec<String>,
    /// The names of those that only the new image has.
    pub gained: Vec<String>,
}

impl PackageList {
    /// Whether the file at this path, from the root without its `/`, is a list of packages.
    #[must_use]
    pub fn is_list(path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        matches!(path, "var/lib/dpkg/status" | "lib/apk/db/installed" | "usr/lib/apk/db/installed")
            || path.strip_prefix("var/lib/dpkg/status.d/").is_some_and(|name| !name.ends_with(".md5sums"))
    }

    /// Adds what a list says: paragraphs of `Package: name` and `Status: …` as dpkg writes them, or of `P:name` as apk does.
    pub fn read(&mut self, text: &str) {
        for paragraph in text.split("\n\n") {
            let field = |names: [&str; 2]| {
                paragraph
                    .lines()
                    .find_map(|line| names.iter().find_map(|name| line.strip_prefix(name)))
                    .map(str::trim)
            };
            let is_removed =
                field(["Status: ", "Status:"]).is_some_and(|status| !status.ends_with(" installed"));
            let Some(name) = field(["Package: ", "P:"]).filter(|_| !is_removed) else { continue };
            let version = field(["Version: ", "V:"]).unwrap_or_default();
            self.0.insert(name.to_owned(), version.to_owned());
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What `new` has lost and gained; none where neither has a list.
    #[must_use]
    pub fn changes(&self, new: &Self) -> Option<PackageChanges> {
        if self.0.is_empty() && new.0.is_empty() {
            return None;
        }
        let without = |left: &Self, right: &Self| {
            left.0.keys().filter(|name| !right.0.contains_key(*name)).cloned().collect()
        };
        Some(PackageChanges {
            count: Sides { before: self.0.len(), after: new.0.len() },
            lost: without(self, new),
            gained: without(new, self),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> PackageList {
        let mut list = PackageList::default();
        list.read(text);
        list
    }

    #[test]
    fn lists_of_dpkg_and_apk_are_read() {
        let debian = list(
            "Package: gcc\nStatus: install ok installed\nVersion: 12\nDescription: x\n Package: no\n\n\
             Package: old\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: libc6\nStatus: install ok installed\n",
        );
        let alpine = list("C:Q1=\nP:musl\nV:1.2\n\nP:libc6\nV:1\n");
        let changes = debian.changes(&alpine).unwrap();
        assert_eq!((changes.lost, changes.gained), (vec!["gcc".to_owned()], vec!["musl".to_owned()]));
        assert_eq!(changes.count, Sides { before: 2, after: 2 });
        assert_eq!(PackageList::default().changes(&PackageList::default()), None);
    }

    #[test]
    fn lists_are_known_by_their_paths() {
        for path in [
            "var/lib/dpkg/status",
            "./var/lib/dpkg/status",
            "lib/apk/db/installed",
            "var/lib/dpkg/status.d/base",
        ] {
            assert!(PackageList::is_list(path), "{path}");
        }
        for path in
            ["var/lib/dpkg/status-old", "var/lib/dpkg/status.d/base.md5sums", "app/var/lib/dpkg/status"]
        {
            assert!(!PackageList::is_list(path), "{path}");
        }
    }
}
