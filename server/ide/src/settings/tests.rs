//! The schema, merging, and the page.

use std::path::{Path, PathBuf};

use expect_test::expect;
use serde_json::{Value, json};

use super::*;

fn problems(values: &Value) -> String {
    let lines = read(values).problems.into_iter();
    lines.map(|problem| format!("{}: {}\n", problem.at.join("/"), problem.message)).collect()
}

fn merged(layers: &[Value]) -> Settings {
    let layers: Vec<Layer> = layers.iter().map(|values| read(values).layer).collect();
    Settings::merged(&layers)
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let values = json!({
        "selct": ["all"], "ignore": ["DL3020", "syntax-problm", "nonsense"], "colour": "red",
        "severity": {"cache": "loud", "syntax-problm": "off", "style": 3},
        "build": {"target": 3, "args": {"A": []}, "secrets": ["npm", "id=a,src=/b"], "onSave": "yes", "targt": "x"},
    });
    expect![[r#"
        selct: there is no setting `selct`; is `select` meant?
        ignore/1: there is no rule or category syntax-problm (did you mean syntax-problem?): `layerwise rules` lists them
        ignore/2: there is no rule or category nonsense: `layerwise rules` lists them
        colour: there is no setting `colour`; there are profile, select, ignore, severity, trustedRegistries, labels.required, labels.strict, build.target, build.args, build.secrets, build.onSave, test.target, test.reports, format.layout, hints.build, hints.prediction, hints.variables, hints.workdir, hints.stages
        severity/cache: the severity of `cache` must be error, warning, info, hint or off
        severity/syntax-problm: there is no rule or category syntax-problm (did you mean syntax-problem?): `layerwise rules` lists them
        severity/style: the severity of `style` must be error, warning, info, hint or off
        build/target: `build.target` must be a text
        build/args/A: `build.args.A` must be a text
        build/secrets/0: a secret must be id=ID,src=FILE or id=ID,env=NAME
        build/onSave: `build.onSave` must be true or false
        build/targt: there is no setting `build.targt`; is `build.target` meant?
    "#]]
    .assert_eq(&problems(&values));
    let layer = read(&values).layer;
    assert_eq!(layer.ignore, Some(vec!["DL3020".to_owned()]));
    assert_eq!(layer.build.secrets, Some(vec!["id=a,src=/b".to_owned()]));
}

#[test]
fn wrong_types_cost_the_key_alone() {
    let values = json!({"select": "all", "ignore": [1], "severity": "error", "build": true});
    expect![[r#"
        select: `select` must be a list of texts
        ignore: `ignore` must be a list of texts
        severity: `severity` must be a table
        build: `build` must be a table
    "#]]
    .assert_eq(&problems(&values));
    assert_eq!(problems(&json!([1])), ": settings are a table of keys\n");
    for nothing in [json!(null), json!({}), json!({"select": null, "build": {"target": null}})] {
        let reading = read(&nothing);
        assert_eq!((reading.layer, reading.problems), (Layer::default(), Vec::new()), "{nothing}");
    }
}

#[test]
fn a_list_of_mistakes_alone_selects_as_if_it_were_not_there() {
    assert_eq!(read(&json!({"select": ["nonsense"]})).layer.select, None);
    assert_eq!(read(&json!({"ignore": []})).layer.ignore, Some(Vec::new()));
}

#[test]
fn the_nearest_layer_decides_key_by_key() {
    let near =
        json!({"ignore": [], "severity": {"dl3020": "off"}, "build": {"args": {"A": 1}, "secrets": []}});
    let far = json!({"select": ["all"], "ignore": ["style"], "severity": {"DL3020": "error", "cache": "hint"},
        "build": {"target": "x", "args": {"A": "2", "B": true}, "secrets": ["id=a"], "onSave": true}});
    let settings = merged(&[near, far]);
    assert_eq!((settings.rules.select, settings.rules.ignore), (vec!["all".to_owned()], Vec::new()));
    let severity: Vec<(&str, Level)> =
        settings.rules.severity.iter().map(|(name, level)| (name.as_str(), *level)).collect();
    assert_eq!(severity, [("cache", Level::At(Severity::Hint)), ("dl3020", Level::Off)]);
    let build = settings.build;
    assert_eq!(build.args.values().collect::<Vec<_>>(), ["1", "true"]);
    assert_eq!((build.target.as_deref(), build.secrets, build.on_save), (Some("x"), Vec::new(), true));
}

#[test]
fn a_file_names_paths_from_its_folder_and_starts_no_builds() {
    let values = json!({"build": {"secrets": ["id=a,src=token", "id=b,src=/t", "id=c,env=T"], "onSave": true, "target": "x"}});
    let layer = read(&values).layer.in_folder(Path::new("/p"));
    assert_eq!(layer.build.secrets.clone().unwrap(), ["id=a,src=/p/token", "id=b,src=/t", "id=c,env=T"]);
    assert_eq!(layer.build.on_save, None);
    assert_eq!(layer.without_builds(), Layer::default());
}

#[test]
fn the_page_on_disk_is_fresh() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, docs::page()).expect("a page that can be written");
    }
    let on_disk = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        on_disk == docs::page(),
        "{} is stale: run UPDATE_DOCS=1 cargo test -p layerwise-ide",
        path.display()
    );
}
