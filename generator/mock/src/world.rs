//! What a mock knows and remembers: the API, prepared, and tokens, budgets, plans and the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apigen_interpret::Interpreter;
use apigen_model::ir::{Api, Auth, Field, Operation, PathSegment, TypeKind};

use crate::budgets::Budgets;
use crate::fault::{Fault, Plan};
use crate::log::Log;
use crate::prepared::Prepared;
use crate::tokens::Tokens;

/// All of a running mock but its sockets.
pub(crate) struct World {
    pub(crate) interpreter: Interpreter,
    /// By the index of the operation.
    pub(crate) prepared: Vec<Prepared>,
    /// Scheme and address that the mock listens at.
    pub(crate) base: String,
    /// Wire names of fields and headers that are secret.
    pub(crate) secrets: Vec<String>,
    tokens: Mutex<Tokens>,
    budgets: Mutex<Budgets>,
    plans: Mutex<Vec<Plan>>,
    /// Number of plans, so that a request need not lock them when there are none.
    planned: AtomicU64,
    log: Mutex<Log>,
    settings: Mutex<Settings>,
}

/// What can be changed while the mock runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Factor on the amounts of all budgets; `None` switches budgets off.
    pub(crate) budgets: Option<f64>,
    /// How long tokens are valid, whatever the caller asks for.
    pub(crate) token_lifetime: Option<Duration>,
}

impl World {
    pub(crate) fn new(interpreter: Interpreter, base: String, tokens: Tokens, log: Log, settings: Settings) -> Self {
        let api = interpreter.api();
        let prepared = api.operations.iter().map(|it| Prepared::new(api, it)).collect();
        let secrets = secrets(api);
        Self {
            prepared,
            base,
            secrets,
            interpreter,
            tokens: Mutex::new(tokens),
            budgets: Mutex::default(),
            plans: Mutex::default(),
            planned: AtomicU64::new(0),
            log: Mutex::new(log),
            settings: Mutex::new(settings),
        }
    }

    pub(crate) fn api(&self) -> &Api {
        self.interpreter.api()
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }

    pub(crate) fn budgets(&self) -> MutexGuard<'_, Budgets> {
        lock(&self.budgets)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn settings(&self) -> Settings {
        *lock(&self.settings)
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.settings));
    }

    /// Whether an operation is the one that hands out tokens.
    pub(crate) fn hands_out_tokens(&self, operation: usize) -> bool {
        match &self.api().auth {
            Auth::None => false,
            Auth::TokenOperation(it) => self.api()[it.operation].id == self.api().operations[operation].id,
        }
    }

    /// The operation with an example, among those that look like one that has no such example: a call to many with a single
    /// item is none but by its reply.
    pub(crate) fn twin(&self, operation: usize, example: &str) -> Option<usize> {
        let operations = &self.api().operations;
        let has_it = |index: &usize| self.prepared[*index].examples.iter().any(|it| it.name == example);
        let literal = |it: &PathSegment| if let PathSegment::Literal(text) = it { Some(text.clone()) } else { None };
        let shape = |it: &Operation| (it.method, it.segments.iter().map(literal).collect::<Vec<_>>());
        if has_it(&operation) {
            return None;
        }
        let mut twins = (0..operations.len()).filter(|it| shape(&operations[*it]) == shape(&operations[operation]));
        twins.find(has_it)
    }

    pub(crate) fn plan(&self, plan: Plan) {
        let mut plans = lock(&self.plans);
        plans.push(plan);
        self.planned.store(plans.len() as u64, Ordering::Release);
    }

    pub(crate) fn plans(&self) -> Vec<Plan> {
        lock(&self.plans).clone()
    }

    pub(crate) fn clear_plans(&self) {
        lock(&self.plans).clear();
        self.planned.store(0, Ordering::Release);
    }

    /// The faults that are planned for a request: those of the oldest plan that strikes.
    pub(crate) fn strike(&self, operation: usize) -> Vec<Fault> {
        if self.planned.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        let id = &self.api().operations[operation].id;
        let must_be_named = self.hands_out_tokens(operation);
        let mut plans = lock(&self.plans);
        let struck = plans.iter_mut().find_map(|it| it.strikes(id, must_be_named).then(|| it.faults.clone()));
        plans.retain(|it| it.times != Some(0));
        self.planned.store(plans.len() as u64, Ordering::Release);
        struck.unwrap_or_default()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds a lock, and every state behind one is good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The wire names of all that is secret.
fn secrets(api: &Api) -> Vec<String> {
    let of_types = api.types.iter().flat_map(|it| match &it.kind {
        TypeKind::Object { fields } => fields.iter().collect::<Vec<_>>(),
        TypeKind::Union { variants, .. } => variants.iter().flat_map(|it| &it.fields).collect(),
        TypeKind::Newtype(_) | TypeKind::Enum { .. } | TypeKind::Flag { .. } => Vec::new(),
    });
    let of_operations = api.operations.iter().flat_map(|it| it.parameters().map(|(_, field)| field));
    let secret = of_types.chain(of_operations).filter(|it: &&Field| it.secret);
    let mut names: Vec<_> = secret.map(|it| it.wire.clone()).collect();
    names.sort();
    names.dedup();
    names
}
