//! What the Rust emitters share: names, literals, documentation, types, layout, and the calls of examples.

pub(crate) mod calls;
pub(crate) mod docs;
pub(crate) mod imports;
pub(crate) mod layout;
pub(crate) mod lex;
pub(crate) mod literals;
pub(crate) mod names;
pub(crate) mod types;
