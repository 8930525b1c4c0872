//! Layout of Rust files: parsed by `syn`, printed by `prettyplease` item by item, with blank lines between items.
//!
//! `prettyplease` drops blank lines and `//` comments; the header is put back and the blank lines are set here, so that
//! reviewers do not get a wall. What does not parse is a bug in a template and panics with its place.

use proc_macro2::Span;
use syn::spanned::Spanned;

/// Lays out a file below a header of `//` lines.
pub(crate) fn file(header: &str, source: &str) -> String {
    let parsed = syn::parse_file(source).unwrap_or_else(|error| {
        let at = error.span().start();
        let line = source.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
        panic!("generated Rust does not parse at {}:{}: {error}\n{line}", at.line, at.column + 1)
    });
    let mut out = header.to_owned();
    let inner =
        prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: parsed.attrs, items: Vec::new() });
    if !inner.is_empty() {
        out.push('\n');
        out.push_str(&inner);
    }
    items(source, parsed.items, &mut out);
    out
}

/// Lays out items one by one; a file as well as the body of a module.
fn items(source: &str, items: Vec<syn::Item>, out: &mut String) {
    let mut previous = None;
    for item in items {
        let group = Group::of(&item);
        if !out.ends_with("{\n") && (previous != Some(group) || group == Group::Alone) {
            out.push('\n');
        }
        previous = Some(group);
        match item {
            syn::Item::Macro(_) => verbatim(source, item.span(), out),
            syn::Item::Mod(mut outer @ syn::ItemMod { content: Some(_), .. }) => {
                let body = outer.content.as_mut().map(|(_, body)| std::mem::take(body)).unwrap_or_default();
                module(source, outer, body, out);
            }
            item => space_methods(&prettyplease::unparse(&file_of(item)), out),
        }
    }
}

/// Lays out a module with its body.
fn module(source: &str, empty: syn::ItemMod, body: Vec<syn::Item>, out: &mut String) {
    let printed = prettyplease::unparse(&file_of(syn::Item::Mod(empty)));
    out.push_str(printed.trim_end().trim_end_matches("{}"));
    let mut inner = String::from("{\n");
    items(source, body, &mut inner);
    for (index, line) in inner.lines().enumerate() {
        if index > 0 && !line.is_empty() {
            out.push_str("    ");
        }
        out.push_str(line);
        out.push('\n');
    }
    out.push_str("}\n");
}

/// Which items stand together without blank lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Imports,
    Modules,
    Alone,
}

impl Group {
    fn of(item: &syn::Item) -> Self {
        match item {
            syn::Item::Use(item) if matches!(item.vis, syn::Visibility::Inherited) => Self::Imports,
            syn::Item::Mod(item) if item.attrs.is_empty() && item.content.is_none() => Self::Modules,
            _ => Self::Alone,
        }
    }
}

fn file_of(item: syn::Item) -> syn::File {
    syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] }
}

/// The printer cannot know how the arguments of a macro are best laid out, so calls of macros stay as their template has
/// them.
fn verbatim(source: &str, span: Span, out: &mut String) {
    let (first, last) = (span.start().line, span.end().line);
    for line in source.lines().skip(first - 1).take(last + 1 - first) {
        out.push_str(line);
        out.push('\n');
    }
}

/// Puts a blank line between the methods of an `impl`. Strings never span lines, so lines can be told by their start.
fn space_methods(printed: &str, out: &mut String) {
    let mut after_method = false;
    for line in printed.lines() {
        if after_method && line.starts_with("    ") {
            out.push('\n');
        }
        after_method = line == "    }";
        out.push_str(line);
        out.push('\n');
    }
}
