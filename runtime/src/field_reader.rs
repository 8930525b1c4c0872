//! Reads the fields of an object for [`decode_fields!`](crate::decode_fields), in as little code per field as there can be:
//! a client has hundreds of them, and each would compile a way out of its own.

use apigen_core::json::Value;

use crate::decode::{Decode, DecodeError, Fields};
use crate::union::DecodeBeside;

/// The fields of an object, and the first problem with one. Whoever reads goes on after a problem where it can, and asks for
/// it at the end.
#[derive(Debug)]
pub struct FieldReader<'v> {
    /// None where the value is no object.
    fields: Option<Fields<'v>>,
    problem: Option<DecodeError>,
}

impl<'v> FieldReader<'v> {
    /// The fields of a value. That it is not an object is the first problem.
    pub fn of(value: &'v Value<'v>) -> Self {
        match Fields::of(value) {
            Ok(fields) => Self { fields: Some(fields), problem: None },
            Err(problem) => Self { fields: None, problem: Some(problem) },
        }
    }

    /// What came in the way, if anything did.
    #[inline(never)]
    pub fn problem(&mut self) -> Option<DecodeError> {
        self.problem.take()
    }

    /// Why a field that must be there is not.
    #[inline(never)]
    pub fn failure(&mut self) -> DecodeError {
        self.problem().unwrap_or_else(|| DecodeError::new("missing"))
    }

    /// A field that is always there; `None` is a problem.
    pub fn required<T: Decode>(&mut self, name: &'static str) -> Option<T> {
        self.required_with(name, T::decode)
    }

    /// A field that may be absent or `null`.
    pub fn optional<T: Decode>(&mut self, name: &'static str) -> Option<T> {
        self.optional_with(name, T::decode)
    }

    /// A field that is always there, by a function of its own; `None` is a problem.
    pub fn required_with<T>(
        &mut self,
        name: &'static str,
        decode: fn(&Value<'_>) -> Result<T, DecodeError>,
    ) -> Option<T> {
        let value = self.given(name);
        self.read(name, value, decode)
    }

    /// A field that may be absent or `null`, by a function of its own.
    pub fn optional_with<T>(
        &mut self,
        name: &'static str,
        decode: fn(&Value<'_>) -> Result<T, DecodeError>,
    ) -> Option<T> {
        let value = self.get(name);
        self.read(name, value, decode)
    }

    /// A union that is always there, and whose shape is told by the field beside it; `None` is a problem.
    pub fn union<U: DecodeBeside>(&mut self, name: &'static str) -> Option<U> {
        let read = self.fields?.union(name);
        self.kept(read)
    }

    /// A union that may be absent or `null`, and whose shape is told by the field beside it.
    pub fn optional_union<U: DecodeBeside>(&mut self, name: &'static str) -> Option<U> {
        let read = self.fields?.optional_union(name);
        self.kept(read).flatten()
    }

    // The one function here that is compiled for each type, and once for it.
    #[inline(never)]
    fn read<T>(
        &mut self,
        name: &'static str,
        value: Option<&Value<'_>>,
        decode: fn(&Value<'_>) -> Result<T, DecodeError>,
    ) -> Option<T> {
        match decode(value?) {
            Ok(read) => Some(read),
            Err(problem) => {
                self.note(problem, name);
                None
            }
        }
    }

    fn kept<T>(&mut self, read: Result<T, DecodeError>) -> Option<T> {
        read.map_err(|problem| self.problem.get_or_insert(problem)).ok()
    }

    #[inline(never)]
    fn given(&mut self, name: &str) -> Option<&'v Value<'v>> {
        let value = self.get(name);
        if value.is_none() {
            self.note(DecodeError::new("missing"), name);
        }
        value
    }

    #[inline(never)]
    fn get(&self, name: &str) -> Option<&'v Value<'v>> {
        self.fields?.get(name)
    }

    #[inline(never)]
    fn note(&mut self, problem: DecodeError, name: &str) {
        self.problem.get_or_insert_with(|| problem.within(name));
    }
}
