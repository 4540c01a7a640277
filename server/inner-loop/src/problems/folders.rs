//! The folders that `make` says it is in. It says so on stdout, and its compilers complain on stderr, so that both streams ask here.

/// Folders inside of each other beyond this are counted alone.
const MOST: usize = 50;

/// The folders that were entered and not left.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// The innermost last.
    entered: Vec<String>,
    /// How many more were entered.
    beyond: usize,
}

impl Folders {
    pub(super) fn enter(&mut self, folder: String) {
        if self.entered.len() < MOST {
            self.entered.push(folder);
        } else {
            self.beyond += 1;
        }
    }

    pub(super) fn leave(&mut self) {
        match self.beyond.checked_sub(1) {
            Some(beyond) => self.beyond = beyond,
            None => drop(self.entered.pop()),
        }
    }

    /// The innermost one; nothing where it is not known.
    pub(super) fn current(&self) -> Option<&str> {
        self.entered.last().filter(|_| self.beyond == 0).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_left_in_the_order_in_which_they_were_entered() {
        let mut folders = Folders::default();
        folders.leave();
        for number in 0..MOST + 2 {
            folders.enter(format!("/f{number}"));
        }
        assert_eq!(folders.current(), None);
        folders.leave();
        folders.leave();
        assert_eq!(folders.current(), Some("/f49"));
        folders.leave();
        assert_eq!(folders.current(), Some("/f48"));
    }
}
