//! What one stage lends another through `desk`, so that the star keeps its shape: `rules` compares names with the comparer
//! that `resolve` has, and neither knows the other.

/// Compares two names of one subject's own records (payee against worker, profile against document).
pub trait NameComparer: Send + Sync + std::fmt::Debug {
    /// 0 (nothing in common) to 1 (the same name, in whatever script, order, romanisation or nickname). Symmetric. Origin-neutral:
    /// depends on how alike the two are, never on where they come from.
    fn similarity(&self, left: &str, right: &str) -> f64;
}
