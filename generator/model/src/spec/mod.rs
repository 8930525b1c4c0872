//! The spec language as serde types: one type per mapping of the YAML files, spelled as a maintainer writes it.
//!
//! Nothing here is resolved: names are strings, defaults are absent, what is inherited is missing. The doc comments are
//! what editors show, because `spec/schema.json` is derived from these types.

mod api;
mod operation;
mod text;
mod translation;
mod types;
mod vocabulary;

pub use api::{
    Advice, Api, ApiFile, Auth, ClientCredentials, Envelope, ErrorBody, ErrorDef, ErrorVariant, Page, PagesFile, Per,
    Placeholder, RateLimit, RateScope, RateUnit, Server, ServerParameter, UtcOffset,
};
pub use operation::{
    AuthMode, BodyLimit, Claim, Discrepancy, Example, ExampleFile, ExampleRequest, ExampleResponse, FollowUp,
    Operation, Paging, PagingStyle, Quota, ResourceFile, Response, State,
};
pub use text::{Deprecation, PLACEHOLDER};
pub use translation::{Translation, TranslationFile};
pub use types::{
    Bound, Condition, Enforced, EnumValue, Field, FieldSpec, Limit, Outcome, Required, TagPlace, TypeDef, Union,
    Variant,
};
pub use vocabulary::{Columns, Headings, LimitPhrases, Marks, Phrases, TypeWords, Vocabulary};
