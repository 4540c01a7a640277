//! The counts of a run: class of edit by outcome, with the limits that must hold.

use std::collections::BTreeMap;
use std::fmt;

use super::compare::{OUTCOMES, Outcome};
use super::edits::Class;

#[derive(Debug, Default)]
pub(super) struct Table {
    /// Edits of a class.
    edits: BTreeMap<Class, usize>,
    steps: BTreeMap<(Class, Outcome), usize>,
}

impl Table {
    pub(super) fn add(&mut self, class: Class, outcomes: impl IntoIterator<Item = Outcome>) {
        *self.edits.entry(class).or_default() += 1;
        for outcome in outcomes {
            *self.steps.entry((class, outcome)).or_default() += 1;
        }
    }

    fn sum(&self, wanted: impl Fn(Outcome) -> bool) -> usize {
        self.steps.iter().filter(|((_, outcome), _)| wanted(*outcome)).map(|(_, count)| count).sum()
    }

    /// What must hold and does not: no rebuild may be missed, and the other wrong answers must be rare.
    pub(super) fn broken_limits(&self) -> Vec<String> {
        let all = self.sum(|outcome| outcome != Outcome::New);
        let mut broken = Vec::new();
        for (outcome, per_cent) in
            [(Outcome::MissedRebuild, 0), (Outcome::FalseAlarm, 2), (Outcome::Unknown, 1)]
        {
            let count = self.sum(|other| other == outcome);
            if count * 100 > all * per_cent {
                broken.push(format!(
                    "{count} of {all} steps are `{}`; at most {per_cent} % may be",
                    outcome.name()
                ));
            }
        }
        broken
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}{:>6}", "class", "edits")?;
        for outcome in OUTCOMES {
            write!(f, "{:>15}", outcome.name())?;
        }
        writeln!(f)?;
        for (class, edits) in &self.edits {
            write!(f, "{:<24}{edits:>6}", class.name())?;
            for outcome in OUTCOMES {
                write!(f, "{:>15}", self.steps.get(&(*class, outcome)).copied().unwrap_or_default())?;
            }
            writeln!(f)?;
        }
        write!(f, "{:<24}{:>6}", "all", self.edits.values().sum::<usize>())?;
        for outcome in OUTCOMES {
            write!(f, "{:>15}", self.sum(|other| other == outcome))?;
        }
        writeln!(f)
    }
}

#[test]
fn one_missed_rebuild_is_too_many_and_a_few_false_alarms_are_not() {
    let mut table = Table::default();
    table.add(Class::Content, [Outcome::Hit; 98]);
    table.add(Class::Touch, [Outcome::FalseAlarm, Outcome::FalseAlarm]);
    assert_eq!(table.broken_limits(), Vec::<String>::new());
    table.add(Class::Touch, [Outcome::FalseAlarm, Outcome::New]);
    assert_eq!(table.broken_limits(), ["3 of 101 steps are `false alarm`; at most 2 % may be"]);
    table.add(Class::Env, [Outcome::MissedRebuild]);
    assert_eq!(table.broken_limits()[0], "1 of 102 steps are `MISSED REBUILD`; at most 0 % may be");
}
