//! Remembering how a build went, for the predictions after it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use inner_loop::contents::Listing;
use inner_loop::digest::Digest;
use inner_loop::history::{History, PastBuild};
use inner_loop::learning::Lesson;
use inner_loop::memory::{KnownResult, Memory};
use inner_loop::plan::{Parent, Source};
use inner_loop::step_logs::StepLogs;
use inner_loop::{BuildRecord, Builder, EndedBuild, ResultName, Sent, results, why};

use super::again::{Again, ran_nothing};
use super::{Foresight, Known, Planned, Recalled, files_name, logs_name};
use crate::contents;

/// Keys whose last use was noted less than this many seconds ago are not noted again: only the oldest are ever forgotten.
const NOTED_AGAIN_AFTER: u64 = 24 * 60 * 60;

impl Foresight {
    /// Remembers how a build went that was planned before it started, and gives what it sent, and why. Of a build that repeats the last one
    /// only its time is kept, and the builder is asked nothing; else it is asked for the results that it has now.
    ///
    /// # Errors
    /// What is to be kept cannot be written.
    pub fn remember(
        &self,
        planned: &Planned,
        ended: &EndedBuild,
        builder: &dyn Builder,
    ) -> io::Result<Option<Sent>> {
        let EndedBuild { record, vertices, .. } = ended;
        // What cannot be told of which builder is not kept: another one may have taken the place of the last.
        let is_known = |known: &&Known| known.builder_answers && !known.recalled.engine.is_empty();
        let Some(known) = planned.known.as_ref().filter(is_known) else { return Ok(None) };
        self.note_folders(known);
        let Recalled { engine, .. } = &known.recalled;
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        if let Some(last) = known.repeated(record, at) {
            // It read the very same files.
            let sent = known.sent(ended, known.listings.get(""));
            let again = Again::new(last, at, record.seconds, sent.clone(), &self.seal);
            self.kept.write(&Again::file(&known.place.history), &again)?;
            return Ok(sent);
        }
        let is_certain = self.certain_steps(known);
        // Other programs may have built since this one was planned.
        let history: History = self.kept.read(&known.place.history);
        let before = history.last_on(Some(engine)).cloned();
        let mut memory: Memory = self.kept.read(&Self::memory_name(engine));
        let mut lesson = Lesson {
            inputs: &known.inputs,
            is_certain: &is_certain,
            record,
            results: &[],
            engine,
            at,
            seal: &self.seal,
        };
        // What was known before says why steps were to run; what the builder has by now says nothing of that.
        let past_listings = before.as_ref().map(|past| self.past_listings(known, past)).unwrap_or_default();
        let said = known.question(&memory, before.as_ref(), &past_listings, &self.seal).answer();
        let keys = lesson.keys(&memory);
        let earlier: Vec<Option<KnownResult>> =
            keys.iter().map(|key| memory.known((*key)?)?.results.last().cloned()).collect();
        let is_old_news = before.as_ref().is_some_and(|before| is_old_news(known, record, &keys, before));
        let ask = |names: &[ResultName]| builder.results(names);
        let results = match is_old_news {
            true => Some(earlier),
            false => results::find(&known.plan, vertices, record, &earlier, known.is_old_builder, ask),
        };
        let told_with_image = (results.is_some() && ran_nothing(record)).then_some(known.exports);
        let results = results.unwrap_or_default();
        lesson.results = &results;
        let build = if is_old_news && keys.iter().all(|key| noted_lately(*key, &memory, at)) {
            lesson.learn(&mut memory, before.as_ref())
        } else {
            let learn = |memory: &mut Memory| lesson.learn(memory, before.as_ref());
            self.kept.change(&Self::memory_name(engine), learn)?
        };
        let Some(mut build) = build else { return Ok(None) };
        why::explain(&mut build, before.as_ref(), &said);
        build.secrets.clone_from(&known.secrets);
        build.told_with_image = told_with_image;
        let reads_the_same = before.as_ref().is_some_and(|before| known.reads_what(before));
        let past_listings = if reads_the_same { &known.listings } else { &past_listings };
        build.sent = known.sent(ended, before.as_ref().and_then(|_| past_listings.get("")));
        let sent = build.sent.clone();
        if ended.logs.iter().any(|log| !log.is_empty()) {
            let add = |logs: &mut StepLogs| logs.add(&build, &ended.logs);
            self.kept.change(&logs_name(&known.place.history), add)?;
        }
        self.keep_tests(&known.place.history, &build, &ended.tests)?;
        self.kept.change(&known.place.history, |history: &mut History| history.add(build))?;
        let files = files_name(&known.place.history);
        if !(reads_the_same && self.kept.has_bytes(&files)) {
            self.kept.write_bytes(&files, &contents::listings::bytes(&known.listings))?;
        }
        Ok(sent)
    }

    /// Of each step, whether the files that it reads are still what they were when the build was planned: then the builder got those.
    fn certain_steps(&self, known: &Known) -> Vec<bool> {
        let changed: BTreeMap<&str, Option<BTreeSet<String>>> = known
            .place
            .contexts
            .iter()
            .map(|(name, context)| {
                let snapshot = known.snapshots.get(name);
                let changed =
                    snapshot.and_then(|snapshot| snapshot.changed(&context.root, &context.selection));
                (name.as_str(), changed)
            })
            .collect();
        let is_certain = |source: &Source| {
            let Source::Files { context, selectors } = source else { return true };
            let Some(Some(changed)) = changed.get(context.as_str()) else { return false };
            changed.is_empty()
                || !selectors.iter().any(|selector| {
                    // Links and patterns may lead to any of them.
                    let path = selector.path.trim_start_matches('/');
                    changed.iter().any(|changed| {
                        path.is_empty()
                            || path.contains(['*', '?', '[', '\\'])
                            || changed == path
                            || changed.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
                            || known.listings.get(context).is_none_or(|listing| listing.entry(path).is_none())
                    })
                })
        };
        let is_below_certain = |parent: &Parent| match parent {
            // All of the context is what the step starts from.
            Parent::Files(context) => {
                matches!(changed.get(context.as_str()), Some(Some(changed)) if changed.is_empty())
            }
            _ => true,
        };
        let steps = known.plan.steps.iter();
        steps.map(|step| is_below_certain(&step.parent) && step.sources.iter().all(is_certain)).collect()
    }
}

impl Known {
    /// What a build sent of its main context, by what the last one read there.
    fn sent(&self, ended: &EndedBuild, before: Option<&Listing>) -> Option<Sent> {
        Sent::explain(ended.context?, &ended.sent, self.listings.get("")?, before)
    }
}

/// Whether it was noted not long ago that a key is in use.
pub(super) fn noted_lately(key: Option<Digest>, memory: &Memory, at: u64) -> bool {
    key.and_then(|key| memory.known(key)).is_some_and(|known| known.used + NOTED_AGAIN_AFTER > at)
}

/// Whether a build teaches nothing that the one before it did not: both ran nothing, for a result may get another name when it is first used
/// again; they had the same keys, and made the same of the result; and the builder told of its results then.
fn is_old_news(known: &Known, record: &BuildRecord, keys: &[Option<Digest>], before: &PastBuild) -> bool {
    ran_nothing(record)
        && before.told_with_image == Some(known.exports)
        && !before.is_doubted
        && keys.iter().all(Option::is_some)
        && keys.iter().eq(before.steps.iter().map(|step| &step.key))
}
