//! Joins whole class names. Names must not be built from pieces, because the stylesheet's scanner reads literals.

/// Returns the non-empty names, separated by spaces.
pub(crate) fn classes<const N: usize>(names: [&'static str; N]) -> String {
    let mut all = String::with_capacity(names.iter().map(|name| name.len() + 1).sum());
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(name);
    }
    all
}
