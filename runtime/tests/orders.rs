//! A resource of the bookshop as the generator writes it, with the forms that `contract.rs` has no place for.

use apigen_runtime::{Call, Encode, Hour, Lasting, UnknownVariant, Until, Value, decode, encode};

apigen_runtime::operation!(GREET = POST "/orders/greet" {
    id: "orders.greet",
    body: Json,
});

apigen_runtime::operation!(CANCEL = POST "/orders/cancel" {
    id: "orders.cancel",
    body: Json,
    payload: "data",
    one_or_many: true,
});

apigen_runtime::operation!(HOLD = POST "/orders/hold" {
    id: "orders.hold",
    body: Json,
});

apigen_runtime::operation!(REPORT = GET "/orders/reports/{hour}" {
    id: "orders.report",
});

apigen_runtime::operation!(EXPORT = POST "/orders/exports" {
    id: "orders.export",
    body: Json,
    payload: "data",
    outcome: ["ok" = ["true"] because "why"],
    errors: [crate::contract::errors::SHELF_NOT_FOUND],
});

apigen_runtime::operation!(LIST = GET "/orders" {
    id: "orders.list",
    payload: "entities",
    paging: PageNumber {
        parameter: "page",
        size: "size",
        first: 0,
        default_size: 2,
        max_size: 10,
        items: "entities.list",
        total: "entities.total",
    },
});

apigen_runtime::operation!(RECALL = DELETE "/orders/{order_id}" {
    id: "orders.recall",
    payload: "data",
    outcome: ["code" = ["200", "ok"], absent "msgs" because "msgs[0].recalled"],
});

/// Gift orders.
#[derive(Debug, Clone)]
pub struct Orders(pub(super) apigen_runtime::Client);

impl Orders {
    /// Puts a card into a gift.
    pub fn greet(&self, content: impl Into<Content>) -> Greet {
        Greet(self.0.call(&GREET).union("content", content.into()))
    }

    /// Cancels several orders.
    pub fn cancel<T: Into<String>>(&self, order_ids: impl IntoIterator<Item = T>) -> Cancel {
        let order_ids: Vec<String> = order_ids.into_iter().map(Into::into).collect();
        Cancel(self.0.call(&CANCEL).field("ids", order_ids))
    }

    /// Holds all orders back.
    pub fn hold(&self, hold: impl Into<Lasting>) -> Hold {
        Hold(self.0.call(&HOLD).field("hold", encode::lasting_millis::<-1>(hold.into())))
    }

    /// Reports the orders of an hour.
    pub fn report(&self, hour: Hour) -> Report {
        Report(self.0.call(&REPORT).path("hour", hour))
    }

    /// Exports all orders into files.
    pub fn export(&self) -> Export {
        Export(self.0.call(&EXPORT))
    }

    /// Lists all orders.
    pub fn list(&self) -> List {
        List(self.0.call(&LIST))
    }

    /// Takes an order back.
    pub fn recall(&self, order_id: impl Into<String>) -> Recall {
        Recall(self.0.call(&RECALL).path("order_id", order_id.into()))
    }
}

/// Puts a card into a gift.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Greet(Call);

impl Greet {
    /// What the gift is wrapped with.
    pub fn wrapping(mut self, wrapping: impl IntoIterator<Item = Wrapping>) -> Self {
        self.0 = self.0.field("wrapping", wrapping.into_iter().collect::<Vec<_>>());
        self
    }
}

apigen_runtime::request!(Greet -> Card);

/// What stands on a card; the tag is beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Words.
    Text(Text),
    /// A drawing.
    Drawing(Drawing),
    /// A shape that the shop added since.
    Unknown(UnknownVariant),
}

apigen_runtime::union!(Content: tag "kind" beside [sent received] { Text(Text) = "txt", Drawing(Drawing) = "img" });

/// Words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Text {
    /// The words.
    pub words: String,
}

apigen_runtime::decode_fields!(Text { words: required("words") });

impl Text {
    /// Words.
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: words.into() }
    }
}

impl Encode for Text {
    fn encode(self) -> Value<'static> {
        Value::object([("words", self.words.encode())])
    }
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drawing {
    /// Where it is.
    pub url: Option<String>,
}

apigen_runtime::decode_fields!(Drawing { url: optional("url") });

impl Encode for Drawing {
    fn encode(self) -> Value<'static> {
        Value::object([("url", self.url.encode())])
    }
}

/// What a gift is wrapped with; the tag is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wrapping {
    /// Words, printed.
    Printed(Text),
    /// A shape that the shop added since.
    Unknown(UnknownVariant),
}

apigen_runtime::union!(Wrapping: tag "type" inside [sent received] { Printed(Text) = "printed" });

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Card {
    /// What stands on it.
    pub content: Content,
    /// What the gift is wrapped with.
    pub wrapping: Option<Vec<Wrapping>>,
    /// The card that this one answers.
    pub answered: Option<Answered>,
}

apigen_runtime::decode_fields!(Card {
    content: union("content"),
    wrapping: optional("wrapping"),
    answered: optional("answered"),
});

/// A card that was answered, in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answered {
    /// What stands on it.
    pub content: Option<Content>,
}

apigen_runtime::decode_fields!(Answered { content: optional_union("content") });

impl Encode for Answered {
    fn encode(self) -> Value<'static> {
        Value::object([("kind", self.content.as_ref().map(encode::tag).encode()), ("content", self.content.encode())])
    }
}

/// Takes an order back.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Recall(Call);

apigen_runtime::request!(Recall -> Recalled);

/// An order that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recalled {
    /// Its id.
    pub id: String,
}

apigen_runtime::decode_fields!(Recalled { id: required("id") });

/// Cancels several orders.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Cancel(Call);

apigen_runtime::request!(Cancel -> Vec<Result<Cancelled, CancelFailure>>);

/// An order that was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cancelled {
    /// Its id.
    pub id: String,
}

apigen_runtime::decode_fields!(Cancelled { id: required("id") });
apigen_runtime::judged!(Cancelled, CancelFailure; "status" = ["200", "success"], absent "error");

/// An order that was not cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelFailure {
    /// Its id, if there is such an order.
    pub id: Option<String>,
    /// Why.
    pub error: Option<String>,
}

apigen_runtime::decode_fields!(CancelFailure { id: optional("id"), error: optional("error") });

/// Holds all orders back.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Hold(Call);

impl Hold {
    /// When to give up.
    pub fn until(mut self, until: impl Into<Until>) -> Self {
        self.0 = self.0.field("until", encode::until::<0>(until.into()));
        self
    }
}

apigen_runtime::request!(Hold -> Held);

/// How orders are held back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// How long.
    pub hold: Lasting,
    /// When the shop gives up.
    pub until: Option<Until>,
}

apigen_runtime::decode_fields!(Held {
    hold: required_with("hold", decode::lasting_millis::<-1>),
    until: optional_with("until", decode::until::<0>),
});

/// Reports the orders of an hour.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Report(Call);

impl Report {
    /// The hour to compare with.
    pub fn compared_with(mut self, hour: Hour) -> Self {
        self.0 = self.0.query("compare", hour).header("x-compare", hour).field("compare", hour);
        self
    }
}

apigen_runtime::request!(Report -> serde_json::Value);

/// Exports all orders into files.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Export(Call);

apigen_runtime::request!(Export -> serde_json::Value);
apigen_runtime::records!(Export -> Cancelled; "data.files[].url");

/// Lists all orders.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct List(Call);

impl List {
    /// The page to read, counted from 0.
    pub fn page(mut self, page: i64) -> Self {
        self.0 = self.0.query("page", page);
        self
    }
}

apigen_runtime::paged!(List -> Page; list: Cancelled);

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The orders.
    pub list: Option<Vec<Cancelled>>,
    /// How many there are on all pages.
    pub total: Option<i64>,
}

apigen_runtime::decode_fields!(Page { list: optional("list"), total: optional("total") });
