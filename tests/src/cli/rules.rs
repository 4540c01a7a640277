//! `layerwise rules`: the catalogue, and the page of one rule.

use crate::program::{Folder, fields};

#[test]
fn the_catalogue_has_a_line_a_rule() {
    let folder = Folder::new(&[]);
    let text = folder.run(&["rules"]).succeeds();
    let answer = folder.run(&["rules", "--format", "json"]).exits(0).json();
    let rules = answer["rules"].as_array().unwrap();
    assert_eq!((fields(&answer).as_str(), &answer["version"]), ("rules version", &1.into()));
    let codes: Vec<_> = rules.iter().map(|rule| rule["code"].as_str().unwrap()).collect();
    let lines: Vec<_> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(rules.len() >= 10);
    assert_eq!(codes, lines);
    assert!(codes.is_sorted());
}

#[test]
fn every_rule_has_a_page_that_each_of_its_names_finds() {
    let folder = Folder::new(&[]);
    let answer = folder.run(&["rules", "--format", "json"]).exits(0).json();
    for rule in answer["rules"].as_array().unwrap() {
        assert_eq!(fields(rule), "aliases category code docs on_by_default page severity summary");
        let code = rule["code"].as_str().unwrap();
        let page = folder.run(&["rules", code]).succeeds();
        assert!(page.starts_with(&format!("# {code}\n")) && page.contains("## Why"), "{page}");
        for alias in rule["aliases"].as_array().unwrap().iter().filter_map(|alias| alias.as_str()) {
            for name in [alias, &alias.to_lowercase()] {
                assert!(folder.run(&["rules", name]).succeeds().contains(&page), "{name}");
            }
        }
        let one = folder.run(&["rules", code, "--format", "json"]).exits(0).json();
        assert_eq!(&one, rule);
    }
}

#[test]
fn an_unknown_rule_is_told() {
    let output = Folder::new(&[]).run(&["rules", "DL9999"]).exits(2);
    assert_eq!(output.error(), "there is no rule DL9999: `layerwise rules` lists them");
    assert_eq!(output.stdout, "");
}
