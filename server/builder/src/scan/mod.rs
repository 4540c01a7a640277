//! Looking for secrets in what a build leaves behind: every layer, blob, configuration and manifest of an image, and plain texts.
//!
//! A secret hides in other clothes too: base64, URL-encoded, escaped in JSON, inside compressed blobs. [`Needles`] knows the
//! clothes, [`archive`] walks an image's archive. Hits say where and in which form, never what.

mod archive;
mod needles;
pub(crate) mod shapes;

pub use archive::{planted, scan_image};
pub use needles::{Form, Hit, Needles};
