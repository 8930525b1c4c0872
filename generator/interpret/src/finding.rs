//! What is wrong with a request or a reply, as values.

use std::fmt;

use apigen_model::source::Span;

/// Something in a request or a reply that the spec does not say, or says otherwise. Holds no value of a secret field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: Kind,
    /// Where, as in `request body.to[3]`, `request query limit`, `response status` or `response body.data.owner`.
    pub at: String,
    /// The same with `[]` for any item and `{}` for any value of a map: equal for findings of one cause.
    pub place: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The limit that was exceeded, as an index into the limits of the operation.
    pub limit: Option<usize>,
    /// The place in the spec that says what is expected.
    pub spec: Option<Span>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The spec knows no operation with this method and path.
    UnknownOperation,
    /// The operation has no such parameter in its query.
    UnknownParameter,
    /// The object has no such field.
    UnknownField,
    /// What is always there is not.
    Missing,
    /// The value has another type; a constant is a type of its own.
    WrongType,
    /// The value is none of the known ones; clients must expect that, and the spec should learn it.
    UnknownValue,
    /// The body is not of the documented kind, or not readable.
    WrongContent,
    /// The value lies beyond a limit that the server enforces by refusing, or of which nobody knows what the server does.
    LimitExceeded,
    /// The status, code and message are not documented for the operation, or not together.
    UndocumentedError,
}

impl Kind {
    /// Name of the kind, in snake case, as reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownOperation => "unknown_operation",
            Self::UnknownParameter => "unknown_parameter",
            Self::UnknownField => "unknown_field",
            Self::Missing => "missing",
            Self::WrongType => "wrong_type",
            Self::UnknownValue => "unknown_value",
            Self::WrongContent => "wrong_content",
            Self::LimitExceeded => "limit_exceeded",
            Self::UndocumentedError => "undocumented_error",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}
