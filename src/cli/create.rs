//! `create`: a destination first, then the key, then its secret to the destination.

use zeroize::Zeroizing;

use super::arguments::Create;
use super::confirm;
use super::destination::Destination;
use super::exit::{Exit, Failure};
use super::json::{self, Delivered, Exposed, KeyDocument, Plan, Printed, ScopeDocument, Target, print_json};
use super::output::{say, write_stdout};
use super::people::{key_words, sentence};
use super::place::Place;
use super::session::Session;
use crate::api::error::{ApiError, Certainty};
use crate::api::model::{ApiKey, CreatedKey, KeyId};
use crate::operations;
use crate::secret::Secret;
use crate::text::Text;

/// Generates a key.
pub(super) async fn run(session: &Session, arguments: &Create) -> Result<Exit, Failure> {
    let Create { name, to, write, .. } = arguments;
    to.check()?;
    let place = session.place(arguments.scope.wanted()).await?;
    let noun = place.scope.key_noun();
    let plan = format!("the {noun} “{}” in {}, its secret to {}", Text::from(name.as_str()), place.words(), to.words());
    if write.dry_run {
        say(format_args!("Would generate {plan}. Nothing was changed."));
        if write.json {
            let target = Target::New { name, scope: ScopeDocument::new(&place), to: to.label() };
            print_json(&Plan { dry_run: true, action: "create", target })?;
        }
        return Ok(Exit::Done);
    }
    confirm::agree(&format!("Generate {plan}?"), write.yes).await?;
    // A question may stay unanswered for long.
    to.check()?;
    let before = known_ids(session, &place).await;
    let lost = format!(
        "A key called “{}” may have been generated, and nobody has its secret: `ckeys list {}` shows it. \
         Delete it if it is there, then try again.",
        Text::from(name.as_str()),
        place.flag()
    );
    let created = session.write(&lost, async |client| client.keys(&place.scope).create(name).await).await;
    let CreatedKey { key, secret } = match created {
        Ok(created) => created,
        Err(error) => return Err(lost_answer(session, &place, name, before.as_deref(), &error, &lost).await),
    };
    let words = key_words(&key, &place);
    session.pending.begin(format!(
        "The key {words} was generated, but its secret was perhaps not delivered: deactivate it \
         (`ckeys deactivate {} {}`) unless you have it.",
        key.id,
        place.flag()
    ));
    let delivered = match secret {
        Some(secret) => deliver(session, &place, &key, &secret, to, write.json).await,
        None => Err("the service's answer did not hold the secret".to_owned()),
    };
    let told = match delivered {
        Ok(told) => told,
        Err(reason) => return Err(take_back(session, &place, &key, &reason).await),
    };
    session.pending.end();
    if let Some(contradiction) = operations::contradicts_create(&key, name) {
        say(format_args!("ckeys: Warning: {contradiction}"));
    }
    say(format_args!("{} {told}", sentence(&format!("Generated the key {words}"))));
    if write.json && *to != Destination::Stdout {
        let delivered_to = to.label();
        print_json(&Delivered { key: KeyDocument::new(session, &place, &key), delivered_to })?;
    }
    Ok(Exit::Done)
}

/// Takes the secret where it shall go; the words for people, or why it did not get there.
async fn deliver(
    session: &Session,
    place: &Place,
    key: &ApiKey,
    secret: &Secret,
    to: &Destination,
    as_json: bool,
) -> Result<String, String> {
    if *to != Destination::Stdout {
        let take_back = format!("ckeys deactivate {} {}", key.id, place.flag());
        return to.deliver(secret, session, &take_back).await;
    }
    let text = if as_json {
        let document = Printed { key: KeyDocument::new(session, place, key), secret: Exposed(secret) };
        json::document(&document).map_err(|error| error.to_string())?
    } else {
        let mut line = Zeroizing::new(String::with_capacity(secret.expose().len() + 1));
        line.push_str(secret.expose());
        line.push('\n');
        line
    };
    write_stdout(&text).map_err(|error| format!("standard output can't be written: {error}"))?;
    Ok("Its secret is on standard output. The service does not show it again.".to_owned())
}

/// The ids of the scope's keys, to find out later what became of a lost answer; none where they can't be read,
/// which is no reason to stop.
async fn known_ids(session: &Session, place: &Place) -> Option<Vec<KeyId>> {
    let keys = session.read(async |client| client.keys(&place.scope).list().await).await.ok()?;
    Some(keys.into_iter().map(|key| key.id).collect())
}

/// A key that nobody has the secret of must not stay alive.
async fn take_back(session: &Session, place: &Place, key: &ApiKey, reason: &str) -> Failure {
    let words = key_words(key, place);
    let undone = session
        .write(
            &format!(
                "Its secret was not delivered ({reason}), and whether the key {words} was deactivated is unknown: \
                 `{}` shows it.",
                place.get_command(key.id)
            ),
            async |client| client.keys(&place.scope).set_valid(key.id, false).await,
        )
        .await;
    let words = match undone {
        Ok(answer) if !answer.valid && answer.id == key.id => format!(
            "The key {words} was generated, but its secret was not delivered: {reason}.\n\
             Nobody has it, so the key was deactivated again. Delete it when you like (`ckeys delete {} {}`).",
            key.id,
            place.flag()
        ),
        other => {
            let why = match other {
                Ok(_) => "The service answered that it is still active.".to_owned(),
                Err(error) => error.to_string(),
            };
            format!(
                "THE KEY {words} IS ACTIVE, AND ITS SECRET IS LOST.\n\
                 It was generated, but the secret was not delivered: {reason}. Deactivating it again failed, too: {why}\n\
                 Deactivate it yourself: `ckeys deactivate {} {}`.",
                key.id,
                place.flag()
            )
        }
    };
    Failure::new(Exit::Failed, words)
}

/// Reads the list again where the key may exist all the same, and tells what became of it.
async fn lost_answer(
    session: &Session,
    place: &Place,
    name: &str,
    before: Option<&[KeyId]>,
    error: &ApiError,
    lost: &str,
) -> Failure {
    let mut failure = Failure::of_write(error, lost);
    if error.certainty() == Certainty::NotDone {
        return failure;
    }
    let Some(before) = before else { return failure };
    let Ok(after) = session.read(async |client| client.keys(&place.scope).list().await).await else { return failure };
    let found = operations::appeared(before, &after, name);
    let found: Vec<_> = found.into_iter().map(|key| key_words(key, place)).collect();
    failure.add(&match &found[..] {
        [] => "Read again just now, no such key is there.".to_owned(),
        found => sentence(&format!("Read again just now, it is there: {}", found.join("; "))),
    });
    failure
}
