//! Macros that generated code is made of: what is the same in every builder, enum and id, in one line there.

mod calls;
mod client;
mod types;
mod unions;
