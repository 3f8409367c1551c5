//! The journal, kept beside the calls: its disk and its locks are waited for on threads of their own, so that a slow
//! disk or a stopped program holds up nothing but the write that is being written down.

use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::journal::{Entry, Intent, Journal, JournalError, Leftovers, OpenIntent, Report, Service, WITHOUT_JOURNAL};
use crate::panic::before_the_end;

/// How long a write waits for its line, in all: above the journal's own patience with other programs. A fresh secret
/// must not wait for good behind a disk that is stuck.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the disk is waited for where the program ends: whoever ends it does not wait for a stuck one.
pub(super) const AT_THE_END: Duration = Duration::from_millis(500);

/// The journal, where one is kept, and what is wrong with it. Dropped, it waits a moment for what is being written;
/// so does the end by a panic.
#[derive(Debug)]
pub(super) struct Recorder {
    journal: Option<Result<Journal, JournalError>>,
    patience: Duration,
    trouble: Mutex<Trouble>,
    /// What could not be written down, as there is no journal, or none that takes it: known until the program ends.
    memory: Mutex<Vec<Entry>>,
    /// Whatever is being written holds one of these; none is ever sent on.
    writing: Option<mpsc::Sender<()>>,
    written: Mutex<mpsc::Receiver<()>>,
}

#[derive(Debug, Default)]
struct Trouble {
    complaint: Option<String>,
    has_complained: bool,
}

impl Recorder {
    /// Keeps `journal`. Where it is none, nothing is to be written down; an error is told.
    pub(super) fn new(journal: Option<Result<Journal, JournalError>>) -> Self {
        Self::with_patience(journal, PATIENCE)
    }

    fn with_patience(journal: Option<Result<Journal, JournalError>>, patience: Duration) -> Self {
        let (writing, written) = mpsc::channel();
        let (writing, written) = (Some(writing), Mutex::new(written));
        let recorder =
            Self { journal, patience, trouble: Mutex::default(), memory: Mutex::default(), writing, written };
        if let Some(Err(error)) = &recorder.journal {
            recorder.complain(error);
        }
        recorder
    }

    /// Whether anything is written down.
    pub(super) fn keeps_journal(&self) -> bool {
        matches!(self.journal, Some(Ok(_)))
    }

    /// The journal, for whoever can wait for it.
    pub(super) fn journal(&self) -> Option<Journal> {
        self.journal.as_ref()?.as_ref().ok().cloned()
    }

    /// Writes down what is about to be done, with the disk's say-so, before it is. None where that can't be had.
    pub(super) async fn begin(&self, intent: Intent) -> Option<OpenIntent> {
        let journal = self.journal()?;
        // One that comes late belongs to a call that has gone on without it, or was given up before it was sent.
        // Where it can't be removed, the next start looks into it.
        let withdraw = |open: OpenIntent| drop(open.withdraw());
        self.aside(move || journal.begin(&intent), withdraw).await
    }

    /// Writes down what came of `open`. Where there is no intent, the line alone.
    pub(super) async fn finish(&self, open: Option<OpenIntent>, entry: Entry) {
        match open {
            Some(open) => self.keep(entry, move |entry| open.finish(entry)).await,
            None => self.append(entry).await,
        }
    }

    /// Writes down what was done.
    pub(super) async fn append(&self, entry: Entry) {
        match self.journal() {
            Some(journal) => self.keep(entry, move |entry| journal.append(entry)).await,
            None => self.remember(entry),
        }
    }

    /// Has `entry` written by `work`; where that can't be done, it is remembered.
    async fn keep(&self, entry: Entry, work: impl FnOnce(&Entry) -> Result<(), JournalError> + Send + 'static) {
        let kept = entry.clone();
        if self.aside(move || work(&kept), drop).await.is_none() {
            self.remember(entry);
        }
    }

    fn remember(&self, entry: Entry) {
        self.memory().push(entry);
    }

    fn memory(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` on the journal, and returns when it is done; at the latest after a while, when it goes on behind.
    pub(super) async fn write(&self, work: impl FnOnce() -> Result<(), JournalError> + Send + 'static) {
        self.aside(work, drop).await;
    }

    /// What earlier programs left; nothing where that can't be had.
    pub(super) async fn abandoned(&self) -> Leftovers {
        let Some(journal) = self.journal() else { return Leftovers::default() };
        self.aside(move || journal.abandoned(), drop).await.unwrap_or_default()
    }

    /// All that was done so far, the oldest first; of a journal that can't be read, what this program remembers.
    pub(super) async fn entries(&self) -> Vec<Entry> {
        self.history().await.0
    }

    /// All that was done so far, the oldest first, as far as the journal can be read, and why it can't.
    pub(super) async fn history(&self) -> (Vec<Entry>, Option<JournalError>) {
        let (mut entries, trouble) = match &self.journal {
            None => (Vec::new(), None),
            Some(Err(error)) => (Vec::new(), Some(error.clone())),
            Some(Ok(journal)) => {
                let journal = journal.clone();
                match self.in_time(move || journal.entries(None), drop).await {
                    Ok(history) => (history.entries, None),
                    Err(error) => (Vec::new(), Some(error)),
                }
            }
        };
        let remembered = self.memory().clone();
        if !remembered.is_empty() {
            entries.extend(remembered);
            entries.sort_by_key(|entry| entry.time);
        }
        (entries, trouble)
    }

    /// The newest `most` entries, as of now; none where nothing is written down.
    ///
    /// # Errors
    /// Where they can't be read, or not in time.
    pub(super) async fn report(&self, here: Service, most: usize) -> Result<Option<Report>, JournalError> {
        match &self.journal {
            None => Ok(None),
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(journal)) => {
                let journal = journal.clone();
                self.in_time(move || journal.report(here, most), drop).await.map(Some)
            }
        }
    }

    /// What `work` comes to, as [`in_time`](Self::in_time). None where that is an error, which is told.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
        late: impl FnOnce(T) + Send + 'static,
    ) -> Option<T> {
        self.in_time(work, late).await.map_err(|error| self.complain(&error)).ok()
    }

    /// What `work`, done on another thread, comes to.
    ///
    /// # Errors
    /// Its own, and [`JournalError::NoAnswer`] where it takes too long. What it comes to then gets `late`, there; so
    /// where it is not waited for any more.
    async fn in_time<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
        late: impl FnOnce(T) + Send + 'static,
    ) -> Result<T, JournalError> {
        let (sender, mut receiver) = oneshot::channel();
        let writing = self.writing.clone();
        let (works, over) = mpsc::channel::<()>();
        let waited_for = before_the_end(move || _ = over.recv());
        tokio::task::spawn_blocking(move || {
            if let Err(Ok(value)) = sender.send(work()) {
                late(value);
            }
            drop((writing, works, waited_for));
        });
        let result = match tokio::time::timeout(self.patience, &mut receiver).await {
            Ok(result) => result.ok(),
            Err(_) => {
                // From here on it is late; what came in the same moment is not.
                receiver.close();
                receiver.try_recv().ok()
            }
        };
        let folder = || self.journal().map(|journal| journal.folder().to_owned()).unwrap_or_default();
        result.unwrap_or_else(|| Err(JournalError::NoAnswer(folder())))
    }

    /// Why the journal can't be kept, once.
    pub(super) fn take_complaint(&self) -> Option<String> {
        self.trouble().complaint.take()
    }

    fn complain(&self, error: &JournalError) {
        let mut trouble = self.trouble();
        if !std::mem::replace(&mut trouble.has_complained, true) {
            trouble.complaint = Some(format!("{error}. {WITHOUT_JOURNAL}"));
        }
    }

    fn trouble(&self) -> MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // An outcome that is known shall not get lost because the program ends in this moment.
        self.writing.take();
        let written = self.written.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = written.recv_timeout(AT_THE_END);
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::api::model::KeyId;
    use crate::journal::{Action, Intended, Outcome, ScopeRecord};

    fn recorder(patience: Duration) -> (TempDir, Journal, Recorder) {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path());
        let recorder = Recorder::with_patience(Some(Ok(journal.clone())), patience);
        (folder, journal, recorder)
    }

    fn intent() -> Intent {
        Intent {
            time: "2026-11-21T02:51:00Z".parse().unwrap(),
            service: Service::new(&"https://api.confident-ai.com".parse().unwrap()),
            organization: None,
            scope: ScopeRecord::Organization,
            name: "CI".into(),
            what: Intended::Create { replaces: None, known: vec![KeyId(7)] },
        }
    }

    fn entry() -> Entry {
        Entry::of(&intent(), intent().time, Action::Create, Outcome::Done)
    }

    fn wait<T>(what: impl Future<Output = T>) -> T {
        // Dropping it waits for what still runs behind.
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
    }

    #[test]
    fn what_takes_too_long_is_told_once_and_done_behind() {
        let (_folder, journal, recorder) = recorder(Duration::from_millis(20));
        let lock = std::fs::File::create(journal.folder().join("journal.lock")).unwrap();
        lock.lock().unwrap();
        wait(async {
            recorder.append(entry()).await;
            assert_eq!(journal.entries(None).unwrap().entries, []);
            recorder.append(entry()).await;
            let complaint = recorder.take_complaint().unwrap();
            assert!(complaint.contains("does not answer") && complaint.contains("without a journal"), "{complaint}");
            assert_eq!(recorder.take_complaint(), None);
            lock.unlock().unwrap();
        });
        assert_eq!(journal.entries(None).unwrap().entries, [entry(), entry()]);
    }

    /// An intent whose disk takes its time until the sender is dropped.
    fn slow_intent(journal: &Journal) -> (mpsc::Sender<()>, impl FnOnce() -> Result<OpenIntent, JournalError> + use<>) {
        let (go_on, stuck) = mpsc::channel();
        let journal = journal.clone();
        let begin = move || {
            let open = journal.begin(&intent());
            let _ = stuck.recv();
            open
        };
        (go_on, begin)
    }

    fn withdraw(open: OpenIntent) {
        open.withdraw().unwrap();
    }

    /// Its call has gone on, and the outcome is told elsewhere: a start that found it would raise a false alarm.
    #[test]
    fn an_intent_that_comes_too_late_is_withdrawn() {
        let (_folder, journal, recorder) = recorder(Duration::from_millis(20));
        let (go_on, begin) = slow_intent(&journal);
        wait(async {
            assert!(recorder.aside(begin, withdraw).await.is_none());
            drop(go_on);
        });
        assert!(recorder.take_complaint().is_some());
        assert_eq!(journal.intents().unwrap().intents, []);
        assert_eq!(journal.entries(None).unwrap().entries, []);
    }

    #[test]
    fn a_call_that_was_given_up_before_it_was_sent_leaves_no_intent() {
        let (_folder, journal, recorder) = recorder(Duration::from_secs(60));
        let (go_on, begin) = slow_intent(&journal);
        wait(async {
            tokio::select! {
                biased;
                _ = recorder.aside(begin, withdraw) => panic!("it was not waited for"),
                () = async { while journal.intents().unwrap().intents.is_empty() { tokio::task::yield_now().await } } => {}
            }
            drop(go_on);
        });
        assert_eq!(journal.intents().unwrap().intents, []);
        assert_eq!(recorder.take_complaint(), None);
    }

    #[test]
    fn without_an_intent_the_outcome_is_still_written_down() {
        let (_folder, journal, recorder) = recorder(Duration::from_secs(60));
        wait(async {
            let open = recorder.begin(intent()).await;
            assert!(open.is_some());
            recorder.finish(open, entry()).await;
            recorder.finish(None, entry()).await;
        });
        assert_eq!(journal.entries(None).unwrap().entries, [entry(), entry()]);
        assert_eq!(journal.intents().unwrap().intents, []);
    }

    /// Whoever is interrupted in this moment has not been told of it: the journal is.
    #[test]
    fn what_is_being_written_when_the_program_ends_is_written() {
        ends_while_writing(|recorder| {
            drop(recorder);
            None
        });
    }

    #[test]
    fn what_is_being_written_when_a_panic_ends_the_program_is_written() {
        ends_while_writing(|recorder| {
            crate::panic::have_done();
            Some(recorder)
        });
    }

    /// Has a line wait for the journal's lock until the program ends by `end`, which gives back what it did not drop.
    fn ends_while_writing(end: impl FnOnce(Recorder) -> Option<Recorder>) {
        let (_folder, journal, recorder) = recorder(Duration::from_secs(60));
        let lock = std::fs::File::create(journal.folder().join("journal.lock")).unwrap();
        lock.lock().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(begun_to_append(&recorder));
        let _kept = std::thread::scope(|scope| {
            scope.spawn(|| lock.unlock().unwrap());
            end(recorder)
        });
        assert_eq!(journal.entries(None).unwrap().entries, [entry()]);
        runtime.shutdown_background();
    }

    /// Gives the line to be written, and does not wait for that.
    async fn begun_to_append(recorder: &Recorder) {
        tokio::select! {
            biased;
            () = recorder.append(entry()) => panic!("it was not waited for"),
            () = std::future::ready(()) => {}
        }
    }
}
