//! `rotate`: a destination first, then a new value for the key, in place, and its secret to the destination.

use super::arguments::Rotate;
use super::confirm;
use super::create::{Issued, take_back};
use super::destination::{self, Handover, To, lost_on_the_way};
use super::exit::{Exit, Failure};
use super::json::{Delivered, KeyDocument, Plan, print_json};
use super::output::{inform, say};
use super::people::{key_words, last_used_words, sentence};
use super::place::Place;
use super::session::Session;
use super::times::exact;
use crate::api::model::{ApiKey, CreatedKey, Lifetime, Rotation, RotationState};
use crate::destination::NotDelivered;
use crate::guard;
use crate::operations::{self, Answer, LostRotation, Operation};

/// Gives a key a new value.
pub(super) async fn run(session: &Session, arguments: &Rotate) -> Result<Exit, Failure> {
    let Rotate { id, to, write, .. } = arguments;
    let rotation = Rotation { grace_hours: arguments.grace_hours, lifetime: arguments.expires_in_days };
    let wanted = arguments.scope.wanted();
    let look = to.look(wanted.kind(), session).await?;
    let place = session.place(wanted).await?;
    guard::available(session.capabilities().await?.rotation).map_err(|refusal| {
        let mut failure = Failure::from(refusal);
        failure.add(&format!(
            "Another key can take its place: generate it with {}, put its secret where this one's is, and deactivate this \
             one once {} shows that the new one is in use. R on the screen leads through that.",
            session.command("create"),
            session.command("get")
        ));
        failure
    })?;
    let key = session.key_to_change(&place, *id).await?;
    guard::rotate(&key, &place.scope, &session.signer, rotation, session.now())?;
    let words = key_words(&key, &place);
    let consequences = consequences(session, &key, rotation);
    destination::warn(&look);
    if write.dry_run {
        inform(format_args!(
            "Would rotate the key {words}, its new secret to {}.\n{consequences}\nNothing was changed.",
            look.goes_to
        ));
        if write.json {
            print_json(&Plan::of_key("rotate", KeyDocument::new(session, &place, &key)))?;
        }
        return Ok(Exit::Done);
    }
    let question = format!("Rotate the key {words}, its new secret to {}?\n{consequences}", look.goes_to);
    // Whoever gave --yes is not asked, and needs no list to be read.
    if guard::cuts_off(&key, rotation.grace_hours, session.now()) && !write.yes {
        let phrase = session.phrase(&place, &key).await?;
        confirm::agree_by_phrase(&question, &phrase, "rotate", write.yes).await?;
    } else {
        confirm::agree(&question, write.yes).await?;
    }
    to.look_again(wanted.kind(), session, &look).await?;
    let rotated = send(session, &place, &key, rotation).await?;
    let again = again(session, &place, &key);
    session.pending.begin(format!(
        "The key {words} was rotated, but its new secret was perhaps not delivered: rotate it again ({again}) unless you \
         have it."
    ));
    let in_doubt = format!("rotate it again ({again}) with --to file:PATH.");
    let CreatedKey { key: answer, secret } = rotated;
    let delivered = match secret {
        Some(secret) => {
            let handover =
                Handover { place: &place, key: &answer, to, look: &look, as_json: write.json, in_doubt: &in_doubt };
            handover.carry_out(&secret, session).await
        }
        None => Err(lost_on_the_way("the service's answer did not hold the secret")),
    };
    let told = match delivered {
        Ok(told) => told,
        Err(failed) => return Err(undelivered(session, &place, &answer, &failed).await),
    };
    session.pending.end();
    for contradiction in operations::contradicts_rotation(&answer, &key, rotation, session.now()) {
        say(format_args!("ckeys: Warning: {contradiction}"));
    }
    inform(format_args!("{} {told}", sentence(&format!("Rotated the key {words}"))));
    if let RotationState::UnderWay { until, .. } = answer.rotation(session.now()) {
        inform(format_args!("Its old value works until {}.", exact(session.settings.times, until)));
    }
    if write.json && *to != To::Stdout {
        print_json(&Delivered { key: KeyDocument::new(session, &place, &answer), delivered_to: to.label() })?;
    }
    Ok(Exit::Done)
}

/// What will happen to the old value and to the key, in sentences.
fn consequences(session: &Session, key: &ApiKey, rotation: Rotation) -> String {
    let times = session.settings.times;
    let mut sentences = Vec::new();
    if key.is_expired(session.now()) {
        sentences.push("It has expired, and works again from then on.".to_owned());
    } else if let Some(end) = rotation.grace_ends(session.now()) {
        sentences.push(format!("Its old value works beside the new one until {}, and then stops.", exact(times, end)));
    } else {
        let used = last_used_words(session, key);
        sentences.push(format!(
            "{used}. Its old value stops at once: whatever uses it is refused until it has the new one."
        ));
    }
    if let RotationState::UnderWay { .. } = key.rotation(session.now()) {
        sentences
            .push("It is being rotated already: the new value that was made for that stops at once, too.".to_owned());
    }
    if !key.valid {
        sentences.push("It is inactive, and stays so.".to_owned());
    }
    match (rotation.lifetime, rotation.expiry(key, session.now())) {
        (Some(Lifetime::Unlimited), _) if key.expires_at.is_some() => {
            sentences.push("It does not expire any more.".to_owned());
        }
        (None, Some(expiry)) => sentences.push(format!("It still expires {}.", exact(times, expiry))),
        (Some(_), Some(expiry)) => sentences.push(format!("It then expires {}.", exact(times, expiry))),
        _ => {}
    }
    sentences.join(" ")
}

/// Sends the rotation of `key`.
async fn send(session: &Session, place: &Place, key: &ApiKey, rotation: Rotation) -> Result<CreatedKey, Failure> {
    let words = key_words(key, place);
    let unknown =
        format!("Whether the key {words} was rotated is unknown: {} shows it.", session.get_command(place, key.id));
    let operation = Operation::Rotate { scope: place.scope.clone(), id: key.id, rotation };
    let interrupted =
        format!("{unknown} If it was, nobody has its new secret: rotate it again ({}).", again(session, place, key));
    match session.write(&interrupted, operation).await {
        Ok(Answer::Rotated(rotated)) => Ok(rotated),
        Ok(Answer::RotationLost(lost)) => Err(lost_answer(session, place, &lost, &unknown)),
        Ok(_) => Err(Failure::new(Exit::Unknown, unknown)),
        Err(error) => Err(Failure::of_write(&error, &unknown)),
    }
}

/// What became of a rotation whose answer was lost, as far as the ends of the values tell.
fn lost_answer(session: &Session, place: &Place, lost: &LostRotation, unknown: &str) -> Failure {
    let mut failure = Failure::new(Exit::Unknown, format!("{}\n{unknown}", lost.error));
    let again = again(session, place, &lost.before);
    match (lost.took_place(), &lost.now) {
        (Some(true), Ok(Some(now))) => {
            let old = match now.rotation(session.now()) {
                RotationState::UnderWay { until, .. } => {
                    format!("Its old value works until {}", exact(session.settings.times, until))
                }
                _ => "Its old value has stopped".to_owned(),
            };
            failure.add(&format!(
                "Read again just now, it has a new value: it was rotated, unless somebody else did that in the same moment. \
                 The new secret is lost. {old}; rotate it again to get another secret: {again}."
            ));
        }
        (Some(false), _) => {
            failure.add("Read again just now, it has not been rotated: its value is the one from before.")
        }
        (None, Ok(None)) => failure.add("Read again just now, it is gone."),
        _ => {}
    }
    failure
}

/// What is done where the new secret is not where it should be. While the old value works, the key is left alone: whoever
/// uses it would be cut off for nothing; so is one that is inactive already.
async fn undelivered(session: &Session, place: &Place, key: &ApiKey, failed: &NotDelivered) -> Failure {
    let again = again(session, place, key);
    let next = match key.rotation(session.now()) {
        RotationState::UnderWay { until, .. } => format!(
            "The old value works until {}: rotate it again before that ({again}), with a destination that works. The \
             lost value stops then.",
            exact(session.settings.times, until)
        ),
        RotationState::None if key.shadow.is_some() => format!(
            "Until when the old value works, the service did not say: rotate it again soon ({again}), with a destination \
             that works. The lost value stops then."
        ),
        // Whoever deactivated it before shall not be led to reactivate it.
        _ if !key.valid => {
            format!("It is inactive, as it was: rotate it again ({again}), with a destination that works.")
        }
        _ => return take_back(session, place, key, Issued::Rotated, failed).await,
    };
    let NotDelivered { reason, is_out } = failed;
    let whose = if *is_out { "It may have got out on the way" } else { "Nobody has it" };
    Failure::new(
        Exit::Failed,
        format!(
            "The key {} was rotated, but its new secret was not delivered: {reason}.\n{whose}. {next}",
            key_words(key, place)
        ),
    )
}

/// The command that rotates `key` again.
fn again(session: &Session, place: &Place, key: &ApiKey) -> String {
    session.command(format_args!("rotate {} {}", key.id, place.flag()))
}
