//! COPY, ADD and WORKDIR: what is in their keys, and what they read.
//!
//! Source: `dockerfile2llb/convert_copy.go`, `convert.go` (`dispatchWorkdir`), `solver/llbsolver/ops/file.go` (`CacheMap`). Of a source's
//! path only its last name is in the key; variables are, as far as words are expanded with them.

use semantic::expand::expand_body;
use semantic::path::clean_context_path;
use semantic::{Copy, SourceKind, StageInstruction};
use syntax::Keyword;

use super::run::{place, without_tabs};
use super::walk::Walk;
use super::{Part, Source};
use crate::contents::Selector;

impl Walk<'_> {
    /// The parts and sources of a COPY or ADD.
    pub(super) fn copy(
        &mut self,
        item: &StageInstruction,
        copy: &Copy,
    ) -> (Vec<(Part, String)>, Vec<Source>) {
        let instruction = &item.instruction;
        let is_add = instruction.keyword == Keyword::Add;
        let mut operation = vec![if is_add { "add" } else { "copy" }.to_owned()];
        let destination = self.value(item, &copy.destination);
        operation.push(into(item, &destination));
        for (name, text) in [("chown", &copy.chown), ("chmod", &copy.chmod)] {
            if let Some(text) = text {
                operation.push(format!("{name}={}", self.value(item, text)));
            }
        }
        if copy.link && copy.chmod.is_none() {
            operation.push("link".to_owned());
        }
        let exclude: Vec<String> = copy.exclude.iter().map(|text| self.value(item, text)).collect();
        operation.extend(exclude.iter().map(|pattern| format!("exclude={pattern}")));
        let known = ["from", "chown", "chmod", "link", "exclude", "parents"];
        for flag in instruction.flags.iter().filter(|flag| !known.contains(&flag.name.as_str())) {
            let value = flag.value.as_ref().map(|value| self.expanded(item, &value.text));
            operation.push(format!("{}={}", flag.name, value.unwrap_or_default()));
        }
        let mut selectors = Vec::new();
        let mut sources = Vec::new();
        for source in &copy.sources {
            let text = self.value(item, &source.text);
            match source.kind {
                SourceKind::Path => {
                    let selector = self.selector(&text, copy.parents, &exclude);
                    let base = selector.path.rsplit('/').next().unwrap_or_default();
                    operation.push(format!("from={base}"));
                    operation.extend(selector.include.iter().map(|pattern| format!("include={pattern}")));
                    selectors.push(selector);
                }
                SourceKind::Url | SourceKind::Git => {
                    operation.push(format!("from={}", text.rsplit('/').next().unwrap_or_default()));
                    let is_pinned = instruction.flag("checksum").is_some() || is_commit(&text);
                    if is_pinned {
                        operation.push(text);
                    } else {
                        sources.push(Source::Remote(text));
                    }
                }
                SourceKind::Heredoc => operation.push(self.heredoc(item, &source.text)),
            }
        }
        if !selectors.is_empty() {
            let read = match &copy.from {
                None => Some(Source::Files { context: String::new(), selectors }),
                Some(from) => self.source(&from.target, &from.text.raw, selectors),
            };
            sources.extend(read);
        }
        (vec![(Part::Operation, operation.join("\0"))], sources)
    }

    /// The parts of a WORKDIR.
    pub(super) fn workdir(
        &mut self,
        item: &StageInstruction,
        leads_to: &semantic::path::Place,
    ) -> Vec<(Part, String)> {
        let user = item.user.as_ref().map(|user| self.value(item, user)).unwrap_or_default();
        let mut operation = vec!["workdir".to_owned(), place(leads_to)];
        // The folder that it makes has this time.
        operation
            .extend(self.model.scopes.global("SOURCE_DATE_EPOCH").map(|epoch| format!("{:?}", epoch.value)));
        operation.extend(self.outside.build_args.get("SOURCE_DATE_EPOCH").cloned());
        vec![(Part::Operation, operation.join("\0")), (Part::User, user)]
    }

    fn selector(&self, source: &str, parents: bool, exclude: &[String]) -> Selector {
        let (path, include) = if parents {
            // `/./` says from where on the folders are kept.
            let (path, pattern) = source.split_once("/./").unwrap_or(("/", source));
            (path, vec![clean_context_path(pattern)])
        } else {
            (source, Vec::new())
        };
        Selector { wildcards: true, include, exclude: exclude.to_vec(), ..Selector::of_path(path) }
    }

    /// A file that stands in the Dockerfile: its name and its text.
    fn heredoc(&mut self, item: &StageInstruction, marker: &semantic::Text) -> String {
        let instruction = &item.instruction;
        let heredoc =
            instruction.heredocs.iter().find(|heredoc| instruction.place(heredoc.marker) == marker.range);
        let Some(heredoc) = heredoc else { return marker.raw.clone() };
        let body = heredoc.body.of(&instruction.source);
        let body = if heredoc.chomp { without_tabs(body) } else { body.to_owned() };
        let text = if heredoc.expand {
            let model = self.model;
            let expansion = expand_body(&body, |name| model.lookup(item.scope, name));
            self.note_variables(item, &expansion);
            self.written_or(item, &body, expansion.value)
        } else {
            body
        };
        format!("heredoc={}\0{text}", heredoc.name)
    }
}

/// Where files go, as BuildKit words it: the path, and whether it ends like a folder's.
fn into(item: &StageInstruction, destination: &str) -> String {
    let end = match destination {
        "" | "." => "/",
        _ if destination.ends_with('/') => "/",
        _ if destination.ends_with("/.") => "/.",
        _ => "",
    };
    format!("{} {end}", place(&item.workdir.join(destination)))
}

/// Whether a git reference names a commit, which is the same for ever.
fn is_commit(reference: &str) -> bool {
    let fragment = reference.split_once('#').map_or("", |(_, fragment)| fragment);
    let name = fragment.split(':').next().unwrap_or_default();
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
