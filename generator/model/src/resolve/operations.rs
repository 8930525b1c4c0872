//! Operations: the request line taken apart, everything inherited filled in.

use super::examples::examples;
use super::fields::deprecation;
use super::replies::Items;
use super::scope::Scope;
use super::{optional, text};
use crate::codes::Code;
use crate::ir::{self, Body, Effect, Method, PathSegment, Place, PlacedLimit, Split, Type};
use crate::load::Spanned;
use crate::spec;

/// Resolves every operation: by resource, in the author's order.
pub(super) fn operations(scope: &mut Scope<'_>, api: &ir::Api) -> Vec<ir::Operation> {
    let concerns = concerns(scope, api);
    let spec = scope.spec;
    let mut operations = Vec::new();
    for (index, (resource, file)) in spec.resources.iter().enumerate() {
        for (key, operation) in file.operations.iter() {
            let mut resolved = resolve(scope, api, (index, resource, file), key, operation);
            let own = scope.known_operation(resource, key);
            resolved.discrepancies = concerns
                .iter()
                .filter(|(_, targets)| own.is_some_and(|id| targets.contains(&id)))
                .map(|(id, _)| *id)
                .collect();
            operations.push(resolved);
        }
    }
    operations
}

fn resolve(
    scope: &mut Scope<'_>,
    api: &ir::Api,
    (index, resource, file): (usize, &Spanned<String>, &spec::ResourceFile),
    key: &Spanned<String>,
    operation: &spec::Operation,
) -> ir::Operation {
    let (method, template) = request_line(scope, &operation.http);
    let path_parameters = scope.fields(&operation.path);
    let segments = segments(scope, &operation.http, &template, &path_parameters);
    let page = scope.page(operation.page.as_ref().unwrap_or(&file.page)).unwrap_or(ir::PageId(0));
    let response = response(scope, api, key, operation);
    let paging = paging(scope, api, operation, &response);
    let outcomes = outcomes(api, &response);
    let follow_up = operation.follow_up.as_ref().map(|it| ir::FollowUp {
        url: scope.reply_path(api, &response, &it.url, Items::Each),
        records: scope.type_expression(&it.records),
        description: text(&it.description),
    });
    let mut resolved = ir::Operation {
        id: format!("{}.{}", resource.value, key.value),
        name: text(key),
        resource: index,
        method,
        path: path(&segments, &path_parameters),
        segments,
        summary: text(&operation.summary),
        description: optional(operation.description.as_ref()),
        source: ir::Source { page, section: optional(operation.section.as_ref()) },
        authenticated: scope.spec.api.auth.is_some() && operation.auth.is_none(),
        query: scope.fields(&operation.query),
        headers: scope.fields(&operation.headers),
        body: body(scope, key, operation),
        path_parameters,
        response,
        outcomes,
        follow_up,
        paging,
        errors: super::errors::listed(scope, &operation.errors),
        rate_limits: match &operation.rate_limits {
            Some(names) => names.iter().filter_map(|name| scope.rate_limit(name)).collect(),
            None => api.server.rate_limits.clone(),
        },
        effect: effect(method, operation.idempotent),
        split: None,
        limits: Vec::new(),
        quotas: operation.quotas.iter().map(|(name, quota)| resolve_quota(scope, name, quota)).collect(),
        examples: Vec::new(),
        discrepancies: Vec::new(),
        deprecated: operation.deprecated.as_ref().map(deprecation),
        since: optional(operation.since.as_ref()),
        at: key.span,
    };
    resolved.split = operation.split.as_ref().and_then(|it| split(scope, &resolved, it));
    resolved.limits = placed_limits(api, &resolved);
    resolved.limits.extend(body_limits(scope, operation, &resolved));
    resolved.examples = examples(scope, api, &resolved, operation);
    resolved
}

/// What the method says about repeating the request, unless the spec says otherwise.
fn effect(method: Method, idempotent: Option<bool>) -> Effect {
    match idempotent {
        None => method.effect(),
        Some(true) => Effect::Idempotent,
        Some(false) => Effect::Repeats,
    }
}

/// The list with a key, in the path, the query or the body.
fn split(scope: &mut Scope<'_>, operation: &ir::Operation, key: &Spanned<String>) -> Option<Split> {
    let places = [Place::Path, Place::Query, Place::Body];
    let found = places.into_iter().find_map(|place| {
        let field = operation.parameters_in(place).iter().position(|it| it.name == key.value)?;
        Some(Split { place, field, at: key.span })
    });
    if found.is_none() {
        let known: Vec<_> =
            places.iter().flat_map(|it| operation.parameters_in(*it)).map(|it| it.name.as_str()).collect();
        scope.undefined_among("parameter", &key.value, key.span, &known);
    }
    found
}

fn resolve_quota(scope: &mut Scope<'_>, name: &Spanned<String>, quota: &spec::Quota) -> ir::Quota {
    ir::Quota {
        name: text(name),
        amount: quota.amount.value,
        unit: text(&quota.unit),
        description: text(&quota.description),
        raisable: quota.raisable,
        error: quota.error.as_ref().and_then(|id| scope.error_ref(id)),
        source: quota.page.as_ref().and_then(|id| scope.page(id)),
        at: name.span,
    }
}

/// Which operations each contradiction concerns; one that names none concerns all of its file.
fn concerns(scope: &mut Scope<'_>, api: &ir::Api) -> Vec<(ir::DiscrepancyId, Vec<ir::OperationId>)> {
    let spec = scope.spec;
    let mut all = Vec::new();
    let mut record = |scope: &mut Scope<'_>, owner: &str, entry: &spec::Discrepancy, whole: &[ir::OperationId]| {
        let id = ir::DiscrepancyId(u32::try_from(all.len()).unwrap_or(u32::MAX));
        let named: Vec<_> = entry.concerns.iter().filter_map(|name| scope.operation(owner, name)).collect();
        all.push((id, if entry.concerns.is_empty() { whole.to_vec() } else { named }));
    };
    for (_, entry) in spec.api.discrepancies.iter() {
        record(scope, "", entry, &[]);
    }
    for ((name, file), resource) in spec.resources.iter().zip(&api.resources) {
        for (_, entry) in file.discrepancies.iter() {
            record(scope, &name.value, entry, &resource.operations);
        }
    }
    all
}

fn request_line(scope: &mut Scope<'_>, line: &Spanned<String>) -> (Method, Spanned<String>) {
    let (method, path) = line.value.split_once(' ').unwrap_or((&line.value, ""));
    let method = match method {
        "GET" => Some(Method::Get),
        "POST" => Some(Method::Post),
        "PUT" => Some(Method::Put),
        "PATCH" => Some(Method::Patch),
        "DELETE" => Some(Method::Delete),
        _ => None,
    };
    let path = Spanned { value: path.trim().to_owned(), span: line.span };
    if method.is_none() || !path.value.starts_with('/') || path.value.contains([' ', '?', '#']) {
        let message = format!("`{}` is not a method and a path", line.value);
        scope.report(
            Code::E0305,
            line.span,
            message,
            "write them as in `GET /books/{book_id}`; the query has its own key",
        );
    }
    (method.unwrap_or(Method::Get), path)
}

fn segments(
    scope: &mut Scope<'_>,
    line: &Spanned<String>,
    template: &Spanned<String>,
    parameters: &[ir::Field],
) -> Vec<PathSegment> {
    let names = scope.placeholders(template);
    for field in parameters {
        if !names.contains(&field.name) {
            let message = format!("the path has no place for the parameter `{}`", field.name);
            scope.report(Code::E0306, field.at, message, "put its name in braces into the path of `http:`");
        }
    }
    let mut segments = Vec::new();
    for part in template.value.split('/').skip(1) {
        match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => match parameters.iter().position(|it| it.name == name) {
                Some(index) => segments.push(PathSegment::Parameter(index)),
                None => {
                    let message = format!("the path parameter `{name}` is not described");
                    scope.report(Code::E0306, line.span, message, "describe it under `path:`");
                }
            },
            None if part.contains(['{', '}']) => {
                scope.report(
                    Code::E0305,
                    line.span,
                    format!("`{part}` mixes text and a parameter"),
                    "a parameter fills its segment",
                );
            }
            None => segments.push(PathSegment::Literal(part.to_owned())),
        }
    }
    segments
}

fn path(segments: &[PathSegment], parameters: &[ir::Field]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        match segment {
            PathSegment::Literal(text) => path.push_str(text),
            PathSegment::Parameter(index) => {
                path.push('{');
                path.push_str(&parameters[*index].wire);
                path.push('}');
            }
        }
    }
    path
}

fn body(scope: &mut Scope<'_>, key: &Spanned<String>, operation: &spec::Operation) -> Body {
    match (operation.body.is_empty(), operation.form.is_empty()) {
        (true, true) => Body::None,
        (false, true) => Body::Json(scope.fields(&operation.body)),
        (true, false) => Body::Multipart(scope.fields(&operation.form)),
        (false, false) => {
            scope.report(
                Code::E0309,
                key.span,
                "an operation sends one body",
                "keep `body:` (JSON) or `form:` (multipart)",
            );
            Body::None
        }
    }
}

fn response(scope: &mut Scope<'_>, api: &ir::Api, key: &Spanned<String>, operation: &spec::Operation) -> ir::Response {
    let response = &operation.response;
    let nothing = response.nothing.as_ref().is_some_and(|it| it.value);
    let payload = match (&response.data, &response.name, &response.fields, &response.binary, nothing) {
        (Some(data), None, None, None, false) => scope.type_expression(data),
        (None, Some(name), Some(_), None, false) => {
            scope.type_named(&name.value, name.span).map_or(Type::Json, Type::Named)
        }
        (None, None, None, Some(binary), false) => {
            no_payload(scope, key, response);
            return ir::Response::Binary { description: text(binary) };
        }
        (None, None, None, None, true) => {
            no_payload(scope, key, response);
            return ir::Response::Empty { envelope: envelope(scope, response) };
        }
        _ => {
            let help = "write `data:` with a type, `name:` with `fields:`, `binary:` with what the bytes are, or `nothing: true`";
            scope.report(Code::E0309, key.span, format!("the response of `{}` has no single form", key.value), help);
            Type::Json
        }
    };
    if let (Some(_), None) = (&response.outcome, &response.fields) {
        let help = "say it beside `fields:`, or on the type that `data:` names";
        scope.report(Code::E0309, key.span, format!("the outcome of `{}` has no fields to test", key.value), help);
    }
    let envelope = envelope(scope, response);
    let at = match (&response.at, envelope) {
        (Some(at), _) => ir::Payload::Key(text(at)),
        (None, Some(id)) => api[id].payload.clone(),
        (None, None) => ir::Payload::Whole,
    };
    let also = response.also.as_ref().map(|also| scope.also(&payload, also));
    ir::Response::Json { envelope, at, payload, also }
}

/// What says something of a payload means nothing where there is none.
fn no_payload(scope: &mut Scope<'_>, key: &Spanned<String>, response: &spec::Response) {
    if response.at.is_some() || response.also.is_some() || response.outcome.is_some() {
        let message = format!("the response of `{}` has no payload", key.value);
        scope.report(Code::E0309, key.span, message, "delete `at:`, `also:` and `outcome:`, which speak of one");
    }
}

fn envelope(scope: &mut Scope<'_>, response: &spec::Response) -> Option<ir::EnvelopeId> {
    match response.envelope.as_ref().or(scope.spec.api.server.envelope.as_ref()) {
        Some(name) if name.value == "none" => None,
        Some(name) => scope.envelope(&name.clone()),
        None => None,
    }
}

/// What must hold for a success: what the envelope says, and what the payload says of itself.
fn outcomes(api: &ir::Api, response: &ir::Response) -> Vec<ir::Outcome> {
    let (envelope, payload) = match response {
        ir::Response::Json { envelope, at, payload, also: _ } => (*envelope, Some((at, payload))),
        ir::Response::Empty { envelope } => (*envelope, None),
        ir::Response::Binary { .. } => (None, None),
    };
    let mut outcomes: Vec<_> = envelope.and_then(|id| api[id].outcome.clone()).into_iter().collect();
    if let Some((at, Type::Named(id))) = payload
        && let Some(verdict) = &api[*id].verdict
    {
        let from_root = |path: &str| match at {
            ir::Payload::Key(key) if !path.is_empty() => format!("{key}.{path}"),
            ir::Payload::Key(_) | ir::Payload::Whole => path.to_owned(),
        };
        outcomes.push(ir::Outcome {
            path: from_root(&verdict.outcome.path),
            test: verdict.outcome.test.clone(),
            reason: from_root(&verdict.outcome.reason),
        });
    }
    outcomes
}

/// The fields of the payload, when it is an object.
fn payload_fields<'a>(api: &'a ir::Api, response: &ir::Response) -> &'a [ir::Field] {
    match response {
        ir::Response::Json { payload: Type::Named(id), .. } => match &api[*id].kind {
            ir::TypeKind::Object { fields } => fields,
            ir::TypeKind::Newtype(_)
            | ir::TypeKind::Enum { .. }
            | ir::TypeKind::Flag { .. }
            | ir::TypeKind::Union { .. } => &[],
        },
        ir::Response::Json { .. } | ir::Response::Empty { .. } | ir::Response::Binary { .. } => &[],
    }
}

fn paging(scope: &mut Scope<'_>, api: &ir::Api, operation: &spec::Operation, response: &ir::Response) -> ir::Paging {
    let Some(paging) = &operation.paging else { return ir::Paging::None };
    if let Some(follow_up) = &operation.follow_up {
        let help = "keep `paging:` or `follow_up:`; an operation is one stream";
        scope.report(Code::E0313, follow_up.url.span, "a list that is read page by page names no files", help);
    }
    let mut parameter = |name: &Spanned<String>| match operation.query.entry(&name.value) {
        Some((key, field)) => {
            let wire = field.0.wire.as_ref().unwrap_or(key).value.clone();
            Some((wire, field.0.default.as_ref().and_then(|it| it.value.as_u64()), clamp(&field.0)))
        }
        None => {
            scope.undefined("query parameter", &name.value, name.span, operation.query.keys());
            None
        }
    };
    let selector = parameter(&paging.parameter).map(|it| it.0).unwrap_or_default();
    let size = paging.size.as_ref().map(|name| (name.span, parameter(name)));
    let items = paging_items(scope, api, paging, response);
    let total = paging.total.as_ref().map(|it| scope.reply_path(api, response, it, Items::One)).unwrap_or_default();
    match (paging.style.value, size, &paging.next) {
        (spec::PagingStyle::PageNumber, Some((at, size)), None) => {
            let (size, default, max) = size.unwrap_or_default();
            let Some(default_size) = default else {
                let help = "add `default:`; a page that is not full ends the list, so its size must be known";
                scope.report(Code::E0313, at, "the size of a page has no default", help);
                return ir::Paging::None;
            };
            let first = paging.first.as_ref().map_or(1, |it| it.value);
            let max_size = max.unwrap_or(u64::MAX);
            ir::Paging::PageNumber { parameter: selector, size, first, default_size, max_size, items, total }
        }
        (spec::PagingStyle::Cursor, size, Some(next)) => {
            let size = size.and_then(|it| it.1).unwrap_or_default().0;
            let next = scope.reply_path(api, response, next, Items::One);
            ir::Paging::Cursor { parameter: selector, size, next, items, total }
        }
        (spec::PagingStyle::PageNumber | spec::PagingStyle::Cursor, _, _) => {
            let help = "`page_number` needs `size` and no `next`; `cursor` needs `next`";
            scope.report(Code::E0313, paging.style.span, "the paging is not complete", help);
            ir::Paging::None
        }
    }
}

/// The value that the server clamps a parameter to.
fn clamp(field: &spec::Field) -> Option<u64> {
    let clamped = field.limits.iter().filter(|it| it.enforced == Some(spec::Enforced::Clamp));
    clamped.filter_map(|it| it.max.as_ref()).find_map(|it| match it.value {
        spec::Bound::Integer(number) => u64::try_from(number).ok(),
        spec::Bound::Number(_) | spec::Bound::Size(_) | spec::Bound::Field(_) => None,
    })
}

fn paging_items(scope: &mut Scope<'_>, api: &ir::Api, paging: &spec::Paging, response: &ir::Response) -> ir::Items {
    let list = match (&paging.items, response) {
        (Some(key), _) => payload_fields(api, response).iter().find(|it| it.name == key.value).map(|it| &it.type_),
        (None, ir::Response::Json { payload, .. }) => Some(payload),
        (None, ir::Response::Empty { .. } | ir::Response::Binary { .. }) => None,
    };
    match list {
        Some(Type::List(item)) => ir::Items { field: paging.items.as_ref().map(text), type_: (**item).clone() },
        _ => {
            let at = paging.items.as_ref().map_or(paging.style.span, |it| it.span);
            scope.report(
                Code::E0313,
                at,
                "the items of a page are not a list",
                "let `items:` name a field of the payload that is a list",
            );
            ir::Items { field: None, type_: Type::Json }
        }
    }
}

/// The limits of the body as a whole, or of several of its fields.
fn body_limits(scope: &mut Scope<'_>, spec: &spec::Operation, operation: &ir::Operation) -> Vec<PlacedLimit> {
    let mut placed = Vec::new();
    for (limit, at) in spec.limits.iter().zip(spec.limits.spans()) {
        if operation.body.json_fields().is_empty() {
            scope.report(Code::E0401, at, "this operation has no JSON body to bound", "put the limit below a field");
            continue;
        }
        placed.extend(scope.body_limit(limit, at, operation.body.json_fields()).map(|limit| PlacedLimit {
            id: match placed.len() {
                0 => format!("{}.body.{}", operation.id, limit.rule.name()),
                before => format!("{}.body.{}#{}", operation.id, limit.rule.name(), before + 1),
            },
            place: Place::Body,
            path: Vec::new(),
            wire: String::new(),
            arm: None,
            limit,
        }));
    }
    placed
}

/// Every limit of the parameters and of what is inside them.
fn placed_limits(api: &ir::Api, operation: &ir::Operation) -> Vec<PlacedLimit> {
    let mut walk =
        LimitWalk { api, operation: &operation.id, place: Place::Path, arm: None, depth: 0, found: Vec::new() };
    for (place, field) in operation.parameters() {
        walk.place = place;
        walk.field(field, &[], "");
    }
    walk.found
}

/// A walk over a parameter and all that it holds.
struct LimitWalk<'a> {
    api: &'a ir::Api,
    operation: &'a str,
    place: Place,
    arm: Option<(String, String)>,
    depth: usize,
    found: Vec<PlacedLimit>,
}

impl LimitWalk<'_> {
    fn field(&mut self, field: &ir::Field, above: &[String], wire_above: &str) {
        let path = [above, std::slice::from_ref(&field.name)].concat();
        let wire = if wire_above.is_empty() { field.wire.clone() } else { format!("{wire_above}.{}", field.wire) };
        if let ir::Presence::RequiredWhen(condition @ ir::Condition::Field { .. }) = &field.presence {
            let limit = ir::Limit {
                rule: ir::Rule::Required,
                enforcement: ir::Enforcement::Rejected,
                raisable: false,
                when: Some(condition.clone()),
                error: None,
                description: String::new(),
                source: None,
                at: field.at,
            };
            self.found.push(self.placed(&path, &wire, &limit));
        }
        for limit in &field.limits {
            self.found.push(self.placed(&path, &wire, limit));
        }
        self.type_(&field.type_, &path, &wire);
    }

    fn type_(&mut self, type_: &Type, path: &[String], wire: &str) {
        /// Types may contain themselves; limits below this depth are left to the server.
        const DEEPEST: usize = 8;
        self.depth += 1;
        if self.depth <= DEEPEST {
            match type_ {
                Type::Named(id) => self.named(*id, path, wire),
                Type::List(item) => self.type_(item, &[path, &["[]".to_owned()]].concat(), &format!("{wire}[]")),
                Type::Map(value) => self.type_(value, &[path, &["{}".to_owned()]].concat(), &format!("{wire}{{}}")),
                Type::Scalar(_) | Type::Json | Type::File => {}
            }
        }
        self.depth -= 1;
    }

    fn named(&mut self, id: ir::TypeId, path: &[String], wire: &str) {
        let type_ = &self.api[id];
        for limit in &type_.limits {
            self.found.push(self.placed(path, wire, limit));
        }
        match &type_.kind {
            ir::TypeKind::Newtype(inner) => self.type_(inner, path, wire),
            ir::TypeKind::Enum { .. } | ir::TypeKind::Flag { .. } => {}
            ir::TypeKind::Object { fields } => fields.iter().for_each(|field| self.field(field, path, wire)),
            ir::TypeKind::Union { tag, placed, variants } => {
                let tag = match placed {
                    ir::TagPlace::Inside => format!("{wire}.{tag}"),
                    ir::TagPlace::Beside => match wire.rsplit_once('.') {
                        Some((parent, _)) => format!("{parent}.{tag}"),
                        None => tag.clone(),
                    },
                };
                for variant in variants {
                    let outer = self.arm.replace((tag.clone(), variant.tag.clone()));
                    let path = [path, std::slice::from_ref(&variant.name)].concat();
                    variant.fields.iter().for_each(|field| self.field(field, &path, wire));
                    self.arm = outer;
                }
            }
        }
    }

    fn placed(&self, path: &[String], wire: &str, limit: &ir::Limit) -> PlacedLimit {
        let names: Vec<_> = path.iter().map(|it| if it == "[]" || it == "{}" { "each" } else { it.as_str() }).collect();
        let mut id = format!("{}.{}.{}", self.operation, names.join("."), limit.rule.name());
        if let (Some(condition), false) = (&limit.when, limit.rule == ir::Rule::Required) {
            match condition {
                ir::Condition::Field { field, .. } => id = format!("{id}_when_{field}"),
                ir::Condition::State(_) => id.push_str("_when_state"),
            }
        }
        // Bounds that differ in what a condition or a tag equals are numbered.
        let twins = self
            .found
            .iter()
            .filter(|it| it.id.strip_prefix(&id).is_some_and(|it| it.is_empty() || it.starts_with('#')))
            .count();
        if twins > 0 {
            id = format!("{id}#{}", twins + 1);
        }
        PlacedLimit {
            id,
            place: self.place,
            path: path.to_vec(),
            wire: wire.to_owned(),
            arm: self.arm.clone(),
            limit: limit.clone(),
        }
    }
}
