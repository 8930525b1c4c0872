//! The Rust source of calls: for documentation, for the site, and for the tests that run every example.

use apigen_model::ir::{
    Api, Auth, Example, ExampleReply, ExampleRequest, Field, Operation, Place, Presence, Response, Scalar, Type,
    TypeDef, TypeKind,
};
use serde_json::Value;

use super::layout::{chain, statement};
use super::{literals, names};

/// As wide as the printer makes the lines of a function.
const FUNCTION: usize = 85;

/// The call of an example, awaited and bound to `reply`, over as many lines as it takes.
pub(crate) fn example(api: &Api, operation: &Operation, example: &Example) -> String {
    let mut calls = calls(api, operation, &example.request);
    calls.push(".await?;".to_owned());
    chain("let reply = client", &calls, FUNCTION)
}

/// The call of an example as an expression of `client`.
pub(crate) fn expression(api: &Api, operation: &Operation, request: &ExampleRequest) -> String {
    ["client", &calls(api, operation, request).concat()].concat()
}

/// The calls of an example, one after the other.
pub(crate) fn calls(api: &Api, operation: &Operation, request: &ExampleRequest) -> Vec<String> {
    let resource = names::value(&api.resources[operation.resource].name);
    let given: Vec<_> = values(operation, request);
    let required = given.iter().filter(|(_, field, _)| field.presence == Presence::Required);
    let argument = |field: &Field, value: &Given<'_>| match (value, api.tag_beside(&field.type_)) {
        (Given::Json(value), Some(tag)) => {
            let chosen = request.tags.iter().find(|(name, _)| name == tag).map_or("", |(_, value)| value.as_str());
            of_variant(api, &field.type_, chosen, value)
        }
        (value, _) => self::argument(api, field, value),
    };
    let arguments: Vec<_> = required.map(|(_, field, value)| argument(field, value)).collect();
    let mut calls =
        vec![format!(".{resource}()"), format!(".{}({})", names::value(&operation.name), arguments.join(", "))];
    for (_, field, value) in &given {
        match field.presence {
            Presence::Optional | Presence::RequiredWhen(_) => {
                calls.push(format!(".{}({})", names::value(&field.name), argument(field, value)));
            }
            Presence::Required | Presence::Constant(_) => {}
        }
    }
    calls
}

/// The arguments of the method of an operation: the required values, in the order of the places.
pub(crate) fn arguments(api: &Api, operation: &Operation) -> Vec<String> {
    let required = operation.parameters().filter(|(_, field)| field.presence == Presence::Required);
    let argument = |(_, field): (Place, &Field)| {
        format!("{}: {}", names::value(&field.name), super::types::argument_of(api, field))
    };
    required.map(argument).collect()
}

/// The method of an operation, and what awaiting the request it returns gives, as documentation shows them.
pub(crate) fn signature(api: &Api, operation: &Operation) -> String {
    /// Beyond this, each argument has a line of its own.
    const WIDTH: usize = 60;
    let arguments = arguments(api, operation).into_iter().map(|it| it.replace("apigen_runtime::", ""));
    let arguments: Vec<_> = std::iter::once("&self".to_owned()).chain(arguments).collect();
    let (name, builder) = (names::value(&operation.name), names::type_(&operation.name));
    let reply = match &operation.response {
        Response::Json { payload, .. } => format!("Reply<{}>", super::types::owned(api, payload)),
        Response::Empty { .. } => "Reply<()>".to_owned(),
        Response::Binary { .. } => "Download".to_owned(),
    };
    let mut method = format!("fn {name}({}) -> {builder}", arguments.join(", "));
    if method.len() > WIDTH {
        method = format!("fn {name}(\n    {},\n) -> {builder}", arguments.join(",\n    "));
    }
    format!("{method}\n// awaited: Result<{reply}, Error>")
}

/// A value of an example: JSON, or a file.
enum Given<'a> {
    Json(&'a Value),
    File { name: &'a str, content: &'a str },
}

fn values<'a>(operation: &'a Operation, request: &'a ExampleRequest) -> Vec<(Place, &'a Field, Given<'a>)> {
    let places = [
        (Place::Path, &request.path),
        (Place::Query, &request.query),
        (Place::Header, &request.headers),
        (Place::Body, &request.body),
    ];
    let mut given = Vec::new();
    for (place, values) in places {
        let fields = operation.parameters_in(place);
        given.extend(values.iter().map(|(index, value)| (place, &fields[*index], Given::Json(value))));
    }
    let fields = operation.parameters_in(Place::Form);
    given.extend(
        request.form.iter().map(|(index, file)| {
            (Place::Form, &fields[*index], Given::File { name: &file.name, content: &file.content })
        }),
    );
    given
}

fn argument(api: &Api, field: &Field, value: &Given<'_>) -> String {
    match value {
        Given::File { name, content } => match api.underlying(&field.type_) {
            Type::File => {
                let krate = names::krate(&api.name);
                format!("{krate}::Upload::bytes({}, {})", literals::string(name), literals::string(content))
            }
            Type::Scalar(Scalar::String) => of_type(api, &field.type_, &Value::from(content.to_owned())),
            // The other parts of a form are sent as text, which is JSON for all but strings.
            Type::Scalar(_) | Type::Named(_) | Type::List(_) | Type::Map(_) | Type::Json => {
                let value = content.parse().unwrap_or_else(|_| Value::from(content.to_owned()));
                of_type(api, &field.type_, &value)
            }
        },
        Given::Json(value) => of_field(api, field, value),
    }
}

/// The value of a field as an expression that its setter accepts.
pub(crate) fn of_field(api: &Api, field: &Field, value: &Value) -> String {
    match field.forever {
        Some(forever) if value.as_i64() == Some(forever) => {
            format!("{}::{}::Forever", names::krate(&api.name), super::types::field(api, field))
        }
        Some(_) | None => of_type(api, &field.type_, value),
    }
}

/// A value of a union as an expression: the builder of the variant that a tag selects.
fn of_variant(api: &Api, type_: &Type, tag: &str, value: &Value) -> String {
    match (type_, api.variant(type_, tag)) {
        (Type::Named(id), Some(variant)) => {
            let constructor = format!("{}::{}", path(api, &api[*id]), names::value(&variant.name));
            built(api, &constructor, &variant.fields, value)
        }
        (_, Some(_) | None) => value.to_string(),
    }
}

/// A call of a constructor with the required fields, and a setter for each of the others.
fn built(api: &Api, constructor: &str, fields: &[Field], object: &Value) -> String {
    let given = |field: &Field| {
        let value = object.get(&field.wire)?;
        Some(match api.tag_beside(&field.type_) {
            Some(tag) => of_variant(api, &field.type_, object.get(tag).and_then(Value::as_str).unwrap_or(""), value),
            None => of_field(api, field, value),
        })
    };
    let required = fields.iter().filter(|it| it.presence == Presence::Required);
    let arguments: Vec<_> = required.filter_map(given).collect();
    let mut expression = format!("{constructor}({})", arguments.join(", "));
    let optional = |it: &&Field| !matches!(it.presence, Presence::Required | Presence::Constant(_));
    for field in fields.iter().filter(optional) {
        if let Some(value) = given(field) {
            expression.push_str(&format!(".{}({value})", names::value(&field.name)));
        }
    }
    expression
}

/// A value as an expression that the argument of a type accepts.
pub(crate) fn of_type(api: &Api, type_: &Type, value: &Value) -> String {
    let krate = names::krate(&api.name);
    match (type_, value) {
        (Type::Scalar(Scalar::String), Value::String(text)) => literals::string(text),
        (Type::Scalar(Scalar::DurationS), Value::Number(number)) => {
            format!("std::time::Duration::from_secs({})", grouped(number))
        }
        (Type::Scalar(Scalar::DurationMs), Value::Number(number)) => match number.as_i64() {
            Some(millis) if millis % 1000 == 0 => {
                format!("std::time::Duration::from_secs({})", literals::integer(millis / 1000))
            }
            Some(_) | None => format!("std::time::Duration::from_millis({})", grouped(number)),
        },
        (Type::Scalar(Scalar::LocalHour), Value::String(text)) => {
            let (year, month, day, hour) = api.utc_hour(text).unwrap_or((1970, 1, 1, 0));
            format!("{krate}::Hour::utc({year}, {month}, {day}, {hour}).expect(\"there is such an hour\")")
        }
        (Type::Scalar(Scalar::TimestampMs), Value::Number(number)) => {
            format!("{krate}::Timestamp::from_millis({})", grouped(number))
        }
        (Type::Scalar(Scalar::Number), Value::Number(number)) => literals::number(number.as_f64().unwrap_or_default()),
        (Type::Scalar(_), Value::Number(number)) => grouped(number),
        (Type::Scalar(_), value) => value.to_string(),
        (Type::List(item), Value::Array(items)) => {
            // Lists within a list are vectors, since only the outer one is converted.
            let each = if matches!(**item, Type::List(_)) { owned } else { of_type };
            match (items.is_empty(), api.underlying(item)) {
                // Nothing tells the type of no items.
                (true, Type::Scalar(Scalar::String)) => "[\"\"; 0]".to_owned(),
                (true, Type::Scalar(Scalar::Integer)) => "[0; 0]".to_owned(),
                (_, _) => format!("[{}]", items.iter().map(|it| each(api, item, it)).collect::<Vec<_>>().join(", ")),
            }
        }
        (Type::Map(inner), Value::Object(entries)) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("({}.to_owned(), {})", literals::string(key), owned(api, inner, value))
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            format!("std::collections::BTreeMap::from([{}])", entries.join(", "))
        }
        (Type::Named(id), value) => named(api, &api[*id], value),
        (Type::Json, value) => format!("serde_json::json!({})", json(value)),
        (Type::List(_) | Type::Map(_) | Type::File, value) => value.to_string(),
    }
}

/// A value as an expression of exactly the type, where no conversion is called.
fn owned(api: &Api, type_: &Type, value: &Value) -> String {
    let is_newtype = matches!(type_, Type::Named(id) if matches!(api[*id].kind, TypeKind::Newtype(_)));
    match (type_, value) {
        (Type::List(item), Value::Array(items)) => {
            let items: Vec<_> = items.iter().map(|it| owned(api, item, it)).collect();
            format!("vec![{}]", items.join(", "))
        }
        (type_, value) if is_newtype || *type_ == Type::Scalar(Scalar::String) => {
            format!("{}.into()", of_type(api, type_, value))
        }
        (type_, value) => of_type(api, type_, value),
    }
}

/// Where a type is found, as in `book_shop::books::Binding`.
pub(crate) fn path(api: &Api, definition: &TypeDef) -> String {
    let module = match definition.resource {
        Some(index) => names::module(&api.resources[index].name),
        None => "types".to_owned(),
    };
    format!("{}::{module}::{}", names::krate(&api.name), names::type_(&definition.name))
}

fn named(api: &Api, definition: &TypeDef, value: &Value) -> String {
    let path = path(api, definition);
    let wire = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match &definition.kind {
        TypeKind::Newtype(inner) => of_type(api, inner, value),
        TypeKind::Enum { of, values } => match values.iter().find(|it| it.wire == wire) {
            Some(known) => format!("{path}::{}", names::type_(&known.name)),
            None => format!("{path}::Unknown({})", owned(api, &Type::Scalar(*of), value)),
        },
        TypeKind::Flag { on, off } => {
            let chosen = if value == &Value::Bool(true) { on } else { off };
            format!("{path}::{}", names::type_(&chosen.name))
        }
        TypeKind::Object { fields } => built(api, &format!("{path}::new"), fields, value),
        TypeKind::Union { tag, variants, .. } => {
            let chosen = value.get(tag).and_then(Value::as_str);
            match variants.iter().find(|it| Some(it.tag.as_str()) == chosen) {
                Some(variant) => {
                    built(api, &format!("{path}::{}", names::value(&variant.name)), &variant.fields, value)
                }
                None => value.to_string(),
            }
        }
    }
}

/// What stands in `json!`: JSON, but for whole numbers that Rust would not take for an `i32`.
fn json(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(wide) if i32::try_from(wide).is_err() => format!("{}_i64", literals::integer(wide)),
            Some(_) | None => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", literals::string(key), json(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => literals::string(text),
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

fn grouped(number: &serde_json::Number) -> String {
    number.as_i64().map_or_else(|| number.to_string(), literals::integer)
}

/// An example as a documentation test that compiles and does not run.
pub(crate) fn doctest(api: &Api, operation: &Operation, example: &Example) -> String {
    let krate = names::krate(&api.name);
    let call = self::example(api, operation, example);
    let show = match operation.response {
        Response::Json { .. } | Response::Empty { .. } => "println!(\"{reply:?}\");",
        Response::Binary { .. } => "println!(\"{:?} bytes\", reply.content_length());",
    };
    format!(
        "```no_run\n# async fn example(client: &{krate}::Client) -> Result<(), {krate}::Error> {{\n{call}\n{show}\n# Ok(())\n# }}\n```"
    )
}

/// How a client is built and makes its first call.
pub(crate) fn quick_start(api: &Api) -> String {
    let krate = names::krate(&api.name);
    format!(
        "```no_run\n# async fn example() -> Result<(), {krate}::Error> {{\n{}\nprintln!(\"{{reply:?}}\");\n# Ok(())\n# }}\n```",
        first_call(api),
    )
}

/// The code that builds a client and makes its first call.
pub(crate) fn first_call(api: &Api) -> String {
    let mut build = format!("let client = {}::Client::builder()", names::krate(&api.name));
    for parameter in &api.server.parameters {
        build.push_str(&format!(".{}({})", names::value(&parameter.name), literals::string(&parameter.example)));
    }
    match &api.auth {
        Auth::TokenOperation(_) => build.push_str(".credentials(\"client-id\", \"client-secret\")"),
        Auth::None => {}
    }
    build.push_str(".build()?;");
    let call = first_example(api).map(|(operation, index)| example(api, operation, &operation.examples[index]));
    format!("{}\n{}", statement(&build), call.unwrap_or_default())
}

/// The example that shows a first call, by its index: the shortest one that succeeds, of an operation that does not hand
/// out tokens.
pub(crate) fn first_example(api: &Api) -> Option<(&Operation, usize)> {
    let hands_out_tokens = |it: &Operation| match &api.auth {
        Auth::TokenOperation(token) => it.id == api[token.operation].id,
        Auth::None => false,
    };
    // Where there is most to do is where most begin; of several such resources, the first.
    let resource = api.resources.iter().rev().max_by_key(|it| it.operations.len())?;
    let operation = api.operations_of(resource).find(|it| !hands_out_tokens(it))?;
    let values =
        |it: &ExampleRequest| it.path.len() + it.query.len() + it.headers.len() + it.body.len() + it.form.len();
    let succeeds = |it: &Example| match it.reply {
        ExampleReply::Json { .. } | ExampleReply::Binary { .. } => true,
        ExampleReply::Error { .. } => false,
    };
    let examples = operation.examples.iter().enumerate().filter(|(_, it)| succeeds(it));
    let (index, _) = examples.min_by_key(|(_, it)| values(&it.request))?;
    Some((operation, index))
}

/// How the items of all pages of a paging operation are read.
pub(crate) fn paging(api: &Api, operation: &Operation, example: &Example) -> String {
    let call = expression(api, operation, &example.request);
    statement(&format!(
        "let mut items = {call}.stream(); while let Some(item) = items.next().await.transpose()? {{ println!(\"{{item:?}}\"); }}"
    ))
}
