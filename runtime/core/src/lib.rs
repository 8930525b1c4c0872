//! What the code generated for an API shares when it needs no HTTP: JSON values, limits, budgets, documented
//! errors and their templates.
//!
//! Nothing here does input or output, blocks or waits. The runtime of generated clients and the generated validation
//! crates stand on it.

pub mod documented;
pub mod json;
pub mod limit;
pub mod rate;
pub mod template;
