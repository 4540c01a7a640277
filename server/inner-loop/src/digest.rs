//! Hashes of what a step's key is made of, sealed so that nobody can guess from a record what was hashed.
//!
//! A record names build arguments, variables and files, and says of each only whether it is the same as last time. Values may be short
//! secrets, and files may hold them; a plain hash of those can be guessed. So each hash begins with a random seal that lies beside the
//! records and never leaves the machine.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// Half of a SHA-256: as good as any for telling apart, and half as long in a record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest that a text of 32 hexadecimal digits spells.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The digest of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("no digest"))
    }
}

/// The random bytes that every hash begins with.
#[derive(Clone)]
pub struct Seal([u8; 32]);

impl Seal {
    /// The seal of these random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Starts a hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        Hash(hasher)
    }

    /// The digest of texts, each kept apart from the next.
    #[must_use]
    pub fn digest<T: AsRef<[u8]>>(&self, texts: impl IntoIterator<Item = T>) -> Digest {
        let mut hash = self.hash();
        texts.into_iter().for_each(|text| hash.text(text));
        hash.finish()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seal")
    }
}

/// A hash that is being made.
pub struct Hash(Sha256);

impl Hash {
    /// Adds a text, kept apart from what comes before and after it.
    pub fn text(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    /// Adds a digest.
    pub fn digest(&mut self, digest: Digest) {
        self.0.update(digest.0);
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    /// Adds bytes that are a part of something longer.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(self) -> Digest {
        let full = self.0.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&full[..16]);
        Digest(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_apart_and_the_seal_counts() {
        let seal = Seal::new([1; 32]);
        assert_eq!(seal.digest(["a", "b"]), seal.digest(["a", "b"]));
        assert_ne!(seal.digest(["a", "b"]), seal.digest(["ab"]));
        assert_ne!(seal.digest(["a", ""]), seal.digest(["a"]));
        assert_ne!(seal.digest(["a"]), Seal::new([2; 32]).digest(["a"]));
        assert_eq!(format!("{seal:?}"), "Seal");
    }

    #[test]
    fn digests_are_written_as_digits_and_read_again() {
        let digest = Seal::new([0; 32]).digest(["x"]);
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(text.len(), 34);
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
        for wrong in ["\"\"", "\"zz\"", "7", "\"00000000000000000000000000000é00\""] {
            assert!(serde_json::from_str::<Digest>(wrong).is_err(), "{wrong}");
        }
    }
}
