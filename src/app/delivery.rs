//! Where a secret goes: a destination is looked at before the key is generated, and reached right after.

use super::dialog::{
    Delivering, Dialog, Generate, Goal, Outcome, Period, SecretDialog, SecretKind, Sight, SignIn, Target, Way,
};
use super::message::Effect;
use super::request::RequestId;
use super::{App, ClipboardRoute};
use crate::api::model::{ApiKey, Scope};
use crate::destination::{Ask, Delivered, Destination, KeyKind, Look, NotDelivered};
use crate::secret::Secret;

impl App {
    /// The form for a key of `scope`, called `name` at first. Its secret goes to the clipboard, where there is a way.
    pub(super) fn open_generate(&mut self, scope: Scope, name: &str) -> Vec<Effect> {
        let (scope_name, replaces) = (self.scope_name(&scope), self.replaced(&scope));
        let mut form = Generate::new(scope, scope_name, self.usual_goal());
        form.succeeds = self.succession();
        form.replaces = replaces.map(Box::new);
        let can_expire = self.capabilities.is_some_and(|capabilities| capabilities.expiry.is_available());
        form.lifetime = can_expire.then(Period::lifetime);
        form.name.paste(name);
        let mut effects = self.open(Dialog::Generate(form));
        effects.extend(self.look(false));
        effects
    }

    /// Why a new key can't be given a lifetime, where that is known.
    pub fn no_expiry(&self) -> Option<&'static str> {
        self.capabilities?.expiry.obstacle()
    }

    /// Where a secret goes as long as nobody chooses: to the clipboard, where there is a way.
    pub(super) fn usual_goal(&self) -> Goal {
        let way = match &self.clipboard {
            ClipboardRoute::Known(_) => Way::Clipboard,
            ClipboardRoute::Missing(_) => Way::Screen,
        };
        Goal::new(way, &self.settings.command)
    }

    /// Has the destination looked at that is being chosen. Where what was typed names none, that is told.
    pub(super) fn look(&mut self, wanted: bool) -> Option<Effect> {
        let request = self.next_request();
        let home = self.home.clone();
        let (goal, scope) = self.dialog.as_mut().and_then(Dialog::goal)?;
        match goal.destination(home.as_deref()) {
            Ok(destination) => {
                goal.sight = Sight::Looking(request, wanted);
                Some(Effect::Look(request, destination, KeyKind::from(scope)))
            }
            Err(error) => {
                goal.sight = Sight::Unclear(error);
                None
            }
        }
    }

    /// Takes in what a look told, and goes on where that was wanted and nothing speaks against it.
    pub(super) fn looked(&mut self, request: RequestId, look: Look) -> Vec<Effect> {
        let Some((goal, _)) = self.dialog.as_mut().and_then(Dialog::goal) else { return Vec::new() };
        if !goal.looked(request, look) {
            return Vec::new();
        }
        let outcome = match &self.dialog {
            Some(Dialog::Generate(form)) => form.go_on(),
            Some(Dialog::RotateInPlace(_)) => return self.rotate(true),
            Some(Dialog::Secret(_)) => Outcome::Deliver,
            _ => Outcome::Stay,
        };
        self.outcome(outcome)
    }

    /// Where the secret of the key shall go that the open form has just had generated or rotated.
    pub(super) fn chosen(&self) -> (Destination, Option<Ask>) {
        let goal = match &self.dialog {
            Some(Dialog::Generate(form)) => &form.goal,
            Some(Dialog::RotateInPlace(form)) => &form.goal,
            _ => return (Destination::Screen, None),
        };
        (goal.destination(self.home.as_deref()).unwrap_or(Destination::Screen), goal.ask())
    }

    /// A secret came: it goes where the form that had it made says, or waits for its turn.
    pub(super) fn issued(
        &mut self,
        awaited: bool,
        scope: &Scope,
        key: ApiKey,
        secret: Secret,
        kind: SecretKind,
    ) -> Vec<Effect> {
        let target = Target { scope: scope.clone(), scope_name: self.scope_name(scope), key };
        let mut dialog = SecretDialog::new(target, secret, kind);
        dialog.sign_in = self.succession().filter(|_| awaited).map(|old| Box::new(SignIn::new(*old)));
        let dialog = Dialog::Secret(Box::new(dialog));
        if !awaited {
            // A secret is never dropped: another dialog closes first.
            return self.open_in_turn(dialog);
        }
        let (destination, agreed) = self.chosen();
        let mut effects = self.open(dialog);
        if destination != Destination::Screen {
            effects.extend(self.deliver(destination, agreed));
        }
        effects
    }

    /// Takes the open dialog's secret to `destination`.
    pub(super) fn deliver(&mut self, destination: Destination, agreed: Option<Ask>) -> Option<Effect> {
        let request = self.next_request();
        let dialog = self.secret_dialog()?;
        dialog.delivering = Delivering::Busy(request);
        let kind = KeyKind::from(&dialog.target.scope);
        Some(Effect::Deliver(request, destination, kind, dialog.secret.clone(), agreed))
    }

    /// Takes the open dialog's secret to the other destination that was chosen in it.
    pub(super) fn deliver_elsewhere(&mut self) -> Option<Effect> {
        let home = self.home.clone();
        let goal = self.secret_dialog()?.elsewhere.take()?;
        let destination = goal.destination(home.as_deref()).ok()?;
        self.deliver(destination, goal.ask())
    }

    /// Has another destination chosen for the open dialog's secret.
    pub(super) fn choose_elsewhere(&mut self, way: Way) {
        let goal = Goal::new(way, &self.settings.command);
        if let Some(dialog) = self.secret_dialog() {
            dialog.elsewhere = Some(goal);
        }
    }

    pub(super) fn delivered(&mut self, request: RequestId, result: Result<Delivered, NotDelivered>) {
        if let Some(dialog) = self.secret_dialog() {
            dialog.delivered(request, result);
        }
    }

    fn secret_dialog(&mut self) -> Option<&mut SecretDialog> {
        match &mut self.dialog {
            Some(Dialog::Secret(dialog)) => Some(dialog),
            _ => None,
        }
    }
}
