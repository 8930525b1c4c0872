//! The mock as callers meet it: over sockets, with raw HTTP and with a generated client.

#[path = "suite/budgets.rs"]
mod budgets;
#[path = "suite/client.rs"]
mod client;
#[path = "suite/control.rs"]
mod control;
#[path = "suite/errors.rs"]
mod errors;
#[path = "suite/examples.rs"]
mod examples;
#[path = "suite/faults.rs"]
mod faults;
#[path = "suite/http.rs"]
mod http;
#[path = "suite/paging.rs"]
mod paging;
#[path = "suite/refusals.rs"]
mod refusals;
#[path = "suite/shown.rs"]
mod shown;
#[path = "suite/starting.rs"]
mod starting;
#[path = "../examples/tour.rs"]
mod tour;
