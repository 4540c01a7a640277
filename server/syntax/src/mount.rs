//! The fields of a `--mount` value.

use crate::arguments::Word;
use crate::range::LocalRange;

/// A field such as `type=cache` or `readonly`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountField {
    /// Before the `=`, as written.
    pub key: String,
    /// After it; empty where there is none.
    pub value: String,
    /// The key's place.
    pub key_range: LocalRange,
    /// The value's place.
    pub value_range: LocalRange,
}

/// The fields of a mount, in order.
#[must_use]
pub fn fields(value: &Word) -> Vec<MountField> {
    let mut start = value.range.start;
    let mut fields = Vec::new();
    for field in value.text.split(',') {
        let (key, text) = field.split_once('=').unwrap_or((field, ""));
        let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let end = start + length(field);
        fields.push(MountField {
            key: key.to_owned(),
            value: text.to_owned(),
            key_range: LocalRange::new(start, start + length(key)),
            value_range: LocalRange::new(end - length(text), end),
        });
        start = end + 1;
    }
    fields
}
