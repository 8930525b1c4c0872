//! Budgets in Redis, shared by all who use the same server.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};

use super::{Charge, PATIENCE, RateStore, Verdict};
use crate::transport::{BoxError, BoxFuture};

/// The longest time that is exact in a script, in microseconds: 285 years.
const LONGEST: u64 = 1 << 53;

/// Budgets in Redis, for a fleet of processes that draws on the same ones. One script takes all charges of a call, by the
/// clock of the server, so that the clocks of the processes do not matter. Keys expire when a budget is full again.
///
/// The keys of a client begin with API and server in braces, hence lie in one slot of a cluster. A `rediss://` URL needs
/// TLS: add the crate `redis` to the program with the feature `tokio-rustls-comp` or `tokio-native-tls-comp`.
///
/// ```
/// use apigen_runtime::{RateLimits, RedisStore};
///
/// # async fn limits() -> Result<RateLimits, apigen_runtime::BoxError> {
/// let limits = RateLimits::default().store(RedisStore::new("redis://127.0.0.1/")?);
/// # Ok(limits)
/// # }
/// ```
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    script: Script,
}

impl RedisStore {
    /// Budgets in the Redis server with a URL, such as `redis://:password@host:6379/0` or `redis+unix:///run/redis.sock`.
    /// The connection is made when it is first needed, and again when it is lost.
    ///
    /// # Errors
    /// The URL makes no sense.
    pub fn new(url: &str) -> Result<Self, BoxError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        Ok(Self { connection, script: Script::new(include_str!("take.lua")) })
    }
}

impl RateStore for RedisStore {
    fn take<'a>(&'a self, charges: &'a [Charge], max_wait: Duration) -> BoxFuture<'a, Result<Verdict, BoxError>> {
        let mut invocation = self.script.prepare_invoke();
        invocation.arg(micros(max_wait)).arg("");
        for Charge { key, amount, period, burst, cost } in charges {
            invocation.key(&**key).arg(*amount).arg(micros(*period)).arg(*burst).arg(*cost);
        }
        let mut connection = self.connection.clone();
        Box::pin(async move {
            let (granted, wait, bound_by) = invocation.invoke_async(&mut connection).await?;
            Ok(Verdict { granted, wait: Duration::from_micros(wait), bound_by })
        })
    }
}

impl fmt::Debug for RedisStore {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisStore")
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(LONGEST).min(LONGEST)
}
