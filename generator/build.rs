//! Embeds the templates, so that the binary needs no files beside it.

fn main() {
    minijinja_embed::embed_templates!("../templates");
}
