//! Placeholders for content that is being loaded. They appear after 150 ms, by CSS, and do not move under reduced motion.

use leptos::prelude::*;

/// Shape of the expected content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkeletonShape {
    /// Lines of text.
    #[default]
    Lines,
    /// Rows of a table or list.
    Rows,
    /// Stat tiles.
    Tiles,
}

/// A placeholder of `count` pieces, for the fallback of a `Suspense`.
#[component]
pub fn Skeleton(
    /// Shape of the content.
    #[prop(optional)]
    shape: SkeletonShape,
    /// Expected number of pieces, so that the layout does not jump when they arrive.
    #[prop(default = 3)]
    count: usize,
) -> impl IntoView {
    let class = match shape {
        SkeletonShape::Lines => "skeleton skeleton-lines",
        SkeletonShape::Rows => "skeleton skeleton-rows",
        SkeletonShape::Tiles => "skeleton skeleton-tiles",
    };
    let pieces: Vec<_> = (0..count).map(|_| view! { <span></span> }).collect();
    view! { <div class=class role="status"><span class="visually-hidden">"Loading"</span><div aria-hidden="true">{pieces}</div></div> }
}
