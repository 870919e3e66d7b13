use serde::de::IgnoredAny;

use crate::source::Spanned;

/// A key that is planned but not supported yet; its value is not read.
pub type NotYet = Spanned<IgnoredAny>;
