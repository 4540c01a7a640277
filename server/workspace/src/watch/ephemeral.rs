//! Files that editors make for themselves while they edit: swap files, backups, locks, probes.
//!
//! A build that copies everything copies them too, but nobody means them to be built.

/// Whether a file of this name is an editor's own.
pub(super) fn is_editors_own(name: &str) -> bool {
    let is_vim_probe = name == "4913";
    let is_vim_swap =
        name.starts_with('.') && [".swp", ".swo", ".swx", ".swpx"].iter().any(|end| name.ends_with(end));
    let is_backup = name.ends_with('~');
    let is_emacs_lock = name.starts_with(".#");
    let is_emacs_autosave = name.len() > 2 && name.starts_with('#') && name.ends_with('#');
    let is_gnome_draft = name.starts_with(".goutputstream-");
    let is_jetbrains_draft = name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___");
    let is_kate_swap = name.starts_with('.') && name.ends_with(".kate-swp");
    is_vim_probe
        || is_vim_swap
        || is_backup
        || is_emacs_lock
        || is_emacs_autosave
        || is_gnome_draft
        || is_jetbrains_draft
        || is_kate_swap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_make_for_themselves_is_known_by_its_name() {
        for name in [
            "4913",
            ".main.rs.swp",
            ".größe.txt.swx",
            "main.rs~",
            ".#main.rs",
            "#main.rs#",
            ".goutputstream-X1",
            "main.rs___jb_tmp___",
        ] {
            assert!(is_editors_own(name), "{name}");
        }
        for name in ["main.rs", "4913.txt", "x.swp", ".env", "#", "##", ".swift"] {
            assert!(!is_editors_own(name), "{name}");
        }
    }
}
