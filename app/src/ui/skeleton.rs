//! The shape of what is coming. Appears after 150 ms, by CSS, and never moves under reduced motion.

use leptos::prelude::*;

/// What will be here.
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
    /// What will be here.
    #[prop(optional)]
    shape: SkeletonShape,
    /// How many of them, so that nothing jumps when they arrive.
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
