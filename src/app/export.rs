//! What the table shows, for a file or the clipboard.

use super::App;
use super::dialog::{Dialog, Export, ExportStage, ExportTo};
use super::message::Effect;
use super::request::RequestId;
use super::toast::Tone;
use crate::api::model::Scope;
use crate::export::file::NotSaved;
use crate::export::{self, Record};
use crate::secret::Secret;
use crate::text::Text;

impl App {
    /// Asks as what to write what the table shows, and where to.
    pub(super) fn open_export(&mut self) -> Vec<Effect> {
        if self.table.rows().is_empty() {
            self.toasts.push(Tone::Warning, "The table shows no key that could be exported.", self.now);
            return Vec::new();
        }
        let day = self.now.to_zoned(self.zone.clone()).strftime("%Y-%m-%d");
        self.open(Dialog::Export(Box::new(Export::new(format!("keys-{day}")))))
    }

    /// Writes what the table shows now as the open form says.
    pub(super) fn export(&mut self) -> Vec<Effect> {
        let Some(Dialog::Export(form)) = &self.dialog else { return Vec::new() };
        let text = match self.rendered(form.format) {
            Ok(text) => text,
            Err(reason) => {
                self.export_stage(ExportStage::Failed(format!("It can't be written: {reason}.")));
                return Vec::new();
            }
        };
        let (to, path) = (form.to, form.path.text().trim().to_owned());
        let replace = form.stage == ExportStage::Exists;
        let request = self.next_request();
        match to {
            ExportTo::Clipboard => {
                self.copies.insert(request, "What the table shows");
                let mut effects = self.close_dialog();
                effects.push(Effect::Copy(request, Secret::new(text)));
                effects
            }
            ExportTo::File => {
                let path = match (path.strip_prefix("~/"), &self.home) {
                    (Some(rest), Some(home)) => format!("{}/{rest}", home.trim_end_matches('/')),
                    _ => path,
                };
                self.saves.insert(request, self.table.rows().len());
                self.export_stage(ExportStage::Saving(request));
                vec![Effect::Save { request, path, text, replace }]
            }
        }
    }

    /// What the table shows, in its order.
    fn rendered(&self, format: export::Format) -> Result<String, String> {
        let organization = self.organization.value();
        let unknown = Text::default();
        // Each scope's id and name once, however many of its keys there are.
        let scopes: Vec<(&Scope, Text, &Text)> = self
            .keys
            .keys()
            .map(|scope| match scope {
                Scope::Organization => {
                    let id = organization.map(|organization| organization.id.clone()).unwrap_or_default();
                    (scope, id, organization.map_or(&unknown, |organization| &organization.name))
                }
                Scope::Project(id) => {
                    let projects = self.projects.value().map_or(&[][..], Vec::as_slice);
                    let name = projects.iter().find(|project| project.id == *id).map(|project| &project.name);
                    (scope, Text::from(id.as_str()), name.unwrap_or(&unknown))
                }
            })
            .collect();
        let record = |index| {
            let (key, status) = self.row(index)?;
            let scope = self.scope_at(index)?;
            let at = scopes.binary_search_by(|(other, ..)| (*other).cmp(scope)).ok()?;
            let (scope, scope_id, scope_name) = scopes.get(at)?;
            Some(Record { key, status, scope, scope_id, scope_name })
        };
        let records: Vec<Record<'_>> = (0..self.table.rows().len()).filter_map(record).collect();
        export::render(format, organization, &records)
    }

    fn export_stage(&mut self, stage: ExportStage) {
        if let Some(Dialog::Export(form)) = &mut self.dialog {
            form.stage = stage;
        }
    }

    /// Takes in what became of the file.
    pub(super) fn saved(&mut self, request: RequestId, result: Result<Text, NotSaved>) -> Vec<Effect> {
        let Some(count) = self.saves.remove(&request) else { return Vec::new() };
        let is_awaited = matches!(
            &self.dialog,
            Some(Dialog::Export(form)) if form.stage == ExportStage::Saving(request)
        );
        match (result, is_awaited) {
            (Ok(path), _) => {
                let keys = if count == 1 { "1 key was".to_owned() } else { format!("{count} keys were") };
                self.toasts.push(Tone::Done, format!("{keys} written to {path}."), self.now);
                return if is_awaited { self.close_dialog() } else { Vec::new() };
            }
            (Err(NotSaved::Exists), true) => self.export_stage(ExportStage::Exists),
            (Err(NotSaved::Failed(reason)), true) => {
                self.export_stage(ExportStage::Failed(format!("It was not written: {reason}.")));
            }
            (Err(reason), false) => {
                let reason = match reason {
                    NotSaved::Exists => "there is such a file already".to_owned(),
                    NotSaved::Failed(reason) => reason,
                };
                self.toasts.push(Tone::Error, format!("The keys were not written: {reason}."), self.now);
            }
        }
        Vec::new()
    }
}
