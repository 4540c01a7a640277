//! A file as git remembers it at a revision.

use std::path::Path;

use crate::git_history::run;

/// The file's text at a revision, byte for byte as it was committed; nothing where it was not there.
///
/// # Errors
/// One line: there is no git, no repository, or no such revision.
pub fn text_at(file: &Path, revision: &str) -> Result<Option<String>, String> {
    let shown = file.display();
    let file = file.canonicalize().map_err(|error| format!("cannot read {shown}: {error}"))?;
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
        return Err(format!("git does not know {shown}: its name cannot be told"));
    };
    run(folder, &["rev-parse", "--git-dir"])
        .map_err(|error| format!("{shown} has no git history to compare with: {error}"))?;
    let commit = format!("{revision}^{{commit}}");
    let commit = run(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| format!("git knows no revision {revision}: name a commit, a branch or a tag"))?;
    let listed = run(folder, &["ls-tree", "-z", commit.trim(), "--", &format!("./{name}")])?;
    // `100644 blob ID<TAB>NAME`
    let Some((what, _)) = listed.split_once('\t') else { return Ok(None) };
    let mut what = what.split(' ').skip(1);
    match (what.next(), what.next()) {
        (Some("blob"), Some(id)) => run(folder, &["cat-file", "blob", id]).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use test_support::git;

    use super::*;

    #[test]
    fn a_file_is_as_it_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("größe 1");
        fs::create_dir(&inner).unwrap();
        let file = inner.join(":Dockerfile*");
        fs::write(&file, "FROM a\r\n# ü\n").unwrap();
        git(folder.path(), &["init", "-q"]);
        assert!(text_at(&file, "HEAD").unwrap_err().contains("no revision HEAD"));
        git(folder.path(), &["add", "-A"]);
        git(folder.path(), &["commit", "-q", "-m", "1"]);
        fs::write(&file, "FROM b\n").unwrap();
        assert_eq!(text_at(&file, "HEAD").unwrap().as_deref(), Some("FROM a\r\n# ü\n"));
        let new = inner.join("Dockerfile");
        fs::write(&new, "FROM b\n").unwrap();
        assert_eq!(text_at(&new, "HEAD").unwrap(), None);
        assert!(text_at(&file, "--all").unwrap_err().contains("no revision --all"));
        assert!(text_at(&inner.join("none"), "HEAD").unwrap_err().contains("cannot read"));
    }

    #[test]
    fn without_a_repository_there_is_nothing_to_compare_with() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Dockerfile");
        fs::write(&file, "FROM a\n").unwrap();
        assert!(text_at(&file, "HEAD").unwrap_err().contains("no git history"));
    }
}
