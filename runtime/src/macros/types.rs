//! Macros that make types: documented errors, ids, enums, items that tell whether they succeeded.

/// Makes an enum an enum of documented errors: its variants, with the fields that the placeholders of the message fill,
/// and their rows. Fields are `Option<String>`. With a second enum, a variant `Common` holds that.
///
/// `documented!(GetError: CommonError { ShelfNotFound { shelf_id } = errors::SHELF_NOT_FOUND });`
#[macro_export]
macro_rules! documented {
    ($name:ident $(: $common:ty)? { $($variant:ident $({ $($field:ident),+ $(,)? })? = $row:path),* $(,)? }) => {
        impl $crate::Documented for $name {
            fn build(row: &'static $crate::ErrorRow, captures: &$crate::Captures) -> Option<Self> {
                $(
                    if $crate::__private::is_same(row, &$row) {
                        return Some(Self::$variant $({ $($field: $crate::__private::captured(captures, stringify!($field))),+ })?);
                    }
                )*
                $(
                    if let Some(common) = <$common as $crate::Documented>::build(row, captures) {
                        return Some(Self::Common(common));
                    }
                )?
                let _ = (row, captures);
                None
            }

            fn row(&self) -> &'static $crate::ErrorRow {
                // By value, since an API may have no common errors, and a reference to nothing is still something.
                match *self {
                    $(Self::$variant { .. } => &$row,)*
                    $(Self::Common(ref common) => <$common as $crate::Documented>::row(common),)?
                }
            }

            fn captures(&self) -> $crate::Captures {
                match *self {
                    $(
                        Self::$variant { $($(ref $field,)+)? .. } => $crate::__private::captures(&[
                            $($((stringify!($field), $field),)+)?
                        ]),
                    )*
                    $(Self::Common(ref common) => <$common as $crate::Documented>::captures(common),)?
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__private::describe(
                    $crate::Documented::row(self),
                    $crate::Documented::captures(self),
                    f,
                )
            }
        }

        impl ::std::error::Error for $name {}
    };
}

/// Makes a tuple struct over `String` an id: made from text, shown as text, sent and received.
///
/// `string_id!(ShelfId);`
#[macro_export]
macro_rules! string_id {
    ($name:ident) => {
        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl ::std::convert::From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl ::std::convert::From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.clone())
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, id: &str) -> bool {
                self.0 == id
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, id: &&str) -> bool {
                self.0 == *id
            }
        }

        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl ::std::convert::From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                $crate::Encode::encode(self.0)
            }
        }

        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                $crate::Decode::decode(value).map(Self)
            }
        }
    };
}

/// Makes a tuple struct a value of its own that is sent and received as what it holds.
///
/// `newtype!(Copies(i64));`
#[macro_export]
macro_rules! newtype {
    ($name:ident($inner:ty)) => {
        impl $name {
            /// The value.
            pub fn into_inner(self) -> $inner {
                self.0
            }
        }

        impl ::std::convert::From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                $crate::Encode::encode(self.0)
            }
        }

        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                $crate::Decode::decode(value).map(Self)
            }
        }
    };
}

/// Makes an enum with a variant `Unknown` a set of values that the server may extend, of text or of whole numbers.
///
/// `open_enum!(Genre: String { Novel = "novel", Poetry = "poetry" });` with `Unknown(String)`, or
/// `open_enum!(Binding: i64 { Hard = 1, Soft = 2 });` with `Unknown(i64)`
#[macro_export]
macro_rules! open_enum {
    ($name:ident: String { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $name {
            /// The value as the server writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($wire => Self::$variant,)*
                    value => Self::Unknown(value.to_owned()),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                $crate::Encode::encode(self.as_str().to_owned())
            }
        }

        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                <String as $crate::Decode>::decode(value).map(|value| Self::from(value.as_str()))
            }
        }
    };
    ($name:ident: i64 { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $name {
            /// The value as the server writes it.
            pub fn as_i64(&self) -> i64 {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(value) => *value,
                }
            }
        }

        impl ::std::convert::From<i64> for $name {
            fn from(value: i64) -> Self {
                match value {
                    $($wire => Self::$variant,)*
                    value => Self::Unknown(value),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.as_i64(), f)
            }
        }

        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                $crate::Encode::encode(self.as_i64())
            }
        }

        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                <i64 as $crate::Decode>::decode(value).map(Self::from)
            }
        }
    };
}

/// Makes an enum of two variants a boolean with a name for either way.
///
/// `flag!(Visibility { Public = true, Private = false });`
#[macro_export]
macro_rules! flag {
    ($name:ident { $on:ident = true, $off:ident = false $(,)? }) => {
        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                $crate::Encode::encode(matches!(self, Self::$on))
            }
        }

        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                <bool as $crate::Decode>::decode(value).map(|value| if value { Self::$on } else { Self::$off })
            }
        }
    };
}

/// Makes a type an item of a batch that tells itself whether it succeeded, and names the type of failed ones, which may be
/// the same.
///
/// ```
/// use apigen_runtime::{Decode, Value};
///
/// #[derive(Debug, PartialEq)]
/// pub struct Removal {
///     user: String,
/// }
///
/// #[derive(Debug, PartialEq)]
/// pub struct RemovalFailure {
///     user: String,
///     reason: Option<String>,
/// }
///
/// apigen_runtime::decode_fields!(Removal { user: required("user") });
/// apigen_runtime::decode_fields!(RemovalFailure { user: required("user"), reason: optional("reason") });
/// apigen_runtime::judged!(Removal, RemovalFailure; "result" = ["true"]);
///
/// let value = Value::parse(br#"[{"user": "a", "result": true}, {"user": "b", "result": false}]"#)?;
/// let removals = Vec::<Result<Removal, RemovalFailure>>::decode(&value)?;
/// assert_eq!(removals[0], Ok(Removal { user: "a".to_owned() }));
/// assert_eq!(removals[1], Err(RemovalFailure { user: "b".to_owned(), reason: None }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `judged!(Removal, RemovalFailure; absent "error");`
#[macro_export]
macro_rules! judged {
    ($item:ty, $failure:ty; $($outcome:tt)+) => {
        impl $crate::Judged for $item {
            type Failure = $failure;
            const OUTCOME: &'static [$crate::Outcome] = $crate::__outcomes!($($outcome)+);
        }
    };
}
