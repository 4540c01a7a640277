//! Bake files as definitions: HCL and its JSON form come to the same.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block as HclBlock, Body, Structure};

use crate::yaml::{self, Node};

/// What to evaluate.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Hcl(Expression),
    /// Its texts are templates.
    Json(Node),
}

#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) source: Source,
}

/// A block with its label.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) name: String,
    /// The place of its name, in bytes.
    pub(crate) place: Range<usize>,
    /// Which of the files it stands in.
    pub(crate) file: usize,
    pub(crate) attributes: Vec<Attribute>,
}

impl Block {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Source> {
        self.attributes
            .iter()
            .rev()
            .find(|attribute| attribute.name == name)
            .map(|attribute| &attribute.source)
    }
}

/// All that files define, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Definitions {
    pub(crate) variables: Vec<Block>,
    pub(crate) functions: Vec<Block>,
    pub(crate) groups: Vec<Block>,
    pub(crate) targets: Vec<Block>,
    /// `name = value` outside of blocks.
    pub(crate) attributes: Vec<Attribute>,
}

impl Definitions {
    pub(crate) fn variable(&self, name: &str) -> Option<&Block> {
        self.variables.iter().rev().find(|block| block.name == name)
    }

    fn blocks(&mut self, kind: &str) -> Option<&mut Vec<Block>> {
        Some(match kind {
            "variable" => &mut self.variables,
            "function" => &mut self.functions,
            "group" => &mut self.groups,
            "target" => &mut self.targets,
            _ => return None,
        })
    }

    /// Adds a file in HCL.
    pub(crate) fn add_hcl(&mut self, text: &str, file: usize) -> Result<(), String> {
        if text.len() > crate::MAX_TEXT {
            return Err(format!("it is larger than {} KiB", crate::MAX_TEXT >> 10));
        }
        let body = hcl_edit::parser::parse_body(text)
            .map_err(|error| format!("line {}: {}", error.location().line(), error.message()))?;
        for structure in &body {
            match structure {
                Structure::Attribute(attribute) => self.attributes.push(Attribute {
                    name: attribute.key.as_str().to_owned(),
                    source: Source::Hcl(attribute.value.clone()),
                }),
                Structure::Block(block) => {
                    let Some(blocks) = self.blocks(block.ident.as_str()) else { continue };
                    blocks.extend(hcl_block(block, file));
                }
            }
        }
        Ok(())
    }

    /// Adds a file in JSON.
    pub(crate) fn add_json(&mut self, text: &str, file: usize) -> Result<(), String> {
        let root = yaml::read_json(text)?;
        for (key, value) in root.entries() {
            let Some(kind) = key.raw() else { continue };
            let Some(blocks) = self.blocks(kind) else {
                self.attributes
                    .push(Attribute { name: kind.to_owned(), source: Source::Json(value.clone()) });
                continue;
            };
            // One object of labels, or a list of such.
            let objects = if value.is_sequence() { value.items() } else { std::slice::from_ref(value) };
            for (label, body) in objects.iter().flat_map(Node::entries) {
                let bodies = if body.is_sequence() { body.items() } else { std::slice::from_ref(body) };
                for body in bodies {
                    let attributes = body.entries().filter_map(|(key, value)| {
                        Some(Attribute { name: key.raw()?.to_owned(), source: Source::Json(value.clone()) })
                    });
                    blocks.push(Block {
                        name: label.raw().unwrap_or_default().to_owned(),
                        place: label.place.clone(),
                        file,
                        attributes: attributes.collect(),
                    });
                }
            }
        }
        Ok(())
    }
}

fn hcl_block(block: &HclBlock, file: usize) -> Option<Block> {
    let label = block.labels.first()?;
    let place = label.span().or_else(|| block.span()).unwrap_or_default();
    Some(Block { name: label.as_str().to_owned(), place, file, attributes: attributes(&block.body) })
}

fn attributes(body: &Body) -> Vec<Attribute> {
    let attribute = |attribute: &hcl_edit::structure::Attribute| Attribute {
        name: attribute.key.as_str().to_owned(),
        source: Source::Hcl(attribute.value.clone()),
    };
    body.attributes().map(attribute).collect()
}
