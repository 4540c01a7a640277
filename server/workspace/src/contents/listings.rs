//! The listings of a build's contexts as bytes on disk: a large context has thousands of entries, and as text they take longer to read than
//! all else that a prediction reads.

use inner_loop::contents::{Content, Entry, Listing};
use inner_loop::digest::Digest;
use inner_loop::inputs::Listings;

/// The first bytes, which say what follows.
const MAGIC: &[u8] = b"layerwise listings 1\n";

/// The listings as bytes.
pub(crate) fn bytes(listings: &Listings) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    number(&mut bytes, listings.len());
    for (name, listing) in listings {
        text(&mut bytes, name);
        number(&mut bytes, listing.entries.len());
        for entry in &listing.entries {
            text(&mut bytes, &entry.path);
            bytes.extend_from_slice(&entry.permissions.to_le_bytes());
            match &entry.content {
                Content::File(digest) => {
                    bytes.push(b'f');
                    bytes.extend_from_slice(digest.bytes());
                }
                Content::Folder => bytes.push(b'd'),
                Content::Link(target) => {
                    bytes.push(b'l');
                    text(&mut bytes, target);
                }
                Content::Special(what) => {
                    bytes.push(b's');
                    text(&mut bytes, what);
                }
            }
        }
    }
    bytes
}

/// Reads what [`bytes`] wrote; of anything else nothing is known.
pub(crate) fn parse(bytes: &[u8]) -> Option<Listings> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut listings = Listings::new();
    for _ in 0..take_number(&mut rest)? {
        let name = take_text(&mut rest)?;
        let mut listing = Listing::default();
        for _ in 0..take_number(&mut rest)? {
            let path = take_text(&mut rest)?;
            let permissions = u32::from_le_bytes(take(&mut rest)?);
            let [kind] = take(&mut rest)?;
            let content = match kind {
                b'f' => Content::File(Digest::from_bytes(take(&mut rest)?)),
                b'd' => Content::Folder,
                b'l' => Content::Link(take_text(&mut rest)?),
                b's' => Content::Special(take_text(&mut rest)?),
                _ => return None,
            };
            listing.entries.push(Entry { path, permissions, content });
        }
        listings.insert(name, listing);
    }
    rest.is_empty().then_some(listings)
}

/// No text and no list here is as long as 4 GiB, and one that were would not be read again.
fn number(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (taken, after) = rest.split_first_chunk::<LENGTH>()?;
    *rest = after;
    Some(*taken)
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(take(rest)?)).ok()
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let length = take_number(rest)?;
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    String::from_utf8(taken.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_come_back_and_what_is_cut_off_is_nothing() {
        let entry = |path: &str, content| Entry { path: path.to_owned(), permissions: 0o644, content };
        let main = Listing {
            entries: vec![
                entry("größe", Content::Folder),
                entry("größe/a", Content::File(Digest::from_bytes([7; 16]))),
                entry("link", Content::Link("größe/a".to_owned())),
                entry("pipe", Content::Special("Pipe".to_owned())),
            ],
        };
        let listings = Listings::from([(String::new(), main), ("deps".to_owned(), Listing::default())]);
        let written = bytes(&listings);
        assert_eq!(parse(&written), Some(listings));
        for length in 0..written.len() {
            assert_eq!(parse(&written[..length]), None, "{length}");
        }
        assert_eq!(parse(b"{}"), None);
    }
}
