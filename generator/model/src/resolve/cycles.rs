//! Types that contain themselves: no value of such a type could ever end.

use super::scope::Scope;
use crate::codes::Code;
use crate::ir::{Field, Type, TypeDef, TypeId, TypeKind};

/// Reports every type that holds itself, and puts JSON in its place so that nothing after this goes round in circles.
pub(super) fn break_cycles(scope: &mut Scope<'_>, types: &mut [TypeDef]) {
    for index in 0..types.len() {
        if reaches(types, index) {
            let circular = &mut types[index];
            let message = format!("the type `{}` contains itself", circular.name);
            let help = "put a list or a map in between, which may be empty";
            scope.report(Code::E0315, circular.at, message, help);
            circular.kind = TypeKind::Newtype(Type::Json);
        }
    }
}

/// Whether a type holds itself, be it through others.
fn reaches(types: &[TypeDef], start: usize) -> bool {
    let mut seen = vec![false; types.len()];
    let mut open = vec![start];
    while let Some(index) = open.pop() {
        for id in held(&types[index].kind) {
            let next = id.0 as usize;
            if next == start {
                return true;
            }
            if !std::mem::replace(&mut seen[next], true) {
                open.push(next);
            }
        }
    }
    false
}

/// The named types of which every value of a type holds one; lists and maps may be empty.
fn held(kind: &TypeKind) -> Vec<TypeId> {
    let named = |type_: &Type| match type_ {
        Type::Named(id) => Some(*id),
        Type::Scalar(_) | Type::List(_) | Type::Map(_) | Type::Json | Type::File => None,
    };
    let of_fields = |fields: &[Field]| fields.iter().filter_map(|it| named(&it.type_)).collect();
    match kind {
        TypeKind::Newtype(inner) => named(inner).into_iter().collect(),
        TypeKind::Enum { .. } | TypeKind::Flag { .. } => Vec::new(),
        TypeKind::Object { fields } => of_fields(fields),
        TypeKind::Union { variants, .. } => {
            variants.iter().flat_map(|it| -> Vec<_> { of_fields(&it.fields) }).collect()
        }
    }
}
