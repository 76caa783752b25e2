//! Number of error summaries on the page, which the window's title reflects.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leptos::prelude::*;

/// Number of summaries that show errors. Reference-counted, because the title is made when the page's own signals may have been disposed.
#[derive(Clone, Default)]
pub struct PageErrors(ArcRwSignal<u32>);

/// Provides the counter, beginning at zero. Call once, at the root.
pub fn provide_page_errors() -> PageErrors {
    let errors = PageErrors::default();
    provide_context(errors.clone());
    errors
}

impl PageErrors {
    /// True when any summary shows errors; reactive in the browser.
    pub fn any(&self) -> bool {
        // nothing reacts on the server
        let shown = if cfg!(feature = "ssr") { self.0.get_untracked() } else { self.0.get() };
        shown > 0
    }

    /// Counts a summary while it shows errors and is on the page.
    pub(super) fn count_while(&self, shows: impl Fn() -> bool + Send + Sync + 'static) {
        if cfg!(feature = "ssr") {
            if untrack(shows) {
                self.0.update(|shown| *shown += 1);
            }
            return;
        }
        let counted = Arc::new(AtomicBool::new(false));
        let count = {
            let shown = self.0.clone();
            move |now: bool| match (counted.swap(now, Ordering::Relaxed), now) {
                (false, true) => shown.update(|shown| *shown += 1),
                (true, false) => shown.update(|shown| *shown = shown.saturating_sub(1)),
                _ => {}
            }
        };
        let uncount = count.clone();
        Effect::new(move |_| count(shows()));
        on_cleanup(move || uncount(false));
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::{ErrorSummary, FormErrors, FormScope};

    #[test]
    fn a_summary_with_errors_marks_the_page_and_one_without_does_not() {
        for (errors, marked) in
            [(FormErrors::default().with_message("Refused."), true), (FormErrors::default(), false)]
        {
            let page = Owner::new().with(|| {
                let page = provide_page_errors();
                let _html =
                    view! { <FormScope errors=Signal::stored(errors)><ErrorSummary/></FormScope> }.to_html();
                page
            });
            assert_eq!(page.any(), marked);
        }
    }
}
