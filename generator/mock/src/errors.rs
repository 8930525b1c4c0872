//! Documented errors as replies: which row answers what, and its message with the caller's own values in it.
//!
//! The spec does not say which row answers a token that has expired or a body that is no JSON. It says status, code, message
//! and what a program should do about each row, and that is enough to choose by.

use std::borrow::Cow;

use apigen_core::template::Template;
use apigen_model::ir::{Advice, Api, ErrorBody, ErrorRef, Operation};
use serde_json::{Map, Value};

use crate::prepared::{Capture, Prepared};
use crate::spot::{Caller, Spot, Step};

/// What a request is refused for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It carries no token that the mock accepts.
    Token,
    /// Its body is no JSON: what the parser says.
    NotJson(String),
    /// It has another content type than the operation takes.
    ContentType,
    /// Its body is larger than anything that is accepted.
    TooLarge,
    /// A value or field is missing, or of another type: its name on the wire.
    Invalid(String),
    /// It exceeds a limit that the spec gives no error for.
    Limit,
    /// A budget is spent that the spec gives no error for.
    Budget,
    /// No operation has its path.
    Path,
    /// No operation has its path with its method.
    Method,
}

/// The row that answers a refusal, if one is documented.
pub(crate) fn row(api: &Api, operation: Option<&Operation>, refusal: &Refusal) -> Option<ErrorRef> {
    let own = operation.map(|it| it.errors.as_slice()).unwrap_or_default();
    let rows = || own.iter().chain(&api.common_errors).copied();
    let with = |status: u16, advice: &[Advice]| {
        let fits = |it: &ErrorRef| {
            let (error, variant) = api.error(*it);
            variant.status == status && (advice.is_empty() || advice.contains(&error.advice))
        };
        // A row with a code tells more than a status does.
        let mut fitting: Vec<_> = rows().filter(fits).collect();
        fitting.sort_by_key(|it| api.error(*it).1.code.is_empty());
        fitting
    };
    let has_placeholder = |it: &ErrorRef| !api.error(*it).0.placeholders.is_empty();
    match refusal {
        Refusal::Token => with(401, &[Advice::RefreshToken]).first().copied(),
        Refusal::NotJson(_) => {
            let common = |it: &ErrorRef| !own.contains(it);
            let rows = with(400, &[Advice::FixRequest]);
            // What the parser says has a place in the message.
            rows.iter().copied().filter(common).find(has_placeholder).or_else(|| invalid(api, &rows, ""))
        }
        Refusal::ContentType => with(415, &[]).first().copied(),
        Refusal::TooLarge => with(413, &[]).first().copied(),
        Refusal::Invalid(name) => invalid(api, &with(400, &[Advice::FixRequest]), name),
        Refusal::Limit => invalid(api, &with(400, &[Advice::FixRequest]), ""),
        Refusal::Budget => with(429, &[Advice::Retry]).first().copied(),
        Refusal::Path => {
            let rows: Vec<_> =
                [404, 500].into_iter().flat_map(|it| with(it, &[Advice::GiveUp, Advice::FixRequest])).collect();
            rows.iter().copied().find(|it| !has_placeholder(it)).or_else(|| rows.first().copied())
        }
        Refusal::Method => with(405, &[]).first().copied(),
    }
}

/// The row whose message speaks of a field, or else the first one that says nothing in particular.
fn invalid(api: &Api, rows: &[ErrorRef], name: &str) -> Option<ErrorRef> {
    let speaks = |it: &ErrorRef| {
        let message = &api.error(*it).1.message;
        !name.is_empty() && message.split(|it: char| !it.is_alphanumeric() && it != '_').any(|word| word == name)
    };
    let general = |it: &ErrorRef| {
        let (error, variant) = api.error(*it);
        error.placeholders.is_empty() && api.common_errors.contains(it) && !variant.code.is_empty()
    };
    rows.iter().copied().find(speaks).or_else(|| rows.iter().copied().find(general)).or_else(|| rows.first().copied())
}

/// The status that answers a refusal that no row is documented for.
pub(crate) fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::Token => 401,
        Refusal::NotJson(_) | Refusal::Invalid(_) | Refusal::Limit => 400,
        Refusal::ContentType => 415,
        Refusal::TooLarge => 413,
        Refusal::Budget => 429,
        Refusal::Path => 404,
        Refusal::Method => 405,
    }
}

/// What a refusal is, in words.
pub(crate) fn describe(refusal: &Refusal) -> Cow<'static, str> {
    match refusal {
        Refusal::Token => "the request carries no token that is valid".into(),
        Refusal::NotJson(problem) => format!("the body is no JSON: {problem}").into(),
        Refusal::ContentType => "the operation takes a body of another content type".into(),
        Refusal::TooLarge => "the body is too large".into(),
        Refusal::Invalid(name) => format!("`{name}` is missing or of another type").into(),
        Refusal::Limit => "a limit is exceeded".into(),
        Refusal::Budget => "a budget is spent".into(),
        Refusal::Path => "no operation has this path".into(),
        Refusal::Method => "no operation has this path with this method".into(),
    }
}

/// What stands in the message of an error.
pub(crate) struct Filling<'f> {
    pub(crate) caller: Option<&'f Caller<'f>>,
    pub(crate) operation: Option<(&'f Operation, &'f Prepared)>,
    /// What a parser said.
    pub(crate) detail: Option<&'f str>,
    /// What an example of the error shows, by the names of placeholders.
    pub(crate) shown: &'f [(String, String)],
}

/// The body of a documented error.
pub(crate) fn body(api: &Api, error: ErrorRef, filling: &Filling<'_>) -> Value {
    let (definition, variant) = api.error(error);
    let template = Template::new(&variant.message);
    let values: Vec<(&str, String)> = definition
        .placeholders
        .iter()
        .map(|it| (it.name.as_str(), value(api, &it.name, &it.example, filling)))
        .collect();
    let message = template
        .fill(|name| values.iter().find(|(placeholder, _)| *placeholder == name).map(|(_, text)| text.as_str()));
    object(&api.error_body, &variant.code, &message)
}

/// An error of the API's shape that nothing documents.
pub(crate) fn undocumented(api: &Api, message: &str) -> Value {
    object(&api.error_body, "", message)
}

fn object(shape: &ErrorBody, code: &str, message: &str) -> Value {
    let mut body = Map::new();
    if !code.is_empty() {
        body.insert(shape.code.clone(), code.into());
    }
    body.extend(shape.fields.iter().map(|it| (it.wire.clone(), it.example.clone())));
    if !message.is_empty() {
        body.insert(shape.message.clone(), message.into());
    }
    Value::Object(body)
}

/// What stands in the place of a placeholder: what examples show it to repeat, what this example says, a parameter of its
/// name, what a parser said, or the placeholder's own example. The server's name in an example becomes that of the caller's.
fn value(api: &Api, name: &str, example: &str, filling: &Filling<'_>) -> String {
    let Some(caller) = filling.caller else { return example.to_owned() };
    let repeated = filling.operation.and_then(|(_, prepared)| match prepared.captures.get(name)? {
        Capture::Value(spot) => caller.text(spot).map(Cow::into_owned),
        Capture::Items(spot, between) => Some(caller.items(spot).join(between)).filter(|it| !it.is_empty()),
    });
    let shown = filling.shown.iter().find(|(it, _)| it == name).map(|(_, text)| text.as_str());
    let named = || named(filling.operation?.0, name).and_then(|it| caller.text(&it).map(Cow::into_owned));
    let own = repeated.or_else(|| if shown.is_some() { None } else { named() });
    if let Some(text) = own.or_else(|| filling.detail.map(str::to_owned)) {
        return text;
    }
    // Shorter values would be found in the middle of words.
    let server = api.server.parameters.iter().zip(caller.server).filter(|(it, _)| it.example.len() > 3);
    server.fold(shown.unwrap_or(example).to_owned(), |text, (parameter, value)| text.replace(&parameter.example, value))
}

/// The parameter that has the name of a placeholder, perhaps with `_id` or an `s` behind it.
fn named(operation: &Operation, name: &str) -> Option<Spot> {
    let is = |field: &str| {
        let rest = field.strip_prefix(name).or_else(|| name.strip_prefix(field));
        rest.is_some_and(|rest| matches!(rest, "" | "s" | "_id" | "_ids"))
    };
    let path = operation.path_parameters.iter().position(|it| is(&it.name)).map(Spot::Path);
    let query = || operation.query.iter().find(|it| is(&it.name)).map(|it| Spot::Query(it.wire.clone()));
    let body = || {
        let field = operation.body.json_fields().iter().find(|it| is(&it.name))?;
        let key = Step::Key(field.wire.clone());
        // Of a list, the first item.
        let is_list = matches!(field.type_, apigen_model::ir::Type::List(_));
        Some(Spot::Body(if is_list { vec![key, Step::Item(0)] } else { vec![key] }))
    };
    path.or_else(query).or_else(body)
}

/// The error that a name such as `id` or `id/variant` means.
pub(crate) fn find(api: &Api, name: &str) -> Option<ErrorRef> {
    let (id, variant) = name.split_once('/').unwrap_or((name, ""));
    let all = api.operations.iter().flat_map(|it| &it.errors).chain(&api.common_errors).copied();
    let known = all.clone().find(|it| {
        let (error, spelling) = api.error(*it);
        error.name == id && spelling.name == variant
    });
    // A spelling that no operation mentions can be asked for, too.
    known.or_else(|| {
        let some = all.into_iter().find(|it| api.error(*it).0.name == id)?;
        let variant = api[some.error].variants.iter().position(|it| it.name == variant)?;
        Some(ErrorRef { variant, ..some })
    })
}
