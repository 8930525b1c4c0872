//! The template environment: strict about undefined names, explicit about escaping, filled from the embedded templates.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter};
use serde::Serialize;

use super::markdown;
use super::shown::{self, Form, MARKDOWN};

/// Renders a template with a view.
///
/// A template and its view are written together, so a failure is a bug in the generator and panics with its place.
pub(crate) fn render(name: &str, view: &impl Serialize) -> String {
    render_value(name, value(view))
}

/// A view, or a part of one, as templates see it: made once where several templates or pages show it.
pub(crate) fn value(view: &impl Serialize) -> Value {
    Value::from(Serde(view))
}

/// Renders a template with a view that is a value already.
pub(crate) fn render_value(name: &str, view: Value) -> String {
    let render = || ENVIRONMENT.get_template(name)?.render(view);
    render().unwrap_or_else(|error| panic!("template {name}: {error:#}"))
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("the default delimiters are distinct"));
    environment.set_auto_escape_callback(|name| match name {
        it if it.ends_with(".html.jinja") => AutoEscape::Html,
        it if it.starts_with("site/") && it.ends_with(".md.jinja") => AutoEscape::Custom(MARKDOWN.into()),
        _ => AutoEscape::None,
    });
    environment.set_formatter(format);
    shown::add_filters(&mut environment);
    environment.add_filter("code", |text: &str| Value::from_safe_string(markdown::code(text)));
    environment.add_filter("fence", fence);
    environment.add_filter("twin", |href: &str| Value::from_safe_string(markdown::twin(href)));
    minijinja_embed::load_templates!(&mut environment);
    environment
});

fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let form = Form::of(state.auto_escape());
    match value.as_str() {
        Some(text) if value.is_safe() || form.is_plain(text) => out.write_str(text).map_err(Error::from),
        Some(text) => {
            let mut escaped = String::with_capacity(text.len() + text.len() / 4);
            form.text(text, &mut escaped);
            out.write_str(&escaped).map_err(Error::from)
        }
        None if form == Form::Markdown => {
            let mut escaped = String::new();
            form.text(&value.to_string(), &mut escaped);
            out.write_str(&escaped).map_err(Error::from)
        }
        None => escape_formatter(out, state, value),
    }
}

/// Code with a language, as a block.
fn fence(code: &Value) -> Result<Value, Error> {
    let (language, text) = (code.get_attr("language")?, code.get_attr("text")?);
    Ok(Value::from_safe_string(markdown::fence(&language.to_string(), &text.to_string())))
}
