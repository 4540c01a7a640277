//! No builder, or none that answers: what the commands say that need one, and that the others do without.

use std::os::unix::net::UnixListener;

use crate::program::Folder;

#[test]
fn a_builder_that_is_not_there_is_told_with_what_to_do() {
    let folder = Folder::with_dockerfile("FROM scratch\n");
    for command in [&["builder"][..], &["build", "."]] {
        let output = folder.run(command).exits(2);
        assert_eq!(output.stdout, "");
        assert!(output.error().ends_with("start the engine, or name another with --host"), "{output:?}");
    }
}

#[test]
fn programs_get_a_last_event_without_a_builder() {
    let output =
        Folder::with_dockerfile("FROM scratch\n").run(&["build", "--progress", "json", "."]).exits(2);
    assert!(!output.error().is_empty());
    let events = output.json_lines();
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["ok"]), (&"finished".into(), &false.into()));
}

#[test]
fn an_address_that_makes_no_sense_is_told() {
    for host in ["nonsense", "unix://", "tcp://", "ftp://x", "unix://relative", "tcp://127.0.0.1:99999"] {
        let output = Folder::new(&[]).run(&["builder", "--host", host]).exits(2);
        assert!(output.error().len() > 20, "{output:?}");
    }
}

#[test]
fn something_that_is_no_engine_is_told() {
    let folder = Folder::new(&[]);
    folder.write("file.sock", "");
    let socket = folder.path("mute.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    // Takes the connections and hangs up, as an engine does that dies.
    std::thread::spawn(move || listener.incoming().for_each(drop));
    for name in ["file.sock", "mute.sock"] {
        let host = format!("unix://{}", folder.path(name).display());
        let output = folder.run(&["builder", "--host", &host]).exits(2);
        assert!(output.error().contains(name), "{output:?}");
    }
}

#[test]
fn the_context_and_the_dockerfile_are_looked_at_first() {
    let folder = Folder::new(&[("file", "")]);
    let said = |arguments: &[&str]| {
        let output = folder.run(&[&["build", "--progress", "json"], arguments].concat()).exits(2);
        output.error().to_owned()
    };
    assert!(said(&["nowhere"]).starts_with("the context nowhere is no directory"));
    assert!(said(&["file"]).starts_with("the context file is no directory"));
    assert_eq!(said(&["."]), "cannot read Dockerfile: there is no such file");
    assert_eq!(said(&["-f", "other", "."]), "cannot read other: there is no such file");
    std::fs::create_dir(folder.path("Dockerfile")).unwrap();
    assert_eq!(said(&["."]), "Dockerfile is a directory: name the Dockerfile in it");
    folder.write("x", "FROM scratch\n");
    let on_x = |arguments: &[&str]| said(&[&["-f", "x", "."], arguments].concat());
    assert!(on_x(&["--secret", "id=a,src=nowhere"]).starts_with("secret a: there is no file nowhere"));
    assert!(on_x(&["--secret", "id=a,env=NOT_SET"]).starts_with("secret a: "));
    assert!(on_x(&["-o", "type=odd,dest=x"]).starts_with("--output takes"));
    assert!(on_x(&["--build-context", "odd"]).starts_with("--build-context takes"));
}
