//! The macro that makes unions: one value of several shapes.

/// Makes an enum a union: one variant per shape, told apart by a tag, and a variant `Unknown` for shapes that the server
/// adds. Adds `tag`, and `From` for each shape; with `sent` it can be encoded, with `received` decoded. The tag stands inside the value, or beside the field that holds it: see
/// [`Beside`](crate::Beside).
///
/// ```
/// use apigen_runtime::{Decode, Encode, UnknownVariant, Value};
///
/// #[derive(Debug, PartialEq)]
/// pub struct Circle {
///     radius: i64,
/// }
///
/// apigen_runtime::decode_fields!(Circle { radius: required("radius") });
///
/// impl Encode for Circle {
///     fn encode(self) -> Value<'static> {
///         Value::object([("radius", self.radius.encode())])
///     }
/// }
///
/// #[derive(Debug, PartialEq)]
/// pub enum Shape {
///     Circle(Circle),
///     Unknown(UnknownVariant),
/// }
///
/// apigen_runtime::union!(Shape: tag "type" inside [sent received] { Circle(Circle) = "circle" });
///
/// let shape = Shape::from(Circle { radius: 2 });
/// assert_eq!(shape.tag(), "circle");
/// assert_eq!(shape.encode().to_json_string(), r#"{"type":"circle","radius":2}"#);
/// let value = Value::parse(br#"{"type": "square", "side": 2}"#)?;
/// assert_eq!(Shape::decode(&value)?.tag(), "square");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `union!(Shape: tag "type" beside [sent] { Circle(Circle) = "circle" });`
#[macro_export]
macro_rules! union {
    ($name:ident: tag $tag:literal $place:ident [$($way:ident)*] $variants:tt) => {
        $crate::__union!($name $variants);
        $crate::__union_place!($place $name $tag $variants);
        $($crate::__union_way!($place $way $name $tag $variants);)*
    };
}

/// What a union needs for the place of its tag.
#[doc(hidden)]
#[macro_export]
macro_rules! __union_place {
    (inside $name:ident $tag:literal $variants:tt) => {};
    (beside $name:ident $tag:literal { $($variant:ident($type:ty) = $wire:literal),* $(,)? }) => {
        impl $crate::Beside for $name {
            const TAG: &'static str = $tag;

            fn tag(&self) -> &str {
                self.tag()
            }

            fn owned_tag(&self) -> ::std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$variant(_) => ::std::borrow::Cow::Borrowed($wire),)*
                    Self::Unknown(unknown) => ::std::borrow::Cow::Owned(unknown.tag.clone()),
                }
            }
        }
    };
}

/// What a union needs to be sent, or to be received.
#[doc(hidden)]
#[macro_export]
macro_rules! __union_way {
    (inside sent $name:ident $tag:literal { $($variant:ident($type:ty) = $wire:literal),* $(,)? }) => {
        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                match self {
                    $(Self::$variant(value) => $crate::__private::tagged($tag, $wire, $crate::Encode::encode(value)),)*
                    Self::Unknown(unknown) => $crate::Encode::encode(unknown.value),
                }
            }
        }
    };
    (inside received $name:ident $tag:literal { $($variant:ident($type:ty) = $wire:literal),* $(,)? }) => {
        impl $crate::Decode for $name {
            fn decode(value: &$crate::Value<'_>) -> ::std::result::Result<Self, $crate::DecodeError> {
                let tag = $crate::__private::tag($tag, value)?;
                match tag.as_str() {
                    $($wire => $crate::Decode::decode(value).map(Self::$variant),)*
                    _ => $crate::__private::unknown(tag, value).map(Self::Unknown),
                }
            }
        }
    };
    (beside sent $name:ident $tag:literal { $($variant:ident($type:ty) = $wire:literal),* $(,)? }) => {
        impl $crate::Encode for $name {
            fn encode(self) -> $crate::Value<'static> {
                match self {
                    $(Self::$variant(value) => $crate::Encode::encode(value),)*
                    Self::Unknown(unknown) => $crate::Encode::encode(unknown.value),
                }
            }
        }
    };
    (beside received $name:ident $tag:literal { $($variant:ident($type:ty) = $wire:literal),* $(,)? }) => {
        impl $crate::DecodeBeside for $name {
            fn decode_as(
                tag: String,
                value: &$crate::Value<'_>,
            ) -> ::std::result::Result<Self, $crate::DecodeError> {
                match tag.as_str() {
                    $($wire => $crate::Decode::decode(value).map(Self::$variant),)*
                    _ => $crate::__private::unknown(tag, value).map(Self::Unknown),
                }
            }
        }
    };
}

/// What unions of either kind have.
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    ($name:ident { $($variant:ident($type:ty) = $wire:literal),* $(,)? }) => {
        impl $name {
            /// The tag, as the server writes it.
            pub fn tag(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $wire,)*
                    Self::Unknown(unknown) => &unknown.tag,
                }
            }
        }

        $(
            impl ::std::convert::From<$type> for $name {
                fn from(value: $type) -> Self {
                    Self::$variant(value)
                }
            }
        )*
    };
}
