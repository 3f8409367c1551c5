//! `create`: a destination first, then the key, then its secret to the destination.

use super::arguments::Create;
use super::confirm;
use super::destination::{self, Handover, To, lost_on_the_way};
use super::exit::{Exit, Failure};
use super::json::{Delivered, KeyDocument, Plan, ScopeDocument, Target, print_json};
use super::output::{inform, say};
use super::people::{key_words, lifetime_words, sentence};
use super::place::Place;
use super::session::Session;
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, CreatedKey, Lifetime};
use crate::destination::NotDelivered;
use crate::guard;
use crate::operations::{self, Answer, Lost, Operation};
use crate::text::Text;

/// Generates a key.
pub(super) async fn run(session: &Session, arguments: &Create) -> Result<Exit, Failure> {
    let Create { name, to, write, .. } = arguments;
    let lifetime = arguments.expires_in_days.unwrap_or_default();
    let wanted = arguments.scope.wanted();
    let look = to.look(wanted.kind(), session).await?;
    let place = session.place(wanted).await?;
    if lifetime != Lifetime::Unlimited {
        guard::available(session.capabilities().await?.expiry)?;
    }
    let noun = place.scope.key_noun();
    let expires = lifetime_words(lifetime).map(|words| format!(", which {words}")).unwrap_or_default();
    let shown = Text::from(name.as_str());
    let plan = format!("the {noun} “{shown}” in {}{expires}, its secret to {}", place.words(), look.goes_to);
    destination::warn(&look);
    if write.dry_run {
        inform(format_args!("Would generate {plan}. Nothing was changed."));
        if write.json {
            let target = Target::New { name, scope: ScopeDocument::new(&place), to: to.label() };
            print_json(&Plan { dry_run: true, action: "create", target })?;
        }
        return Ok(Exit::Done);
    }
    confirm::agree(&format!("Generate {plan}?"), write.yes).await?;
    to.look_again(wanted.kind(), session, &look).await?;
    let lost = format!(
        "A key called “{}” may have been generated, and nobody has its secret: {} shows it. \
         Delete it if it is there, then try again.",
        Text::from(name.as_str()),
        session.command(format_args!("list {}", place.flag()))
    );
    let operation = Operation::Create { scope: place.scope.clone(), name: name.clone(), lifetime, replaces: None };
    let CreatedKey { key, secret } = match session.write(&lost, operation).await {
        Ok(Answer::Created(created)) => created,
        Ok(Answer::Lost(answer)) => return Err(lost_answer(&answer, &place, &lost)),
        Ok(_) => return Err(Failure::new(Exit::Unknown, lost)),
        Err(error) => return Err(Failure::of_write(&error, &lost)),
    };
    let words = key_words(&key, &place);
    let deactivate = session.command(format_args!("deactivate {} {}", key.id, place.flag()));
    session.pending.begin(format!(
        "The key {words} was generated, but its secret was perhaps not delivered: deactivate it \
         ({deactivate}) unless you have it."
    ));
    let in_doubt = format!("run {deactivate}, and generate another key with --to file:PATH.");
    let delivered = match secret {
        Some(secret) => {
            let handover =
                Handover { place: &place, key: &key, to, look: &look, as_json: write.json, in_doubt: &in_doubt };
            handover.carry_out(&secret, session).await
        }
        None => Err(lost_on_the_way("the service's answer did not hold the secret")),
    };
    let told = match delivered {
        Ok(told) => told,
        Err(reason) => return Err(take_back(session, &place, &key, Issued::Generated, &reason).await),
    };
    session.pending.end();
    let contradictions = [operations::contradicts_create(&key, name), operations::contradicts_lifetime(&key, lifetime)];
    for contradiction in contradictions.into_iter().flatten() {
        say(format_args!("ckeys: Warning: {contradiction}"));
    }
    inform(format_args!("{} {told}", sentence(&format!("Generated the key {words}"))));
    if write.json && *to != To::Stdout {
        let delivered_to = to.label();
        print_json(&Delivered { key: KeyDocument::new(session, &place, &key), delivered_to })?;
    }
    Ok(Exit::Done)
}

/// How a key came to the secret that did not get where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Issued {
    Generated,
    /// In place, and its old value has stopped.
    Rotated,
}

impl Issued {
    fn done(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Rotated => "rotated",
        }
    }
}

/// A key whose secret is not where it should be must not stay alive.
pub(super) async fn take_back(
    session: &Session,
    place: &Place,
    key: &ApiKey,
    issued: Issued,
    failed: &NotDelivered,
) -> Failure {
    let words = key_words(key, place);
    let done = issued.done();
    let command = |verb: &str| session.command(format_args!("{verb} {} {}", key.id, place.flag()));
    let NotDelivered { reason, is_out } = failed;
    let whose = if *is_out { "It may have got out on the way" } else { "Nobody has it" };
    let undone = session
        .write(
            &format!(
                "Its secret was not delivered ({reason}), and whether the key {words} was deactivated is unknown: \
                 {} shows it.",
                command("get")
            ),
            Operation::SetValid { scope: place.scope.clone(), id: key.id, valid: false },
        )
        .await;
    let words = match undone {
        Ok(Answer::Key(answer)) if !answer.valid && answer.id == key.id => {
            let next = match issued {
                Issued::Generated => format!("Delete it when you like ({}).", command("delete")),
                Issued::Rotated => format!(
                    "Its old value has stopped, too: rotate it again ({}) with a destination that works, \
                     and reactivate it ({}).",
                    command("rotate"),
                    command("activate")
                ),
            };
            format!(
                "The key {words} was {done}, but its secret was not delivered: {reason}.\n\
                 {whose}, so the key was deactivated{}. {next}",
                if issued == Issued::Generated { " again" } else { "" }
            )
        }
        Ok(Answer::Unsure(unsure)) if unsure.now == Ok(None) => gone(&words, done, reason),
        Err(error) if error.is_not_found() => gone(&words, done, reason),
        other => {
            let (exit, is, why) = match other {
                Ok(Answer::Unsure(unsure)) if unsure.now.is_err() => {
                    (Exit::Unknown, "MAY BE", unsure.error.to_string())
                }
                Ok(Answer::Unsure(unsure)) => (Exit::Failed, "IS", unsure.error.to_string()),
                Ok(Answer::Key(answer)) if answer.id != key.id => {
                    let why = format!("The service answered with the key {} in place of {}.", answer.id, key.id);
                    (Exit::Unknown, "MAY BE", why)
                }
                Ok(_) => (Exit::Failed, "IS", "The service answered that it is still active.".to_owned()),
                Err(error) => (Exit::Failed, "IS", error.to_string()),
            };
            let failed = if exit == Exit::Unknown {
                "Whether it was deactivated again is unknown:"
            } else {
                "Deactivating it again failed, too:"
            };
            let words = format!(
                "THE KEY {words} {is} ACTIVE, AND ITS SECRET IS LOST.\n\
                 It was {done}, but the secret was not delivered: {reason}. {failed} {why}\n\
                 Deactivate it yourself: {}.",
                command("deactivate")
            );
            return Failure::new(exit, words);
        }
    };
    Failure::new(Exit::Failed, words)
}

/// The words for a key that somebody deleted, or that never was, when it was to be taken back.
fn gone(words: &str, done: &str, reason: &str) -> String {
    format!(
        "The key {words} was {done}, but its secret was not delivered: {reason}.\n\
         It was to be deactivated again, and the service knows no such key any more."
    )
}

/// What became of a key whose answer was lost, as far as the list tells.
fn lost_answer(answer: &Lost, place: &Place, lost: &str) -> Failure {
    let why = answer.error.as_ref().map(ApiError::to_string).unwrap_or_default();
    let mut failure = Failure::new(Exit::Unknown, format!("{why}\n{lost}"));
    let Ok(found) = &answer.found else { return failure };
    let (likely, others): (Vec<_>, Vec<_>) = found.iter().partition(|key| answer.is_likely(key));
    let words = |keys: Vec<&ApiKey>| keys.into_iter().map(|key| key_words(key, place)).collect::<Vec<_>>().join("; ");
    if likely.len() == 1 {
        let there = sentence(&format!("Read again just now, it is there: {}", words(likely)));
        failure.add(&format!("{there} Somebody else may have made it in the same moment."));
    } else if !likely.is_empty() {
        let there = sentence(&format!("Read again just now, several are there that are new: {}", words(likely)));
        failure.add(&format!("{there} One of them is it; somebody else may have made the others in the same moment."));
    } else if others.is_empty() {
        failure.add("Read again just now, no such key is there.");
    } else {
        // The service may have changed the name, too.
        failure.add(&sentence(&format!(
            "Read again just now, no key of this name is there, but others that are new, most likely somebody else's: {}",
            words(others)
        )));
    }
    failure
}
