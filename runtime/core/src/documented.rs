//! Which documented error an answer is: one rule for clients, for the mock, and for whoever reads recorded traffic.

use crate::template::Template;

/// A spelling of a documented error.
#[derive(Debug, Clone, Copy)]
pub struct Row<'t, E> {
    /// What tells errors apart. Spellings of one error share it.
    pub error: E,
    /// HTTP status.
    pub status: u16,
    /// Code in the body; empty when the status says it all. Letter case does not matter.
    pub code: &'t str,
    /// Message in the body, a [template](crate::template); empty when any will do.
    pub message: &'t str,
}

/// What a server said.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// What the status is called, such as `Not Found`, if it has a name.
    pub reason: Option<&'a str>,
    /// The code in the body.
    pub code: Option<&'a str>,
    /// The message in the body.
    pub message: Option<&'a str>,
}

/// A row, and what stands in the places of its message's placeholders, by name; nothing when the message has another form.
pub type Found<'t, 'a, R> = (R, Vec<(&'t str, &'a str)>);

impl<'a> Answer<'a> {
    /// The row that documents the answer, among those of the operation and those that any operation may answer. A message
    /// that has the form of a row's template decides, first among rows that agree in status and code, then among all; the
    /// most literal template wins. Without a message that matches, a row counts when it is the only error with that status
    /// and code. The rows of the operation come before the common ones; of these, a code that only repeats the status, such
    /// as 400 `Bad Request`, tells nothing when the message is another. Last come rows without code and message, which
    /// document a status. Allocates for captures only.
    pub fn documented<'t, R: Copy, E: PartialEq>(
        &self,
        own: &[R],
        common: &[R],
        row: impl Fn(R) -> Row<'t, E>,
    ) -> Option<Found<'t, 'a, R>> {
        if let Some(message) = self.message {
            let mut best: Option<(R, (bool, usize))> = None;
            for each in own.iter().chain(common).copied() {
                let template = Template::new(row(each).message);
                if template.matches(message) {
                    let rank = (self.agrees(&row(each)), template.literal_len());
                    if rank.1 > 0 && best.is_none_or(|(_, best)| rank > best) {
                        best = Some((each, rank));
                    }
                }
            }
            if let Some((best, _)) = best {
                return Some((best, Template::new(row(best).message).captures(message).unwrap_or_default()));
            }
        }
        let only = |rows: &[R], may_be_vague: bool| {
            let telling = |row: &Row<'_, E>| {
                may_be_vague || self.message.is_none() || row.message.is_empty() || !self.is_repeated_by(row.code)
            };
            let mut agreeing = rows.iter().copied().filter(|it| self.agrees(&row(*it)) && telling(&row(*it)));
            let first = agreeing.next()?;
            agreeing.all(|it| row(it).error == row(first).error).then_some(first)
        };
        let is_ambiguous = own.iter().any(|it| self.agrees(&row(*it)));
        let of_status = |it: &R| {
            let row = row(*it);
            row.status == self.status && row.code.is_empty() && row.message.is_empty()
        };
        let found = only(own, true)
            .or_else(|| if is_ambiguous { None } else { only(common, false) })
            .or_else(|| own.iter().chain(common).copied().find(of_status))?;
        Some((found, Vec::new()))
    }

    /// Whether status and code are those of a row.
    fn agrees<E>(&self, row: &Row<'_, E>) -> bool {
        row.status == self.status && self.has_code(row.code)
    }

    fn has_code(&self, code: &str) -> bool {
        !code.is_empty() && self.code.is_some_and(|own| code.eq_ignore_ascii_case(own.trim()))
    }

    /// Whether a code says no more than the status does: `BAD_REQUEST` for 400.
    fn is_repeated_by(&self, code: &str) -> bool {
        self.reason.is_some_and(|reason| letters(reason).eq(letters(code)))
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spelling = (&'static str, u16, &'static str, &'static str);

    const OWN: [Spelling; 6] = [
        ("any", 400, "any", "{text}"),
        ("gone", 404, "gone", "{thing} is gone"),
        ("shelf_gone", 404, "gone", "shelf {id} is gone"),
        ("shelf_lost", 410, "lost", "shelf {id} is gone"),
        ("busy", 503, "busy", "busy, {hint}"),
        ("busy", 503, "busy", "come back later"),
    ];

    const COMMON: [Spelling; 6] = [
        ("common_gone", 404, "gone", "all is gone"),
        ("common_busy", 503, "busy", "no"),
        ("common_shut", 503, "SERVICE_UNAVAILABLE", "no more"),
        ("common_full", 503, "full", ""),
        ("gateway", 502, "", ""),
        ("late", 504, "", "no answer in time"),
    ];

    fn found(status: u16, code: Option<&str>, message: Option<&str>) -> Option<&'static str> {
        let reason = (status == 503).then_some("Service Unavailable");
        let row = |(error, status, code, message)| Row { error, status, code, message };
        Answer { status, reason, code, message }.documented(&OWN, &COMMON, row).map(|(row, _)| row.0)
    }

    #[test]
    fn the_most_telling_row_wins() {
        let cases = [
            ("the most literal template", 500, None, Some("shelf 7 is gone"), Some("shelf_gone")),
            ("agreement beats letters", 410, Some("LOST"), Some("shelf 7 is gone"), Some("shelf_lost")),
            ("also over the operation's own", 500, None, Some("all is gone"), Some("common_gone")),
            ("a message of any form says nothing", 500, None, Some("x"), None),
            ("but its code does", 400, Some("any"), Some("x"), Some("any")),
            ("two errors with one code", 404, Some("gone"), Some("x"), None),
            ("one error in two spellings", 503, Some("busy"), Some("x"), Some("busy")),
            ("no code", 503, None, Some("x"), None),
            ("a common row by a code that repeats the status", 503, Some("service_unavailable"), Some("x"), None),
            ("the same without a message", 503, Some("SERVICE_UNAVAILABLE"), None, Some("common_shut")),
            ("a common row that any message will do for", 503, Some("full"), Some("x"), Some("common_full")),
            ("a status is documented", 502, Some("anything"), Some("<html>"), Some("gateway")),
            ("a code that is empty is no code", 504, Some(""), Some("x"), None),
            ("a code without a message", 503, Some("busy"), None, Some("busy")),
        ];
        for (name, status, code, message, expected) in cases {
            assert_eq!(found(status, code, message), expected, "{name}");
        }
    }
}
