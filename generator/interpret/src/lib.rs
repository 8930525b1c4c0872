//! What requests and replies mean to an API that apigen has read: which operation, which values, and what the spec does not
//! say of them. No code is generated in between, and nothing here does input or output.
//!
//! The mock answers by it, and the verifier judges recorded traffic by it. Limits are held by the same primitives as in
//! generated validation code.

mod documented;
mod finding;
mod limits;
mod reply;
mod request;
mod route;
mod text;
mod values;
pub mod verify;

use std::sync::Arc;

use apigen_core::limit::Limit;
use apigen_model::ir;

pub use documented::Documented;
pub use finding::{Finding, Kind};
pub use reply::Reply;
pub use request::{Checked, Content, Part, Request, Values, is_form, is_json};
pub use route::{Route, ServerValues, Unrouted};

use route::Routes;

/// An API with the tables to interpret it by. Cheap to clone.
///
/// ```
/// use apigen_interpret::Interpreter;
/// # fn example(api: apigen_model::ir::Api) {
/// let interpreter = Interpreter::new(api);
/// match interpreter.route("GET", "/v2/shops/riverside/books/4711", &|_| None) {
///     Ok(route) => println!("{}", route.operation.id),
///     Err(unrouted) => println!("{unrouted}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Interpreter(Arc<Tables>);

#[derive(Debug)]
struct Tables {
    api: Arc<ir::Api>,
    routes: Routes,
    /// The limits that a request can be held against, by operation.
    limits: Vec<Vec<Limit>>,
}

impl Interpreter {
    /// Prepares an API.
    pub fn new(api: impl Into<Arc<ir::Api>>) -> Self {
        let api = api.into();
        let routes = Routes::of(&api);
        let limits = api.operations.iter().map(limits::of).collect();
        Self(Arc::new(Tables { api, routes, limits }))
    }

    /// The API.
    pub fn api(&self) -> &ir::Api {
        &self.0.api
    }
}
