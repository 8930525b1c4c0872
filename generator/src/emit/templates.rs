//! Templates are compiled with the generator, so a name that a view does not have is an error of the compiler.

use std::cell::RefCell;

use askama::Template;

thread_local! {
    /// Where templates are rendered: a text that grows while it is written is copied each time, and keeps more memory than
    /// it needs.
    static PAPER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Renders a template. A failure is a bug in the generator, since memory takes everything.
pub(crate) fn rendered(template: &impl Template) -> String {
    on_paper(template, str::to_owned)
}

/// Renders a template into a file, which ends with one line break however its last loop ended.
pub(crate) fn file(template: &impl Template) -> String {
    on_paper(template, |text| [text.trim_end(), "\n"].concat())
}

fn on_paper(template: &impl Template, copy: impl FnOnce(&str) -> String) -> String {
    PAPER.with_borrow_mut(|paper| {
        paper.clear();
        template.render_into(paper).unwrap_or_else(|error| panic!("a template fails: {error}"));
        copy(paper)
    })
}

/// Templates over views that several of them show: each a name, its view and its file. What they print is escaped for the
/// form that is named once for all of them, as the configuration has it; without one, nothing is.
macro_rules! templates {
    (escaped for $form:tt: $($vis:vis $name:ident($view:ty) = $path:tt;)*) => { $(
        #[derive(askama::Template)]
        #[template(path = $path, escape = $form)]
        $vis struct $name<'a>($vis &'a $view);

        impl std::ops::Deref for $name<'_> {
            type Target = $view;

            fn deref(&self) -> &Self::Target {
                self.0
            }
        }
    )* };
    ($($template:tt)*) => { $crate::emit::templates::templates! { escaped for "none": $($template)* } };
}
pub(crate) use templates;
