//! What happened in the runs, so that rules which nothing tests do not count as tested.

/// How often the things came up that the rules are about: rules that nothing tests would hold, too.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) creates: usize,
    pub(crate) secrets: usize,
    pub(crate) delivered: usize,
    pub(crate) given_up: usize,
    pub(crate) set_valid: usize,
    pub(crate) deletes: usize,
    pub(crate) second_steps: usize,
    pub(crate) failed_writes: usize,
    pub(crate) lost: usize,
    pub(crate) looks: usize,
    pub(crate) from_lost: usize,
    pub(crate) unsure: usize,
    /// Deactivations of keys in use.
    pub(crate) typed: usize,
    pub(crate) deliveries: usize,
    pub(crate) undone: usize,
    /// Writes that waited for their key to be read.
    pub(crate) agreed: usize,
    pub(crate) quits: usize,
    pub(crate) journals: usize,
    /// Changes and deletions among many, how often they came to an end, and how often that was an undoing.
    pub(crate) many_changed: usize,
    pub(crate) many_deleted: usize,
    pub(crate) many_over: usize,
    pub(crate) many_undone: usize,
    pub(crate) side_by_side: usize,
    pub(crate) exports: usize,
    pub(crate) replaced: usize,
    pub(crate) rotations: usize,
    /// Calls that another key signed first, and questions whether the old one is deactivated.
    pub(crate) sign_ins: usize,
    pub(crate) offered: usize,
    /// Rotations of a key in use, without a grace period.
    pub(crate) cut_off: usize,
    /// Successors, old keys that were brought back, replacements that were ended, and reads that came by themselves.
    pub(crate) successors: usize,
    pub(crate) brought_back: usize,
    pub(crate) ended: usize,
    pub(crate) polls: usize,
    /// Replacements that were gone on with in place of a rotation in place.
    pub(crate) gone_on_with: usize,
}

impl Seen {
    /// Whether all happened that the rules are about.
    pub(crate) fn is_enough(&self) -> bool {
        let Self { creates, secrets, delivered, given_up, set_valid, deletes, second_steps, failed_writes, .. } = self;
        let Self { lost, looks, from_lost, unsure, typed, deliveries, undone, agreed, quits, journals, .. } = self;
        let Self { many_changed, many_deleted, many_over, many_undone, side_by_side, exports, replaced, .. } = self;
        let Self {
            rotations, cut_off, sign_ins, offered, successors, brought_back, ended, polls, gone_on_with, ..
        } = self;
        let replacements = [successors, brought_back, ended, polls, gone_on_with];
        let ones = [
            sign_ins,
            offered,
            rotations,
            cut_off,
            creates,
            secrets,
            delivered,
            given_up,
            set_valid,
            deletes,
            second_steps,
            failed_writes,
            quits,
        ];
        let others = [lost, looks, from_lost, unsure, typed, undone, agreed, journals, deliveries];
        let many = [many_changed, many_deleted, many_over, many_undone, side_by_side, exports, replaced];
        ones.into_iter().chain(others).chain(many).chain(replacements).all(|count| *count > 0)
    }
}
