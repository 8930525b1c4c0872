//! Texts that a draft has left to a person.

use super::texts;
use crate::codes::Code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::load::Spanned;
use crate::resolve::Spec;
use crate::spec::PLACEHOLDER;

/// Reports every text that is still the placeholder of a draft.
pub(crate) fn unwritten(spec: &mut Spec, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    texts(spec, &mut |address, text| found.extend(unfinished(&address.path, text)));
    let revisions = spec.pages.pages.iter().map(|(id, page)| (format!("pages.{}.revision", id.value), &page.revision));
    found.extend(revisions.filter_map(|(address, text)| unfinished(&address, text)));
    diagnostics.extend(found);
}

fn unfinished(address: &str, text: &Spanned<String>) -> Option<Diagnostic> {
    let message = format!("`{address}` is still to be described");
    let help = "read the page that it was drafted from, and say it in your own words";
    let is_placeholder = text.value.trim() == PLACEHOLDER;
    is_placeholder.then(|| Diagnostic::warning(Code::W0502, text.span, message).help(help))
}
