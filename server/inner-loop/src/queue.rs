//! The queue of builds: one runs, one waits, the latest request wins.
//!
//! Pure: it says what to do, and is told what happened. Events of a build carry its [`BuildId`]; those of any other than the
//! running one are stale.

/// Names one requested build. Never given twice by the same queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuildId(pub u64);

/// What the owner of the queue has to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<T> {
    /// Start this build.
    Start(BuildId, T),
    /// Stop this running build; it stays the running one until [`BuildQueue::finished`].
    Cancel(BuildId),
    /// This build will never start: a later request took its place, or the user took it back.
    Drop(BuildId, T),
}

/// The queue. `K` says which builds stand for each other: a new request for the same key makes the running one pointless.
#[derive(Debug)]
pub struct BuildQueue<K, T> {
    last_id: u64,
    running: Option<Running<K>>,
    waiting: Option<Waiting<K, T>>,
}

#[derive(Debug)]
struct Running<K> {
    id: BuildId,
    key: K,
    canceled: bool,
}

#[derive(Debug)]
struct Waiting<K, T> {
    id: BuildId,
    key: K,
    request: T,
}

impl<K, T> Default for BuildQueue<K, T> {
    fn default() -> Self {
        Self { last_id: 0, running: None, waiting: None }
    }
}

impl<K: PartialEq, T> BuildQueue<K, T> {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a build. It starts at once where none runs; else it waits, in the place of any other that waits, and stops the
    /// running one where that has the same key.
    pub fn request(&mut self, key: K, request: T) -> (BuildId, Vec<Action<T>>) {
        let mut stop = None;
        if let Some(running) = &mut self.running
            && running.key == key
            && !running.canceled
        {
            running.canceled = true;
            stop = Some(Action::Cancel(running.id));
        }
        let (id, actions) = self.request_after(key, request);
        (id, stop.into_iter().chain(actions).collect())
    }

    /// Asks for a build that lets the running one go on, whatever its key: whoever asks stops that, by [`Self::cancel_id`], once it
    /// has become pointless.
    pub fn request_after(&mut self, key: K, request: T) -> (BuildId, Vec<Action<T>>) {
        self.last_id += 1;
        let id = BuildId(self.last_id);
        let mut actions = Vec::new();
        if self.running.is_none() {
            self.running = Some(Running { id, key, canceled: false });
            actions.push(Action::Start(id, request));
            return (id, actions);
        }
        if let Some(replaced) = self.waiting.replace(Waiting { id, key, request }) {
            actions.push(Action::Drop(replaced.id, replaced.request));
        }
        (id, actions)
    }

    /// Stops the builds whose key matches, the waiting one and the running one.
    pub fn cancel(&mut self, matches: impl Fn(&K) -> bool) -> Vec<Action<T>> {
        let mut actions = Vec::new();
        if let Some(waiting) = self.waiting.take_if(|waiting| matches(&waiting.key)) {
            actions.push(Action::Drop(waiting.id, waiting.request));
        }
        if let Some(running) = &mut self.running
            && matches(&running.key)
            && !running.canceled
        {
            running.canceled = true;
            actions.push(Action::Cancel(running.id));
        }
        actions
    }

    /// Stops one build, running or waiting.
    pub fn cancel_id(&mut self, id: BuildId) -> Vec<Action<T>> {
        if let Some(waiting) = self.waiting.take_if(|waiting| waiting.id == id) {
            return vec![Action::Drop(waiting.id, waiting.request)];
        }
        match &mut self.running {
            Some(running) if running.id == id && !running.canceled => {
                running.canceled = true;
                vec![Action::Cancel(id)]
            }
            _ => Vec::new(),
        }
    }

    /// A build has ended, whichever way; the waiting one starts. Ends of builds that do not run are stale and change nothing.
    pub fn finished(&mut self, id: BuildId) -> Vec<Action<T>> {
        if self.running() != Some(id) {
            return Vec::new();
        }
        self.running = None;
        let Some(Waiting { id, key, request }) = self.waiting.take() else { return Vec::new() };
        self.running = Some(Running { id, key, canceled: false });
        vec![Action::Start(id, request)]
    }

    /// The build that runs; events of any other are stale.
    #[must_use]
    pub fn running(&self) -> Option<BuildId> {
        self.running.as_ref().map(|running| running.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: BuildId = BuildId(1);
    const SECOND: BuildId = BuildId(2);
    const THIRD: BuildId = BuildId(3);

    #[test]
    fn the_first_starts_at_once_and_the_next_when_it_has_ended() {
        let mut queue = BuildQueue::new();
        assert_eq!(queue.request('a', "one"), (FIRST, vec![Action::Start(FIRST, "one")]));
        assert_eq!(queue.request('b', "two"), (SECOND, vec![]));
        assert_eq!(queue.finished(FIRST), [Action::Start(SECOND, "two")]);
        assert_eq!(queue.finished(SECOND), []);
        assert_eq!(queue.running(), None);
    }

    #[test]
    fn the_latest_wins_over_the_one_that_waits() {
        let mut queue = BuildQueue::new();
        queue.request('a', "one");
        queue.request('b', "two");
        assert_eq!(queue.request('c', "three"), (THIRD, vec![Action::Drop(SECOND, "two")]));
        assert_eq!(queue.finished(FIRST), [Action::Start(THIRD, "three")]);
    }

    #[test]
    fn the_same_build_again_stops_the_running_one_once() {
        let mut queue = BuildQueue::new();
        queue.request('a', "one");
        assert_eq!(queue.request('a', "two").1, [Action::Cancel(FIRST)]);
        assert_eq!(queue.request('a', "three").1, [Action::Drop(SECOND, "two")]);
        assert_eq!(queue.running(), Some(FIRST));
        assert_eq!(queue.finished(FIRST), [Action::Start(THIRD, "three")]);
    }

    #[test]
    fn the_next_of_the_same_build_may_wait_for_the_running_one() {
        let mut queue = BuildQueue::new();
        assert_eq!(queue.request_after('a', "one"), (FIRST, vec![Action::Start(FIRST, "one")]));
        assert_eq!(queue.request_after('a', "two").1, []);
        assert_eq!(queue.request_after('a', "three").1, [Action::Drop(SECOND, "two")]);
        assert_eq!(queue.cancel_id(FIRST), [Action::Cancel(FIRST)]);
        assert_eq!(queue.finished(FIRST), [Action::Start(THIRD, "three")]);
    }

    #[test]
    fn a_storm_of_requests_leaves_one_build_at_the_end() {
        let mut queue = BuildQueue::new();
        let mut started = Vec::new();
        for turn in 0..100 {
            for action in queue.request('a', turn).1 {
                match action {
                    Action::Start(id, turn) => started.push((id, turn)),
                    Action::Cancel(id) => assert_eq!(id, FIRST),
                    Action::Drop(..) => {}
                }
            }
        }
        assert_eq!(queue.finished(FIRST), [Action::Start(BuildId(100), 99)]);
        assert_eq!(queue.finished(BuildId(100)), []);
        assert_eq!((started, queue.running()), (vec![(FIRST, 0)], None));
    }

    #[test]
    fn cancel_stops_what_runs_and_drops_what_waits() {
        let mut queue = BuildQueue::new();
        queue.request('a', "one");
        queue.request('b', "two");
        assert_eq!(queue.cancel(|key| *key == 'b'), [Action::Drop(SECOND, "two")]);
        assert_eq!(queue.cancel(|_| true), [Action::Cancel(FIRST)]);
        assert_eq!(queue.cancel(|_| true), []);
        assert_eq!(queue.finished(FIRST), []);
    }

    #[test]
    fn one_build_is_stopped_by_its_id() {
        let mut queue = BuildQueue::new();
        queue.request('a', "one");
        queue.request('b', "two");
        assert_eq!(queue.cancel_id(SECOND), [Action::Drop(SECOND, "two")]);
        assert_eq!(queue.cancel_id(FIRST), [Action::Cancel(FIRST)]);
        assert_eq!(queue.cancel_id(THIRD), []);
    }

    #[test]
    fn a_late_end_of_another_build_changes_nothing() {
        let mut queue = BuildQueue::new();
        queue.request('a', "one");
        queue.finished(FIRST);
        queue.request('a', "two");
        queue.request('b', "three");
        assert_eq!(queue.finished(FIRST), []);
        assert_eq!(queue.running(), Some(SECOND));
    }
}
