//! The rules: what a change means for users of the generated crates, and why. A test insists that every rule has a case.

/// What a change means for users of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Code that compiled may not, or what worked may be refused.
    Breaking,
    /// There is more than before.
    Addition,
    /// The same code does another thing than before, or does it better.
    Fix,
    /// Only what people read is another.
    Documentation,
}

/// The heading of Keep a Changelog that a change stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Added,
    Changed,
    Deprecated,
    Removed,
    Fixed,
}

impl Class {
    /// All classes, the gravest first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Addition, Self::Fix, Self::Documentation];

    /// The class as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Addition => "addition",
            Self::Fix => "fix",
            Self::Documentation => "documentation",
        }
    }
}

impl Section {
    /// All headings, in the order in which an entry has them.
    pub(super) const ALL: [Self; 5] = [Self::Added, Self::Changed, Self::Deprecated, Self::Removed, Self::Fixed];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Added => "Added",
            Self::Changed => "Changed",
            Self::Deprecated => "Deprecated",
            Self::Removed => "Removed",
            Self::Fixed => "Fixed",
        }
    }
}

macro_rules! rules {
    ($($rule:ident = $id:literal $class:ident $section:ident $why:literal,)*) => {
        /// Why a change belongs to its class.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $(
                #[doc = $why]
                $rule,
            )*
        }

        impl Rule {
            /// Every rule, in order.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)*];

            /// The stable id, in kebab case.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$rule => $id,)*
                }
            }

            /// What a change under this rule means for users.
            pub fn class(self) -> Class {
                match self {
                    $(Self::$rule => Class::$class,)*
                }
            }

            /// The rule in one sentence or two.
            pub fn why(self) -> &'static str {
                match self {
                    $(Self::$rule => $why,)*
                }
            }

            /// The rule on a page of Markdown, as `apigen explain` shows it.
            pub fn page(self) -> String {
                let (id, class, section) = (self.id(), self.class().name(), self.section().title());
                format!("# {id}: {class}\n\n{}\n\nIn a changelog it stands under \"{section}\".\n", self.why())
            }

            pub(super) fn section(self) -> Section {
                match self {
                    $(Self::$rule => Section::$section,)*
                }
            }
        }
    };
}

rules! {
    PackageRenamed = "package-renamed" Breaking Changed "Dependencies name the package.",
    ServerParameterAdded = "server-parameter-added" Breaking Added "A client cannot be built without each part of the server's address.",
    ServerParameterRemoved = "server-parameter-removed" Breaking Removed "The builder of clients has lost a method.",
    ServerCorrected = "server-corrected" Fix Fixed "Requests go elsewhere, or replies are read otherwise; no code of users changes.",
    OffsetAdded = "utc-offset-added" Addition Added "The builder of clients can be told how far the clock of the server is ahead.",
    OffsetRemoved = "utc-offset-removed" Breaking Removed "The builder of clients has lost the method `utc_offset`.",
    AuthChanged = "auth-changed" Fix Fixed "The client obtains or sends tokens otherwise; no code of users changes.",
    CommonErrorAdded = "common-error-added" Addition Added "The enum of common errors is open, so that another variant breaks no match.",
    CommonErrorRemoved = "common-error-removed" Breaking Removed "The enum of common errors has lost a variant.",

    EnvelopeAdded = "envelope-added" Addition Added "There is a type more.",
    EnvelopeRemoved = "envelope-removed" Breaking Removed "A type is gone.",
    PayloadMoved = "payload-moved" Fix Fixed "The payload is read from elsewhere, into the same type.",
    OutcomeChanged = "outcome-changed" Fix Fixed "Another reply counts as a success.",

    RateLimitAdded = "rate-limit-added" Addition Added "There is a budget more.",
    RateLimitRemoved = "rate-limit-removed" Breaking Removed "The budget was a public static.",
    RateLimitRaised = "rate-limit-raised" Fix Changed "Calls wait less for their budget.",
    RateLimitLowered = "rate-limit-lowered" Fix Changed "Calls wait longer for their budget.",
    RateLimitChanged = "rate-limit-changed" Fix Changed "What a call costs, or whose calls are counted together, is another.",
    BudgetAdded = "budget-added" Fix Changed "Calls wait for one more budget.",
    BudgetRemoved = "budget-removed" Fix Changed "Calls wait for one budget less.",

    ErrorAdded = "error-added" Addition Added "There is a documented error more.",
    ErrorRemoved = "error-removed" Breaking Removed "The error was a public static.",
    SpellingAdded = "spelling-added" Addition Added "An error is recognised in one more spelling.",
    SpellingRemoved = "spelling-removed" Breaking Removed "The spelling was a public static.",
    ErrorCorrected = "error-corrected" Fix Fixed "Another answer of the server is recognised as the same error.",
    AdviceChanged = "advice-changed" Fix Changed "The client repeats calls, or renews its token, after other errors than before.",
    PlaceholderAdded = "placeholder-added" Breaking Changed "A variant has a field more, and matches must name it or `..`.",
    PlaceholderRemoved = "placeholder-removed" Breaking Changed "A variant has lost a field.",
    RowAdded = "operation-error-added" Addition Added "The enum of an operation's errors is open, so that another variant breaks no match.",
    RowRemoved = "operation-error-removed" Breaking Removed "The enum of an operation's errors has lost a variant.",

    TypeAdded = "type-added" Addition Added "There is a type more.",
    TypeRemoved = "type-removed" Breaking Removed "A type is gone.",
    TypeRenamed = "type-renamed" Breaking Changed "Code names the type.",
    TypeMoved = "type-moved" Breaking Changed "Code finds the type in another module.",
    TypeShared = "type-shared" Addition Added "The type is found among the shared ones, and where it was before.",
    TypeChanged = "type-changed" Breaking Changed "A type of another kind is made and read otherwise.",
    ConversionAdded = "conversion-added" Addition Added "Values of the type can now be sent, or received, as well.",
    ConversionRemoved = "conversion-removed" Breaking Removed "Values of the type can no longer be sent, or no longer be received.",
    ItemResultChanged = "item-result-changed" Breaking Changed "Items of a list are results, or are no longer, or fail with another type.",
    ValueAdded = "value-added" Addition Added "The enum is open, so that another variant breaks no match.",
    ValueRemoved = "value-removed" Breaking Removed "The enum has lost a variant.",
    ValueRenamed = "value-renamed" Breaking Changed "Code names the variant.",
    ValueCorrected = "value-corrected" Fix Fixed "The same variant is another text or number on the wire.",
    VariantAdded = "variant-added" Addition Added "The union is open, so that another variant breaks no match.",
    VariantRemoved = "variant-removed" Breaking Removed "The union has lost a variant, and the struct of its fields.",
    VariantRenamed = "variant-renamed" Breaking Changed "Code names the variant, and the struct of its fields.",
    TagCorrected = "tag-corrected" Fix Fixed "The shape of a value is told by another field on the wire.",
    FieldAdded = "field-added" Addition Added "Structs are open, so that another field breaks no pattern; an optional one is set by a method.",
    FieldRequiredAdded = "field-required-added" Breaking Added "The constructor takes one argument more.",
    FieldRemoved = "field-removed" Breaking Removed "Code reads or sets the field.",
    FieldRenamed = "field-renamed" Breaking Changed "Code names the field.",
    FieldTypeChanged = "field-type-changed" Breaking Changed "The field has another Rust type.",
    FieldPresenceChanged = "field-presence-changed" Breaking Changed "A field that may be absent is an `Option`, and no argument of the constructor.",
    FieldsReordered = "fields-reordered" Breaking Changed "Required fields are arguments of the constructor, in the order of the spec; where types agree, no compiler notices.",
    FieldCorrected = "field-corrected" Fix Fixed "The same field is read or written otherwise on the wire.",

    ResourceAdded = "resource-added" Addition Added "The client has a handle more.",
    ResourceRemoved = "resource-removed" Breaking Removed "The client has lost a handle.",
    OperationAdded = "operation-added" Addition Added "There is a method more.",
    OperationRemoved = "operation-removed" Breaking Removed "A method is gone.",
    OperationRenamed = "operation-renamed" Breaking Changed "Code names the method, its handle and the types of its request.",
    RequestCorrected = "request-corrected" Fix Fixed "The same call is another request on the wire.",
    Deprecated = "deprecated" Addition Deprecated "Semantic versioning asks for a minor version, so that users hear of it before it is gone.",
    EffectChanged = "effect-changed" Fix Changed "The client repeats the call in other cases than before.",
    ParameterAdded = "parameter-added" Addition Added "Optional values are set by methods, and there is one more.",
    ParameterRequiredAdded = "parameter-required-added" Breaking Added "Required values are arguments, and there is one more.",
    ParameterRemoved = "parameter-removed" Breaking Removed "An argument or a method is gone.",
    ParameterRenamed = "parameter-renamed" Breaking Changed "Optional values are set by methods, and code names them.",
    ArgumentRenamed = "argument-renamed" Documentation Changed "Arguments have a place and no name, so that no code changes.",
    ParameterTypeChanged = "parameter-type-changed" Breaking Changed "The argument has another Rust type.",
    ParameterWidened = "parameter-widened" Addition Changed "The argument takes all that it took, and more.",
    ParameterRequired = "parameter-required" Breaking Changed "What was set by a method is an argument now.",
    ParameterOptional = "parameter-optional" Breaking Changed "What was an argument is set by a method now.",
    ParametersReordered = "parameters-reordered" Breaking Changed "Required values are arguments, those of the path first, in the order of the spec; where types agree, no compiler notices.",
    ParameterCorrected = "parameter-corrected" Fix Fixed "The same argument is sent otherwise on the wire.",
    ConstantChanged = "constant-changed" Fix Fixed "Callers never see values that are always the same.",
    ReplyChanged = "reply-changed" Breaking Changed "The reply is decoded into another type.",
    PagingAdded = "paging-added" Addition Added "The request has methods that read all pages.",
    PagingRemoved = "paging-removed" Breaking Removed "The request has lost the methods that read all pages.",
    ItemsChanged = "page-items-changed" Breaking Changed "The stream of items has another type.",
    PagingCorrected = "paging-corrected" Fix Fixed "The same methods find the pages otherwise.",
    BatchesAdded = "batches-added" Addition Added "The request has a method that sends it in batches.",
    BatchesRemoved = "batches-removed" Breaking Removed "The request has lost the method that sends it in batches.",
    BatchesCorrected = "batches-corrected" Fix Fixed "Batches are cut from another list.",
    RecordsAdded = "records-added" Addition Added "The request has a method that reads the files which the reply names.",
    RecordsRemoved = "records-removed" Breaking Removed "The request has lost the method that reads files.",
    RecordsChanged = "records-changed" Breaking Changed "The records of files have another type.",
    RecordsCorrected = "records-corrected" Fix Fixed "The addresses of files are found elsewhere in the reply.",

    LimitAdded = "limit-added" Addition Added "There is a check more, which refuses nothing.",
    LimitAddedRefusing = "limit-added-refusing" Breaking Added "Values that were sent are refused before sending, unless validation is set otherwise.",
    LimitRemoved = "limit-removed" Breaking Removed "The limit was a public static of the validation crate; what was refused is sent.",
    LimitRenamed = "limit-renamed" Breaking Changed "The limit is a public static of the validation crate, and code names it.",
    LimitTightened = "limit-tightened" Breaking Changed "Values that were sent are refused before sending, unless validation is set otherwise.",
    LimitLoosened = "limit-loosened" Addition Changed "Values that were refused are sent.",
    LimitChanged = "limit-changed" Breaking Changed "Other values than before are refused before sending, and some of them were sent.",
    LimitCorrected = "limit-corrected" Fix Changed "The check says another thing, and refuses nothing.",

    TextChanged = "text-changed" Documentation Changed "People read another text.",
    DefaultChanged = "default-changed" Documentation Changed "What the server assumes for an absent value is another; the client does not send it.",
    ExampleChanged = "example-changed" Documentation Changed "Examples stand in the documentation, and the mock answers with them.",
    QuotaChanged = "quota-changed" Documentation Changed "No code knows the quotas of the service.",
    ContradictionChanged = "contradiction-changed" Documentation Changed "The ledger says where the vendor's pages disagree, and what was decided.",
}

/// The rule with an id.
pub fn find(id: &str) -> Option<Rule> {
    Rule::ALL.iter().copied().find(|it| it.id() == id.trim())
}
