//! ICD-11 codes and WHO's simple tabulation files: the grammar of codes, the reader of a release, the hierarchy, and the starter set.
//!
//! Pure: works on bytes in memory, natively and in the browser; the server downloads and unpacks. Begin with [`read_tabulation`].

mod code;
mod digests;
mod entity;
mod error;
mod fields;
mod release_id;
mod starter;
mod tabulation;
mod tree;

pub use code::{Code, CodeError, CodeKind};
pub use digests::{Digests, is_known};
pub use entity::{ChapterNo, ClassKind, Counts, Entity, FoundationUri, LinearizationUri, Release};
pub use error::{Reason, TabulationError};
pub use release_id::{ReleaseId, ReleaseIdError};
pub use starter::{STARTER, starter};
pub use tabulation::{Completeness, read_tabulation, read_tabulation_as};

/// Attribution in WHO's words, shown beside all titles (licence CC BY-ND 3.0 IGO).
pub const ATTRIBUTION: &str = "International Classification of Diseases, Eleventh Revision (ICD-11), World Health Organization \
     (WHO) 2019/2021, https://icd.who.int/browse11. Licensed under Creative Commons Attribution-NoDerivatives 3.0 IGO \
     (CC BY-ND 3.0 IGO).";
