//! Replies: what they hold that the spec does not say.

use apigen_core::json::{self, Value};
use apigen_model::ir::{EnvelopeId, Field, Operation, Payload, Response};

use crate::Interpreter;
use crate::finding::{Finding, Kind};
use crate::values::{Side, Walk, shortened, succeeds};

/// A reply.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// Its status.
    pub status: u16,
    /// Its body, unpacked; `None` when nobody recorded it.
    pub body: Option<&'a [u8]>,
}

impl Interpreter {
    /// What a reply holds that the spec does not say: an undocumented error, an unknown or missing field, a wrong type, an
    /// unknown value.
    pub fn reply(&self, operation: &Operation, reply: &Reply<'_>) -> Vec<Finding> {
        let body = reply.body.map(|it| (it, Value::parse(it)));
        match (reply.status, &body) {
            (200..300, None) => Vec::new(),
            (200..300, Some((text, body))) => self.success(operation, reply.status, text, body.as_ref()),
            // The body is that of an earlier reply.
            (304, _) => Vec::new(),
            (_, Some((_, Ok(body)))) => self.error(operation, reply.status, Some(body)),
            (_, Some((_, Err(_))) | None) => self.error(operation, reply.status, None),
        }
    }

    /// Whether a reply says that the request was taken: by its status and, where a status of success is not all, by what the
    /// spec says that tells it.
    pub fn accepted(&self, operation: &Operation, reply: &Reply<'_>) -> bool {
        if !(200..300).contains(&reply.status) {
            return false;
        }
        match reply.body.map(Value::parse) {
            Some(Ok(body)) => {
                operation.outcomes.iter().all(|it| succeeds(it, &body))
                    && self.documented_with(operation, reply.status, &body).is_none()
            }
            Some(Err(_)) | None => true,
        }
    }

    fn success(
        &self,
        operation: &Operation,
        status: u16,
        text: &[u8],
        body: Result<&Value<'_>, &serde_json::Error>,
    ) -> Vec<Finding> {
        let mut walk = Walk::new(self.api(), Side::Response, "body");
        let spec = operation.at;
        match (&operation.response, body) {
            (Response::Binary { .. }, _) => {}
            (Response::Empty { .. }, _) if text.trim_ascii().is_empty() => {}
            (Response::Json { .. } | Response::Empty { .. }, Err(_)) if text.trim_ascii().is_empty() => {
                walk.note(Kind::WrongContent, Some(spec), "expected JSON, found nothing");
            }
            (Response::Json { .. } | Response::Empty { .. }, Err(error)) => {
                walk.note(Kind::WrongContent, Some(spec), format!("this is not JSON: {error}"));
            }
            (Response::Json { .. } | Response::Empty { .. }, Ok(body)) => {
                if self.documented_with(operation, status, body).is_some() {
                    return self.error(operation, status, Some(body));
                }
                self.payload(operation, body, &mut walk);
            }
        }
        walk.into_findings()
    }

    /// The documented error that a body with a status of success stands for.
    fn documented_with(&self, operation: &Operation, status: u16, body: &Value<'_>) -> Option<()> {
        let api = self.api();
        let rows = operation.errors.iter().chain(&api.common_errors);
        if !rows.map(|it| api.error(*it).1).any(|it| it.status == status) {
            return None;
        }
        let text = |key: &str| body.get(key).and_then(Value::to_text);
        let (code, message) = (text(&api.error_body.code), text(&api.error_body.message));
        let found = self.documented(operation, status, code.as_deref(), message.as_deref())?;
        (api.error(found.error).1.status == status).then_some(())
    }

    fn payload(&self, operation: &Operation, body: &Value<'_>, walk: &mut Walk<'_>) {
        let api = self.api();
        let spec = operation.at;
        let fields = |envelope: Option<EnvelopeId>| envelope.map_or(&[][..], |id| api[id].fields.as_slice());
        match &operation.response {
            Response::Binary { .. } => {}
            Response::Empty { envelope } => walk.fields(body, fields(*envelope), &[], spec),
            Response::Json { envelope, at: Payload::Whole, payload, also } => {
                let around: &[Field] = fields(*envelope);
                if around.is_empty() {
                    walk.either(payload, also.as_ref(), body, None, spec);
                } else {
                    walk.value(payload, body, None, around, spec);
                }
            }
            Response::Json { envelope, at: Payload::Key(key), payload, also } => {
                let Value::Object(entries) = body else { return walk.fields(body, &[], &[], spec) };
                let tag = api.tag_beside(payload);
                let rest = entries.iter().filter(|(name, _)| name != key && Some(&**name) != tag);
                walk.fields(&Value::Object(rest.cloned().collect()), fields(*envelope), &[], spec);
                let succeeded = operation.outcomes.iter().all(|it| succeeds(it, body));
                walk.key(key, |walk| match json::get(entries, key).filter(|it| !it.is_null()) {
                    Some(value) => walk.either(payload, also.as_ref(), value, Some(entries), spec),
                    // A refusal may come with the status of success, and without payload.
                    None if succeeded => {
                        walk.note(Kind::Missing, Some(spec), "the spec says that the payload stands here")
                    }
                    None => {}
                });
            }
        }
    }

    fn error(&self, operation: &Operation, status: u16, body: Option<&Value<'_>>) -> Vec<Finding> {
        let api = self.api();
        let text = |key: &str| body.and_then(|it| it.get(key)).and_then(Value::to_text);
        let (code, message) = (text(&api.error_body.code), text(&api.error_body.message));
        let mut walk = Walk::new(api, Side::Response, "status");
        let said = said(status, code.as_deref(), message.as_deref());
        match self.documented(operation, status, code.as_deref(), message.as_deref()) {
            None => {
                let message = format!("`{}` does not document {said}", operation.id);
                walk.note(Kind::UndocumentedError, Some(operation.at), message);
            }
            Some(found) => {
                let (definition, row) = api.error(found.error);
                let agrees =
                    row.code.is_empty() || code.as_deref().is_some_and(|it| row.code.eq_ignore_ascii_case(it.trim()));
                if row.status != status || (body.is_some() && !agrees) {
                    let message = format!(
                        "`{}` is documented as {} {}, and came as {said}",
                        definition.name, row.status, row.code
                    );
                    walk.note(Kind::UndocumentedError, Some(row.at), message);
                }
            }
        }
        let mut findings = walk.into_findings();
        if let Some(Value::Object(entries)) = body {
            let mut walk = Walk::new(api, Side::Response, "body");
            let own = [&api.error_body.code, &api.error_body.message];
            let rest = entries.iter().filter(|(name, _)| !own.iter().any(|it| *it == name));
            walk.fields(&Value::Object(rest.cloned().collect()), &api.error_body.fields, &[], operation.at);
            findings.extend(walk.into_findings());
        }
        findings
    }
}

/// An error in a few words.
fn said(status: u16, code: Option<&str>, message: Option<&str>) -> String {
    let mut said = status.to_string();
    if let Some(code) = code {
        said.push_str(&format!(" {}", shortened(code)));
    }
    if let Some(message) = message {
        said.push_str(&format!(" {:?}", shortened(message)));
    }
    said
}
