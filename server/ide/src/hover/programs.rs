//! Programs that many Dockerfiles run, in a few words: what each does that matters in a build.

/// What a program does, as the end of a sentence; nothing for one that is not known.
pub(super) fn summary(program: &str) -> Option<&'static str> {
    let index = PROGRAMS.binary_search_by_key(&program, |(name, _)| name).ok()?;
    PROGRAMS.get(index).map(|(_, summary)| *summary)
}

/// By name.
const PROGRAMS: &[(&str, &str)] = &[
    ("adduser", "makes a user; options differ between Debian and Alpine"),
    ("apk", "Alpine's package manager"),
    ("apt", "Debian's package manager for people; scripts use apt-get"),
    ("apt-get", "Debian's package manager"),
    ("awk", "picks and reworks columns of text"),
    ("bash", "runs a script; not every image has it"),
    ("bun", "runs and bundles JavaScript, and installs its packages"),
    ("bundle", "installs a Ruby project's gems"),
    ("cargo", "builds Rust projects"),
    ("cat", "shows files, or writes what it reads"),
    ("cd", "changes the folder for this RUN alone; WORKDIR lasts"),
    ("chmod", "changes permissions; each file that it touches is stored again in this layer"),
    ("chown", "changes owners; each file that it touches is stored again in this layer"),
    ("composer", "installs a PHP project's packages"),
    ("corepack", "provides the yarn or pnpm that a project asks for"),
    ("cp", "copies inside of the image; the copy is stored in this layer"),
    ("curl", "fetches over the network"),
    ("dnf", "Fedora's package manager"),
    ("dotnet", "builds .NET projects"),
    ("dumb-init", "a small process 1: passes signals on and tidies up after children"),
    ("echo", "prints its words"),
    ("env", "runs a command with other variables"),
    ("export", "sets a variable for this RUN alone; ENV lasts"),
    ("find", "looks for files"),
    ("git", "fetches source code"),
    ("go", "builds Go projects"),
    ("gosu", "runs a command as another user, in place of itself"),
    ("gpg", "checks signatures and reads keys"),
    ("gradle", "builds Java projects"),
    ("grep", "picks lines; finding none is a failure"),
    ("groupadd", "makes a group"),
    ("install", "copies files, with owner and permissions"),
    ("jq", "picks values from JSON"),
    ("ldconfig", "tells the loader of new shared libraries"),
    ("ln", "makes a link"),
    ("make", "builds what a Makefile says"),
    ("microdnf", "Red Hat's small package manager"),
    ("mkdir", "makes a folder; with -p, those above it too"),
    ("mv", "moves files; what an earlier step has stored is stored again"),
    ("mvn", "builds Java projects"),
    ("node", "runs JavaScript"),
    ("npm", "Node.js's package manager"),
    ("pip", "Python's package installer"),
    ("pip3", "Python's package installer"),
    ("pnpm", "a package manager for Node.js"),
    ("poetry", "manages Python projects"),
    ("printf", "prints text by a pattern"),
    ("python", "runs Python"),
    ("python3", "runs Python"),
    ("rm", "removes files; what an earlier step has stored stays in the image"),
    ("rsync", "copies what has changed"),
    ("sed", "edits text line by line"),
    ("set", "changes how the shell goes on, for this RUN alone"),
    ("setcap", "lets a program do one thing that else only root may, such as to open port 80"),
    ("sh", "runs a script"),
    ("sha256sum", "computes checksums; with -c it compares them"),
    ("su-exec", "runs a command as another user, in place of itself"),
    ("tar", "packs and unpacks archives"),
    ("test", "asks a question; no is a failure"),
    ("tini", "a small process 1: passes signals on and tidies up after children"),
    ("touch", "makes an empty file, or sets its time"),
    ("true", "does nothing, and succeeds"),
    ("unzip", "unpacks archives"),
    ("update-ca-certificates", "adds the certificates that were put in place to those that are trusted"),
    ("useradd", "makes a user"),
    ("uv", "manages Python projects"),
    ("wget", "fetches over the network"),
    ("xargs", "runs a command on what it reads"),
    ("yarn", "a package manager for Node.js"),
    ("yum", "Red Hat's package manager"),
    ("zypper", "SUSE's package manager"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_in_order_so_that_each_is_found() {
        assert!(PROGRAMS.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(summary("cd"), Some("changes the folder for this RUN alone; WORKDIR lasts"));
        assert_eq!(summary("frobnicate"), None);
    }
}
