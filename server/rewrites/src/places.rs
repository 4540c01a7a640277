//! One action for all places of a file at which a recipe applies.
//!
//! Where some of them must be looked at and others not, there are two: first all of them, then those alone that are safe. So what is
//! asked for once leaves nothing to ask for again, and `improve` finds what it may take.

use syntax::{TextEdit, TextRange};

use crate::offer::{Applicability, Fix, Offers, Refusal, Rewrite};

/// A place at which a recipe applies.
#[derive(Debug, Clone)]
pub struct Place {
    /// What it is about.
    pub range: TextRange,
    /// The change.
    pub edits: Vec<TextEdit>,
    /// The title where there is no other place.
    pub title: String,
    /// What is to be checked, where it is not safe.
    pub check: Option<String>,
}

impl Place {
    /// The place as a change of its own.
    #[must_use]
    pub fn into_fix(self) -> Fix {
        let applicability = self.check.map_or(Applicability::Safe, |check| Applicability::Unsafe { check });
        Fix { title: self.title, applicability, edits: self.edits }
    }
}

/// The offers for these places; `title` is that of several.
pub(crate) fn offers(
    id: &'static str,
    places: Vec<Place>,
    refusals: Vec<Refusal>,
    title: impl Fn(usize) -> String,
) -> Offers {
    let safe: Vec<Place> = places.iter().filter(|place| place.check.is_none()).cloned().collect();
    let is_mixed = !safe.is_empty() && safe.len() < places.len();
    let mut rewrites: Vec<Rewrite> = together(id, places, &title).into_iter().collect();
    if is_mixed {
        rewrites.extend(together(id, safe, &title));
    }
    Offers { rewrites, refusals }
}

fn together(id: &'static str, mut places: Vec<Place>, title: impl Fn(usize) -> String) -> Option<Rewrite> {
    places.sort_by_key(|place| place.range);
    let range = places.iter().map(|place| place.range).reduce(TextRange::cover)?;
    let title = match places.as_slice() {
        [only] => only.title.clone(),
        several => title(several.len()),
    };
    let mut checks: Vec<String> = Vec::new();
    let mut edits = Vec::new();
    for place in places {
        checks.extend(place.check.filter(|check| !checks.contains(check)));
        edits.extend(place.edits);
    }
    edits.sort_by_key(|edit| edit.range);
    let applicability = match checks.as_slice() {
        [] => Applicability::Safe,
        _ => Applicability::Unsafe { check: checks.join(", and ") },
    };
    Some(Rewrite { id, place: range, fix: Fix { title, applicability, edits }, needs: None, creates: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(start: u32, check: Option<&str>) -> Place {
        let range = TextRange::new(start, start + 1);
        let edits = vec![TextEdit { range, new_text: String::new() }];
        Place { range, edits, title: format!("at {start}"), check: check.map(str::to_owned) }
    }

    fn check(places: Vec<Place>) -> Vec<(String, usize, bool)> {
        let offers = offers("x", places, Vec::new(), |count| format!("{count} places"));
        let is_safe = |rewrite: &Rewrite| rewrite.fix.applicability == Applicability::Safe;
        offers
            .rewrites
            .iter()
            .map(|rewrite| (rewrite.fix.title.clone(), rewrite.fix.edits.len(), is_safe(rewrite)))
            .collect()
    }

    #[test]
    fn all_places_are_one_action() {
        assert_eq!(check(vec![]), []);
        assert_eq!(check(vec![place(3, None)]), [("at 3".to_owned(), 1, true)]);
        assert_eq!(check(vec![place(3, None), place(0, None)]), [("2 places".to_owned(), 2, true)]);
    }

    #[test]
    fn what_is_safe_among_them_is_another() {
        assert_eq!(
            check(vec![place(0, None), place(3, Some("that x"))]),
            [("2 places".to_owned(), 2, false), ("at 0".to_owned(), 1, true)]
        );
        assert_eq!(
            check(vec![place(0, Some("that x")), place(3, Some("that x"))]),
            [("2 places".to_owned(), 2, false)]
        );
    }
}
