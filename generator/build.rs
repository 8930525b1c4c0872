//! Embeds the templates, so that the binary needs no files beside it.
#![expect(clippy::disallowed_methods, reason = "a build script writes to the directory that cargo gives it")]

fn main() {
    minijinja_embed::embed_templates!("../templates", &[".jinja"][..]);
}
