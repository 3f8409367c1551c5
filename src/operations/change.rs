//! Deactivating, reactivating and deleting a key: sent once, and the key read again where the answer is lost.

use super::sent::Sent;
use super::{Answer, Operator, Unsure};
use crate::api::error::{ApiError, Certainty};
use crate::api::model::{KeyId, Scope};
use crate::journal::{Action, Outcome};

impl Operator {
    pub(super) async fn set_valid(&self, scope: &Scope, id: KeyId, valid: bool) -> Result<Answer, ApiError> {
        let action = if valid { Action::Activate } else { Action::Deactivate };
        let sent = Sent::begin(self, scope, action, id, None).await;
        let error = match self.knowing_whose(self.client.keys(scope).set_valid(id, valid)).await {
            Ok(key) => {
                let outcome = if key.id == id && key.valid == valid { Outcome::Done } else { Outcome::Unknown };
                sent.ended(Some(&key), outcome, "").await;
                return Ok(Answer::Key(key));
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                sent.ended(None, Outcome::Failed, &error.summary()).await;
                return Err(error);
            }
            Err(error) => error,
        };
        Ok(match self.client.keys(scope).get(id).await {
            // It is as it was asked for, whatever became of the answer.
            Ok(key) if key.id == id && key.valid == valid => {
                sent.ended(Some(&key), Outcome::Done, "").await;
                Answer::Key(key)
            }
            now => {
                sent.ended(now.as_ref().ok(), Outcome::Unknown, &error.summary()).await;
                Answer::Unsure(Box::new(Unsure::new(error, now)))
            }
        })
    }

    pub(super) async fn delete(&self, scope: &Scope, id: KeyId) -> Result<Answer, ApiError> {
        let sent = Sent::begin(self, scope, Action::Delete, id, None).await;
        let error = match self.knowing_whose(self.client.keys(scope).delete_acknowledged(id)).await {
            Ok(acknowledged) => {
                sent.ended(None, if acknowledged { Outcome::Done } else { Outcome::Unknown }, "").await;
                return Ok(Answer::Deleted { acknowledged });
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                sent.ended(None, Outcome::Failed, &error.summary()).await;
                return Err(error);
            }
            Err(error) => error,
        };
        Ok(match self.client.keys(scope).get(id).await {
            Err(gone) if gone.is_not_found() => {
                sent.ended(None, Outcome::Done, "").await;
                Answer::Deleted { acknowledged: true }
            }
            now => {
                sent.ended(now.as_ref().ok(), Outcome::Unknown, &error.summary()).await;
                Answer::Unsure(Box::new(Unsure::new(error, now)))
            }
        })
    }
}
