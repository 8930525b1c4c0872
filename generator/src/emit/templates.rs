//! The template environment: strict about undefined names, explicit about escaping, filled from the embedded templates.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// Renders a template with a view.
///
/// A template and its view are written together, so a failure is a bug in the generator and panics with its place.
pub(crate) fn render(name: &str, view: &impl Serialize) -> String {
    let render = || ENVIRONMENT.get_template(name)?.render(Serde(view));
    render().unwrap_or_else(|error| panic!("template {name}: {error:#}"))
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("the default delimiters are distinct"));
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html.jinja") { AutoEscape::Html } else { AutoEscape::None }
    });
    minijinja_embed::load_templates!(&mut environment);
    environment
});
