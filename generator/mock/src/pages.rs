//! Pages of a list: three of them for any size, the last of which has a single item.

use apigen_model::ir::{Operation, Paging, Presence};

use crate::prepared::Prepared;
use crate::reply::Page;
use crate::spot::Caller;

/// How cursors of the mock begin; the number of the page follows.
const CURSOR: &str = "page-";

/// Items of a page that a cursor leads to, at most.
const MAX_PAGE: u64 = 1000;

/// The page that a caller asks for; `None` when the operation does not page.
pub(crate) fn page<'p>(operation: &Operation, prepared: &'p Prepared, caller: &Caller<'_>) -> Option<Page<'p>> {
    let documented = &prepared.items;
    let number = |name: &str| caller.query(name).and_then(|it| it.parse::<u64>().ok());
    let (size, index) = match &operation.paging {
        Paging::None => return None,
        Paging::PageNumber { parameter, size, first, default_size, max_size, .. } => {
            let size = number(size).unwrap_or(*default_size).clamp(1, (*max_size).max(1));
            (size, number(parameter).unwrap_or_default().saturating_sub(u64::from(*first)))
        }
        Paging::Cursor { parameter, size, .. } => {
            let size = number(size).unwrap_or_else(|| default_size(operation, prepared, size));
            (size.clamp(1, MAX_PAGE), caller.query(parameter).map_or(0, |it| index_of(prepared, it)))
        }
    };
    let total = if documented.is_empty() { 0 } else { size.saturating_mul(2).saturating_add(1) };
    let from = index.saturating_mul(size).min(total);
    let count = size.min(total - from);
    let next = (from + count < total).then(|| format!("{CURSOR}{}", index + 2));
    Some(Page { documented, from, count, total, next })
}

/// The size of a page that the spec says is assumed, or that of an example.
fn default_size(operation: &Operation, prepared: &Prepared, wire: &str) -> u64 {
    let field = operation.query.iter().find(|it| it.wire == wire && it.presence != Presence::Required);
    let documented = u64::try_from(prepared.items.len()).unwrap_or(MAX_PAGE);
    field.and_then(|it| it.default.as_u64()).unwrap_or(documented)
}

/// Index of the page that a cursor names: one of the mock's own, or one of an example, which is that of the second page.
fn index_of(prepared: &Prepared, cursor: &str) -> u64 {
    let own = cursor.strip_prefix(CURSOR).and_then(|it| it.parse::<u64>().ok()).map(|it| it.saturating_sub(1));
    own.unwrap_or(if prepared.cursors.iter().any(|it| it == cursor) { 1 } else { 2 })
}
