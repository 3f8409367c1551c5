//! The form that exports what the table shows.

use ratatui::layout::Rect;

use super::{Content, WIDTH};
use crate::app::dialog::{Export, ExportFocus, ExportStage, ExportTo};
use crate::app::mouse::Stop;
use crate::app::{App, ClipboardRoute};
use crate::export::Format;
use crate::keymap::{Action, Context};
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::hints::{Pair, pairs};
use crate::ui::theme::Theme;

/// The cells of the words before a choice.
const LABEL: usize = 8;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &Export) {
    let mut content = Content::new(theme, area, WIDTH);
    let is_roomy = area.height > 16;
    let is_ready = !matches!(dialog.stage, ExportStage::Saving(_));
    let has_focus = |focus| is_ready && dialog.focus == focus;
    let formats = Format::ALL.map(|format| (format.word(), format == dialog.format));
    choice(&mut content, "As", &formats, has_focus(ExportFocus::Format), ExportFocus::Format);
    let targets = ExportTo::ALL.map(|to| (to.label(), to == dialog.to));
    choice(&mut content, "To", &targets, has_focus(ExportFocus::To), ExportFocus::To);
    content.blank_if(is_roomy);
    match (dialog.to, &app.clipboard) {
        (ExportTo::File, _) => {
            content.words("Path of the file", theme.dim());
            content.field(&dialog.path, has_focus(ExportFocus::Path), Stop::Export(ExportFocus::Path));
        }
        (ExportTo::Clipboard, ClipboardRoute::Known(way)) => content.words(&format!("By way of {way}."), theme.dim()),
        (ExportTo::Clipboard, ClipboardRoute::Missing(reason)) => content.words(reason, theme.warning()),
    }
    content.blank_if(is_roomy);
    content.words("What the table shows; no secret is in it.", theme.dim());
    content.blank_if(is_roomy);
    match &dialog.stage {
        ExportStage::Saving(_) => content.busy(theme.pick("Writing…", "Writing..")),
        ExportStage::Exists => {
            let key = app.keymap().told(Context::Export, Action::Accept);
            content.words(&format!("! There is such a file. {key} once more replaces it."), theme.warning());
            keys(app, &mut content);
        }
        ExportStage::Failed(reason) => content.words(reason, theme.error()),
        ExportStage::Ready => keys(app, &mut content),
    }
    let count = app.table.rows().len();
    let keys = if count == 1 { "key" } else { "keys" };
    content.render(app, &format!("Export {count} {keys}"), theme.border(true), frame, area);
}

fn keys(app: &App, content: &mut Content) {
    let mut shown = pairs(app, &[Action::Accept, Action::Next]);
    shown.push(Pair::choose());
    shown.extend(pairs(app, &[Action::Back]));
    content.keys(&shown);
}

/// Words of which one is chosen.
fn choice(content: &mut Content, label: &str, words: &[(&'static str, bool)], has_focus: bool, focus: ExportFocus) {
    let words = words.iter().map(|(word, is_chosen)| ((*word).to_owned(), *is_chosen));
    content.choices(text::pad(label, LABEL), words, has_focus, Stop::Export(focus));
}
