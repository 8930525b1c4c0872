//! The stable codes of diagnostics, each with a page that explains it.
//!
//! A new code is a line here and a page beside this file; a test insists that every code has an error case.

macro_rules! codes {
    ($($code:ident,)*) => {
        /// The code of a diagnostic. `E01` reading, `E02` shape, `E03` names and references, `E04` rules, `W05` warnings,
        /// `E06` and `W06` translations, `E07` releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(
                #[doc = include_str!(concat!(stringify!($code), ".md"))]
                $code,
            )*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code as it is printed.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($code),)*
                }
            }

            /// The page that explains it, in Markdown.
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$code => include_str!(concat!(stringify!($code), ".md")),)*
                }
            }
        }
    };
}

codes! {
    E0101, E0102, E0103, E0104, E0105, E0106, E0107, E0108,
    E0201, E0202, E0203, E0204,
    E0301, E0302, E0303, E0304, E0305, E0306, E0307, E0308, E0309, E0310, E0311, E0312, E0313, E0314, E0315, E0316, E0317,
    E0401, E0402, E0403, E0404, E0405, E0406, E0407, E0408, E0409, E0410, E0411,
    W0501, W0502,
    E0601, E0602, E0603, W0601, W0602, W0603,
    E0701, E0702,
}

/// The page that explains a code, or the codes that were perhaps meant.
pub fn explain(code: &str) -> Result<&'static str, Vec<&'static str>> {
    let wanted = code.trim().to_ascii_uppercase();
    match Code::ALL.iter().find(|it| it.as_str() == wanted) {
        Some(code) => Ok(code.page()),
        None => Err(crate::diagnostics::similar(&wanted, Code::ALL.iter().map(|it| it.as_str()))),
    }
}
