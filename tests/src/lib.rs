//! Tests across crates: LSP, command line, inner loop, tidy, real engine, real editors.

#[cfg(test)]
mod build_checks;
#[cfg(test)]
mod cli;
#[cfg(test)]
#[cfg(feature = "engine")]
mod engine;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod incremental;
#[cfg(test)]
mod lsp;
#[cfg(test)]
mod program;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod tidy;
