//! The contract between generated code and the runtime: a small client as the generator writes it, for a made-up bookshop.
//!
//! The emitter is modelled on this file, and the suites of this package exercise the runtime through it. It holds one of
//! each: JSON in and out, an outcome, an upload, a download, both kinds of paging, a comma list, enums, a secret.

apigen_runtime::api! {
    name: "bookshop",
    user_agent: "bookshop/0.1.0",
    server: "{host}/{shop}",
    server_params: [
        "host": "Scheme and host, such as `https://api.example.com`.",
        "shop": "Name of the shop.",
    ],
    utc_offset: 480,
    token: tokens::ISSUE {
        id: "client_id",
        secret: "client_secret",
        constants: &[("grant_type", "client_credentials")],
        access_token: "access_token",
        expires_in: "expires_in",
    },
    errors: [errors::TOKEN_EXPIRED, errors::TOO_MANY_CALLS],
    error_body: "error" "error_description",
}

/// A client of the bookshop; clones share connections and token.
#[derive(Debug, Clone)]
pub struct Client(apigen_runtime::Client);

/// Collects what a [`Client`] needs.
#[derive(Debug)]
pub struct ClientBuilder(apigen_runtime::ClientBuilder);

impl Client {
    /// Starts a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder(apigen_runtime::ClientBuilder::new(&API))
    }

    /// Books on sale.
    pub fn books(&self) -> books::Books {
        books::Books(self.0.clone())
    }

    /// Cover pictures of books.
    pub fn covers(&self) -> covers::Covers {
        covers::Covers(self.0.clone())
    }

    /// Notes on shelves.
    pub fn notes(&self) -> notes::Notes {
        notes::Notes(self.0.clone())
    }

    /// Gift orders.
    pub fn orders(&self) -> crate::orders::Orders {
        crate::orders::Orders(self.0.clone())
    }

    /// Access tokens.
    pub fn tokens(&self) -> tokens::Tokens {
        tokens::Tokens(self.0.clone())
    }
}

impl ClientBuilder {
    /// Scheme and host, such as `https://api.example.com`.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.0.server("host", host.into());
        self
    }

    /// Name of the shop.
    #[must_use]
    pub fn shop(mut self, shop: impl Into<String>) -> Self {
        self.0.server("shop", shop.into());
        self
    }
}

apigen_runtime::client_builder!(ClientBuilder -> Client, utc_offset);

pub mod errors {
    //! Documented errors, once each, and those that any operation may answer with.

    apigen_runtime::errors! {
        TOKEN_EXPIRED = "token_expired" RefreshToken 401 "unauthorized" "Unable to authenticate due to expired access token",
            cause: "The token has expired.",
            remedy: "Fetch a new token.";
        TOO_MANY_CALLS = "too_many_calls" Retry 429 "reach_limit" "This request has reached api limit",
            cause: "The shop calls this operation more often than it may.",
            remedy: "Wait before the next call.";
        SHELF_NOT_FOUND = "shelf_not_found" FixRequest 404 "resource_not_found" "shelf {shelf_id} does not exist!",
            cause: "No shelf has this id.",
            remedy: "Check the shelf id.";
        SHELF_NOT_FOUND_COVERS = "shelf_not_found" FixRequest 404 "ShelfException" "shelf {shelf_id} does not exist!",
            cause: "No shelf has this id.",
            remedy: "Check the shelf id.";
        NOTE_TOO_LONG = "note_too_long" FixRequest 403 "FORBIDDEN" "note length exceeds limit!",
            cause: "The note is longer than the shop allows.",
            remedy: "Shorten the note.";
    }

    /// An error that any operation may answer with.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum CommonError {
        /// The token has expired. Fetch a new token.
        TokenExpired,
        /// The shop calls this operation more often than it may. Wait before the next call.
        TooManyCalls,
    }

    apigen_runtime::documented!(CommonError {
        TokenExpired = TOKEN_EXPIRED,
        TooManyCalls = TOO_MANY_CALLS,
    });
}

pub mod types {
    //! Types that several resources share.

    use apigen_runtime::{Encode, Timestamp, Value, decode};

    /// The id of a shelf.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct ShelfId(String);

    apigen_runtime::string_id!(ShelfId);

    /// How many copies there are.
    #[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
    pub struct Copies(i64);

    apigen_runtime::newtype!(Copies(i64));

    /// What a book is.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Genre {
        /// A novel.
        Novel,
        /// Poems.
        Poetry,
        /// A value that the shop added since.
        Unknown(String),
    }

    apigen_runtime::open_enum!(Genre: String { Novel = "novel", Poetry = "poetry" });

    /// How a book is bound.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Binding {
        /// Hard.
        Hard,
        /// Soft.
        Soft,
        /// A value that the shop added since.
        Unknown(i64),
    }

    apigen_runtime::open_enum!(Binding: i64 { Hard = 1, Soft = 2 });

    /// Who sees a shelf.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Visibility {
        /// Everyone.
        Public,
        /// Members.
        Private,
    }

    apigen_runtime::flag!(Visibility { Public = true, Private = false });

    /// Who wrote a book; sent and received.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Author {
        /// The name.
        pub name: String,
        /// When the author was born.
        pub born: Option<Timestamp>,
    }

    impl Author {
        /// An author with a name.
        pub fn new(name: impl Into<String>) -> Self {
            Self { name: name.into(), born: None }
        }
    }

    impl Encode for Author {
        fn encode(self) -> Value<'static> {
            Value::object([("name", self.name.encode()), ("born", self.born.encode())])
        }
    }

    apigen_runtime::decode_fields!(Author { name: required("name"), born: optional("born") });

    /// What the shop wraps around most replies.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Standard {
        /// The path of the request.
        pub path: Option<String>,
        /// When the shop answered.
        pub timestamp: Option<Timestamp>,
        /// How long the shop took.
        pub duration: Option<std::time::Duration>,
        /// Anything.
        pub entities: Option<serde_json::Value>,
    }

    apigen_runtime::decode_fields!(Standard {
        path: optional("path"),
        timestamp: optional("timestamp"),
        duration: optional_with("duration", decode::millis),
        entities: optional("entities"),
    });
}

pub mod notes {
    //! Notes on shelves.

    use apigen_runtime::Call;
    use apigen_runtime::limit::{Bound, Limit, Place, Rule};

    use super::errors::{self, CommonError};
    use super::types::{Author, ShelfId, Standard, Visibility};

    apigen_runtime::operation!(GET = GET "/shelves/{shelf_id}/note" {
        id: "notes.get",
        reserved: &[("shelf_id", &["all"])],
        payload: "data",
        errors: [errors::SHELF_NOT_FOUND],
    });

    apigen_runtime::operation!(SET = POST "/shelves/{shelf_id}/note" {
        id: "notes.set",
        reserved: &[("shelf_id", &["all"])],
        headers: &[("x-edition", "second")],
        body: Json,
        payload: "data",
        outcome: ["data.result" = ["true"]],
        errors: [errors::SHELF_NOT_FOUND, errors::NOTE_TOO_LONG],
        limits: SET_LIMITS,
    });

    /// In a generated client this table stands in the validation crate.
    pub static SET_LIMITS: &[Limit] = &[
        Limit::new("notes.set.note.max_chars", Place::Body, "note", Rule::MaxChars(Bound::Int(512))).raisable(),
        Limit::new("notes.set.tone.pattern", Place::Body, "tone", Rule::Pattern(apigen_runtime::pattern!("[a-z]+")))
            .open(),
    ];

    /// Notes on shelves.
    #[derive(Debug, Clone)]
    pub struct Notes(pub(super) apigen_runtime::Client);

    impl Notes {
        /// Reads the note of a shelf.
        pub fn get(&self, shelf_id: impl Into<ShelfId>) -> Get {
            Get(self.0.call(&GET).path("shelf_id", shelf_id.into()))
        }

        /// Replaces the note of a shelf.
        pub fn set(&self, shelf_id: impl Into<ShelfId>, note: impl Into<String>) -> Set {
            Set(self.0.call(&SET).path("shelf_id", shelf_id.into()).field("note", note.into()))
        }
    }

    /// Reads the note of a shelf. Await it, or [`Get::send`] it.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct Get(Call);

    apigen_runtime::request!(Get -> Note, Standard);

    /// Replaces the note of a shelf. Await it, or [`Set::send`] it.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct Set(Call);

    impl Set {
        /// The tone of the note.
        pub fn tone(mut self, tone: impl Into<String>) -> Self {
            self.0 = self.0.field("tone", tone.into());
            self
        }

        /// Who sees the note.
        pub fn visibility(mut self, visibility: Visibility) -> Self {
            self.0 = self.0.field("public", visibility);
            self
        }

        /// Who wrote the note.
        pub fn authors(mut self, authors: impl IntoIterator<Item = Author>) -> Self {
            self.0 = self.0.field("authors", authors.into_iter().collect::<Vec<_>>());
            self
        }
    }

    apigen_runtime::request!(Set -> NoteChange, Standard);

    /// The note of a shelf.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Note {
        /// The text.
        pub note: String,
    }

    apigen_runtime::decode_fields!(Note { note: required("note") });

    /// What became of a change.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct NoteChange {
        /// The shelf.
        pub id: ShelfId,
        /// Whether the note was replaced.
        pub result: bool,
    }

    apigen_runtime::decode_fields!(NoteChange { id: required("id"), result: required("result") });

    /// What the shop may answer to [`Get`].
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum GetError {
        /// No shelf has this id. Check the shelf id.
        ShelfNotFound {
            /// The id that was asked for.
            shelf_id: Option<String>,
        },
        /// An error that any operation may answer with.
        Common(CommonError),
    }

    apigen_runtime::documented!(GetError: CommonError {
        ShelfNotFound { shelf_id } = errors::SHELF_NOT_FOUND,
    });

    /// What the shop may answer to [`Set`].
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum SetError {
        /// No shelf has this id. Check the shelf id.
        ShelfNotFound {
            /// The id that was asked for.
            shelf_id: Option<String>,
        },
        /// The note is longer than the shop allows. Shorten the note.
        NoteTooLong,
        /// An error that any operation may answer with.
        Common(CommonError),
    }

    apigen_runtime::documented!(SetError: CommonError {
        ShelfNotFound { shelf_id } = errors::SHELF_NOT_FOUND,
        NoteTooLong = errors::NOTE_TOO_LONG,
    });
}

pub mod covers {
    //! Cover pictures of books.

    use apigen_runtime::limit::{Bound, Limit, Place, Rule};
    use apigen_runtime::{Call, Upload};

    use super::errors;
    use super::types::{ShelfId, Standard};

    apigen_runtime::operation!(UPLOAD = POST "/shelves/{shelf_id}/covers" {
        id: "covers.upload",
        body: Multipart,
        payload: "data",
        errors: [errors::SHELF_NOT_FOUND_COVERS],
        limits: &[Limit::new(
            "covers.upload.file.max_size",
            Place::Form,
            "file",
            Rule::MaxSize(Bound::Int(10_485_760)),
        )],
    });

    apigen_runtime::operation!(DOWNLOAD = GET "/shelves/{shelf_id}/covers/{cover_id}" {
        id: "covers.download",
        reserved: &[("cover_id", &[","])],
        errors: [errors::SHELF_NOT_FOUND_COVERS],
    });

    /// Cover pictures of books.
    #[derive(Debug, Clone)]
    pub struct Covers(pub(super) apigen_runtime::Client);

    impl Covers {
        /// Uploads a cover.
        pub fn upload(&self, shelf_id: impl Into<ShelfId>, file: impl Into<Upload>) -> UploadCover {
            UploadCover(self.0.call(&UPLOAD).path("shelf_id", shelf_id.into()).file("file", file.into()))
        }

        /// Downloads a cover.
        pub fn download(&self, shelf_id: impl Into<ShelfId>, cover_id: impl Into<String>) -> DownloadCover {
            DownloadCover(self.0.call(&DOWNLOAD).path("shelf_id", shelf_id.into()).path("cover_id", cover_id.into()))
        }
    }

    /// Uploads a cover.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct UploadCover(Call);

    impl UploadCover {
        /// A smaller picture.
        pub fn thumbnail(mut self, thumbnail: impl Into<Upload>) -> Self {
            self.0 = self.0.file("thumbnail", thumbnail.into());
            self
        }

        /// What the picture shows.
        pub fn caption(mut self, caption: impl Into<String>) -> Self {
            self.0 = self.0.part("caption", caption.into());
            self
        }
    }

    apigen_runtime::request!(UploadCover -> Cover, Standard);

    /// Downloads a cover.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct DownloadCover(Call);

    apigen_runtime::download!(DownloadCover);

    /// A cover as the shop stored it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Cover {
        /// Its id.
        pub cover_id: String,
        /// Its size in bytes.
        pub size: u64,
    }

    apigen_runtime::decode_fields!(Cover { cover_id: required("cover_id"), size: required("size") });
}

pub mod books {
    //! Books on sale.

    use apigen_runtime::limit::{Bound, Limit, Place, Rule};
    use apigen_runtime::{Call, Timestamp};

    use super::types::{Author, Binding, Copies, Genre, ShelfId, Standard};

    apigen_runtime::operation!(LIST = GET "/shelves/{shelf_id}/books" {
        id: "books.list",
        payload: "data",
        limits: &[
            Limit::new(
                "books.list.page_size.min",
                Place::Query,
                "pagesize",
                Rule::Min(Bound::Int(1)),
            )
            .open(),
            Limit::new(
                "books.list.page_size.max",
                Place::Query,
                "pagesize",
                Rule::Max(Bound::Int(4)),
            )
            .clamped(),
        ],
        paging: PageNumber {
            parameter: "pagenum",
            size: "pagesize",
            first: 1,
            default_size: 3,
            max_size: 4,
            items: "data",
            total: "",
        },
    });

    apigen_runtime::operation!(SEARCH = GET "/books" {
        id: "books.search",
        payload: "data",
        paging: Cursor {
            parameter: "cursor",
            size: "limit",
            next: "data.cursor",
            items: "data.found",
        },
    });

    apigen_runtime::operation!(REMOVE = DELETE "/shelves/{shelf_id}/books/{titles,}" {
        id: "books.remove",
        body: Json,
        limits: &[Limit::new(
            "books.remove.titles.max_items",
            Place::Path,
            "titles",
            Rule::MaxItems(Bound::Int(3)),
        )],
    });

    /// Books on sale.
    #[derive(Debug, Clone)]
    pub struct Books(pub(super) apigen_runtime::Client);

    impl Books {
        /// Lists the books of a shelf.
        pub fn list(&self, shelf_id: impl Into<ShelfId>) -> List {
            List(self.0.call(&LIST).path("shelf_id", shelf_id.into()))
        }

        /// Searches all books.
        pub fn search(&self, text: impl Into<String>) -> Search {
            Search(self.0.call(&SEARCH).query("text", text.into()))
        }

        /// Removes books from a shelf.
        pub fn remove<T: Into<String>>(
            &self,
            shelf_id: impl Into<ShelfId>,
            titles: impl IntoIterator<Item = T>,
        ) -> Remove {
            let titles: Vec<String> = titles.into_iter().map(Into::into).collect();
            Remove(self.0.call(&REMOVE).path("shelf_id", shelf_id.into()).path("titles", titles))
        }
    }

    /// Lists the books of a shelf.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct List(Call);

    impl List {
        /// The page to read, counted from 1.
        pub fn page_number(mut self, page_number: i64) -> Self {
            self.0 = self.0.query("pagenum", page_number);
            self
        }

        /// How many books a page holds.
        pub fn page_size(mut self, page_size: i64) -> Self {
            self.0 = self.0.query("pagesize", page_size);
            self
        }
    }

    apigen_runtime::paged!(List -> Vec<Book>, Standard; Book);

    /// Searches all books.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct Search(Call);

    impl Search {
        /// Where to go on.
        pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
            self.0 = self.0.query("cursor", cursor.into());
            self
        }
    }

    apigen_runtime::paged!(Search -> Found, Standard; found: Book);

    /// Removes books from a shelf.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct Remove(Call);

    apigen_runtime::request!(Remove -> serde_json::Value);

    /// A page of search results.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Found {
        /// The books.
        pub found: Vec<Book>,
        /// Where the next page starts.
        pub cursor: Option<String>,
    }

    apigen_runtime::decode_fields!(Found { found: required("found"), cursor: optional("cursor") });

    /// A book.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Book {
        /// The title.
        pub title: String,
        /// When the shop got it.
        pub added: Option<Timestamp>,
        /// What it is.
        pub genre: Option<Genre>,
        /// How it is bound.
        pub binding: Option<Binding>,
        /// How many there are.
        pub copies: Option<Copies>,
        /// Who wrote it.
        pub authors: Option<Vec<Author>>,
    }

    apigen_runtime::decode_fields!(Book {
        title: required("title"),
        added: optional("added"),
        genre: optional("genre"),
        binding: optional("binding"),
        copies: optional("copies"),
        authors: optional("authors"),
    });
}

pub mod tokens {
    //! Access tokens.

    use std::time::Duration;

    use apigen_runtime::{Call, Secret, decode, encode};

    apigen_runtime::operation!(pub(super) ISSUE = POST "/token" {
        id: "tokens.issue",
        auth: None,
        body: Json,
    });

    /// Access tokens.
    #[derive(Debug, Clone)]
    pub struct Tokens(pub(super) apigen_runtime::Client);

    impl Tokens {
        /// Issues a token.
        pub fn issue(&self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Issue {
            Issue(
                self.0
                    .call(&ISSUE)
                    .field("grant_type", "client_credentials")
                    .field("client_id", client_id.into())
                    .secret("client_secret", client_secret.into()),
            )
        }
    }

    /// Issues a token.
    #[derive(Debug)]
    #[must_use = "nothing is sent until it is awaited"]
    pub struct Issue(Call);

    impl Issue {
        /// How long the token shall be valid.
        pub fn ttl(mut self, ttl: Duration) -> Self {
            self.0 = self.0.field("ttl", encode::seconds(ttl));
            self
        }
    }

    apigen_runtime::request!(Issue -> IssuedToken);

    /// A token and how long it is valid.
    #[derive(Debug, Clone)]
    #[non_exhaustive]
    pub struct IssuedToken {
        /// The token.
        pub access_token: Secret,
        /// How long it is valid.
        pub expires_in: Duration,
    }

    apigen_runtime::decode_fields!(IssuedToken {
        access_token: required("access_token"),
        expires_in: required_with("expires_in", decode::seconds),
    });
}
