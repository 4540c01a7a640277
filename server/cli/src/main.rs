//! The `layerwise` program: arguments to commands, and printers.

fn main() {}
