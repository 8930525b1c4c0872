//! The macro that makes a builder of clients.

/// Makes a tuple struct over [`ClientBuilder`](crate::ClientBuilder) the builder of a tuple struct over
/// [`Client`](crate::Client): adds the options that clients of all APIs share, and `build`.
///
/// `client_builder!(ClientBuilder -> Client);`, or `client_builder!(ClientBuilder -> Client, utc_offset);` where the clock of
/// the server matters
#[macro_export]
macro_rules! client_builder {
    ($builder:ident -> $client:ident, utc_offset) => {
        $crate::client_builder!($builder -> $client);

        impl $builder {
            /// Says how far the clock of the server is ahead of UTC.
            #[must_use]
            pub fn utc_offset(mut self, offset: $crate::UtcOffset) -> Self {
                self.0.utc_offset(offset);
                self
            }
        }
    };
    ($builder:ident -> $client:ident) => {
        impl $builder {
            /// Sends everything to this URL instead of the documented server: a gateway, or a mock. Operations stand
            /// below its path, and no part of the documented URL is needed beside it.
            #[must_use]
            pub fn server_url(mut self, url: impl Into<String>) -> Self {
                self.0.server_url(url.into());
                self
            }

            /// Obtains tokens for these credentials, keeps each until shortly before it expires, and replaces it then, or
            /// when the server refuses it.
            #[must_use]
            pub fn credentials(mut self, id: impl Into<String>, secret: impl Into<$crate::Secret>) -> Self {
                self.0.credentials(id.into(), secret.into());
                self
            }

            /// Uses this token, which is never replaced.
            #[must_use]
            pub fn access_token(mut self, token: impl Into<$crate::Secret>) -> Self {
                self.0.access_token(token.into());
                self
            }

            /// Obtains tokens from elsewhere.
            #[must_use]
            pub fn token_provider(mut self, provider: impl $crate::TokenProvider) -> Self {
                self.0.token_provider(::std::sync::Arc::new(provider));
                self
            }

            /// Least time between two requests for a token, 10 seconds unless set. Within it, the last failure is
            /// reported again at once.
            #[must_use]
            pub fn token_interval(mut self, interval: ::std::time::Duration) -> Self {
                self.0.token_interval(interval);
                self
            }

            /// Limits the time of each call, tokens and repetitions included: 1 minute unless set, 10 minutes for
            /// uploads. For a download it ends with the head of the answer.
            #[must_use]
            pub fn timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.timeout(timeout);
                self
            }

            /// Limits the time of each attempt of a call, 20 seconds unless set. It does not concern uploads and downloads.
            #[must_use]
            pub fn attempt_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.attempt_timeout(timeout);
                self
            }

            /// Says how calls are repeated that failed for a time: [three attempts](apigen_runtime::Retry::default) unless set. A
            /// call that does its work again when it is repeated is repeated only if the server certainly has not done it.
            #[must_use]
            pub fn retry(mut self, retry: $crate::Retry) -> Self {
                self.0.retry(retry);
                self
            }

            /// Says how many repetitions the client and its clones have in reserve, 20 unless set. Each repetition takes one
            /// out, and each success puts a tenth of one back, so that an outage is not multiplied.
            #[must_use]
            pub fn retry_reserve(mut self, repetitions: u32) -> Self {
                self.0.retry_reserve(repetitions);
                self
            }

            /// Says how the client keeps within the budgets of the server. Unless set, calls wait until the documented
            /// budgets suffice; all clones draw on the same ones.
            #[must_use]
            pub fn rate_limits(mut self, limits: $crate::RateLimits) -> Self {
                self.0.rate_limits(limits);
                self
            }

            /// Limits the time in which a connection must be made, 10 seconds unless set.
            #[must_use]
            pub fn connect_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.connect_timeout(timeout);
                self
            }

            /// Limits the pauses within a download, 1 minute unless set.
            #[must_use]
            pub fn idle_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.idle_timeout(timeout);
                self
            }

            /// Sets the `User-Agent` header.
            #[must_use]
            pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
                self.0.user_agent(user_agent.into());
                self
            }

            /// Sets a header of every request.
            #[must_use]
            pub fn default_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                self.0.default_header(name.into(), value.into());
                self
            }

            /// Says what becomes of values beyond a limit, and which limits are other than documented. Unless set, what
            /// the server would reject is not sent.
            #[must_use]
            pub fn validation(mut self, settings: $crate::Settings) -> Self {
                self.0.validation(settings);
                self
            }

            /// Limits the size of replies, downloads excepted, 64 MiB unless set.
            #[must_use]
            pub fn max_reply_bytes(mut self, bytes: u64) -> Self {
                self.0.max_reply_bytes(bytes);
                self
            }

            /// Allows `http://` beyond this machine, where everyone on the way can read the token.
            #[must_use]
            pub fn allow_plain_http(mut self) -> Self {
                self.0.allow_plain_http();
                self
            }

            /// Sends all requests through a proxy, such as `http://user:password@proxy.example:3128`, rather than what the
            /// environment variables `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
            #[must_use]
            pub fn proxy(mut self, url: impl Into<$crate::Secret>) -> Self {
                self.0.proxy(url.into());
                self
            }

            /// Sends requests to the server itself, whatever the environment says about proxies.
            #[must_use]
            pub fn no_proxy(mut self) -> Self {
                self.0.no_proxy();
                self
            }

            /// Lets code of one's own see each request before it is sent, and each answer before it is read. Several are
            /// run in the order in which they are given.
            #[must_use]
            pub fn middleware(mut self, middleware: impl $crate::Middleware) -> Self {
                self.0.middleware(::std::sync::Arc::new(middleware));
                self
            }

            /// Sends requests by another transport.
            #[must_use]
            pub fn transport(mut self, transport: impl $crate::Transport) -> Self {
                self.0.transport(::std::sync::Arc::new(transport));
                self
            }

            /// Builds the client. Nothing is sent.
            ///
            /// # Errors
            /// [`ErrorKind::Configuration`](apigen_runtime::ErrorKind::Configuration), naming everything that is missing
            /// or wrong.
            pub fn build(self) -> ::std::result::Result<$client, $crate::Error> {
                self.0.build().map($client)
            }
        }
    };
}
