//! Changes as people name files.

use inner_loop::BuildRequest;
use semantic::Change;

/// The files that changed: paths from their context's root, those of a named context behind its name.
pub(super) fn files(changes: &[Change], request: &BuildRequest) -> Vec<String> {
    let dockerfile = request.dockerfile.display().to_string();
    let mut files = Vec::new();
    for change in changes {
        let file = match change {
            Change::Dockerfile(_) => dockerfile.clone(),
            Change::IgnoreFile(context) => in_context(context.as_deref(), ".dockerignore"),
            Change::File(context, path) => in_context(context.as_deref(), path),
            Change::Folder(context, path) => format!("{}/", in_context(context.as_deref(), path)),
        };
        // The Dockerfile is a file of its context, too.
        let is_known = files.contains(&file) || dockerfile.ends_with(&format!("/{file}"));
        if !is_known {
            files.push(file);
        }
    }
    files
}

fn in_context(context: Option<&str>, path: &str) -> String {
    context.map_or_else(|| path.to_owned(), |context| format!("{context}:{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_once() {
        let request = BuildRequest { dockerfile: "docker/Dockerfile".into(), ..BuildRequest::default() };
        let changes = [
            Change::Dockerfile(3),
            Change::File(None, "Dockerfile".to_owned()),
            Change::File(None, "a".to_owned()),
            Change::File(None, "a".to_owned()),
            Change::File(Some("lib".to_owned()), "a".to_owned()),
            Change::IgnoreFile(None),
            Change::Folder(None, "src".to_owned()),
        ];
        assert_eq!(files(&changes, &request), ["docker/Dockerfile", "a", "lib:a", ".dockerignore", "src/"]);
    }
}
