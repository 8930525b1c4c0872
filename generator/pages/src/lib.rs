//! What a vendor's prose pages say about an API, fact by fact.
//!
//! ```text
//! page ─ read ─▶ document ─ understand ─▶ facts ─┐
//!                           digest ─ parse ─▶ facts ─┼─ compare ─▶ findings
//!                           ir::Api ─ expect ─▶ facts ─┘
//! ```

pub mod facts;
