//! Several lists of mentions become one: sorted, disjoint, each choice made by a named rule.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mention::Mention;

/// Why one mention was kept and another was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Rule {
    /// Both say the same; the first in the order of sources stays.
    Same,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "both say the same",
        })
    }
}

/// A mention that lost, what it lost to, and the rule that decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The mention that stays.
    pub winner: Mention,
    /// The mention that does not.
    pub loser: Mention,
    /// Why.
    pub rule: Rule,
}
