//! Where the grammars start from: each word of a text is looked at once for all of them.
//!
//! In "the Treaty of Tartu" the grammar of treaties starts from `Treaty`, and no other grammar from any word.

use std::sync::LazyLock;

use crate::organisation_name;
use crate::provision;
use crate::title;
use crate::treaty_name;
use crate::word::{self, Words};

/// A grammar that starts from words of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// Of articles, chapters, annexes.
    Provision,
    /// Of treaties by the shape of their names.
    Treaty,
    /// Of people by their titles and given names.
    Title,
    /// Of organisations by the shape of their names.
    Organisation,
}

/// The words of a text that a grammar may start from, in order, each with the bits of the grammars.
#[derive(Debug)]
pub(crate) struct Cues(Vec<(usize, u8)>);

impl Cues {
    /// The cues among the words of a text. A word of another hash is told apart by the grammars themselves.
    pub(crate) fn of(words: &Words<'_>) -> Self {
        let grammars = &*GRAMMARS;
        let words = words.as_slice().iter().enumerate();
        let cued = words.map(|(i, word)| (i, grammars[cell(word.hash(), word.is_capitalised())]));
        Self(cued.filter(|&(_, grammars)| grammars != 0).collect())
    }

    /// The words that one grammar may start from.
    pub(crate) fn for_grammar(&self, grammar: Grammar) -> impl Iterator<Item = usize> {
        let cued = self.0.iter().filter(move |(_, grammars)| grammars & bit(grammar) != 0);
        cued.map(|&(word, _)| word)
    }
}

/// By cell: the bits of the grammars that some word of the cell is listed for. 16 KB: they stay in the first cache.
static GRAMMARS: LazyLock<Box<[u8; CELLS]>> = LazyLock::new(|| {
    let mut grammars = Box::new([0; CELLS]);
    let mut list = |grammar: Grammar, words: &mut dyn Iterator<Item = &'static str>| {
        for word in words {
            let is_capitalised = word.starts_with(char::is_uppercase);
            grammars[cell(word::hash(word.as_bytes()), is_capitalised)] |= bit(grammar);
        }
    };
    list(Grammar::Provision, &mut provision::cues());
    list(Grammar::Treaty, &mut treaty_name::cues());
    list(Grammar::Title, &mut title::cues());
    list(Grammar::Organisation, &mut organisation_name::cues());
    grammars
});

/// How many cells there are.
const CELLS: usize = 1 << 14;

/// The cell of a word, by its hash and whether it begins in upper case.
fn cell(hash: u64, is_capitalised: bool) -> usize {
    ((hash as usize) << 1 | usize::from(is_capitalised)) % CELLS
}

fn bit(grammar: Grammar) -> u8 {
    1 << grammar as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_cue_as_it_is_written() {
        let words = Words::of("the Treaty and the treaty of President Quist, Article 5");
        let cues = Cues::of(&words);
        assert_eq!(cues.for_grammar(Grammar::Treaty).collect::<Vec<_>>(), [1]);
        assert_eq!(cues.for_grammar(Grammar::Title).collect::<Vec<_>>(), [6]);
        assert_eq!(cues.for_grammar(Grammar::Provision).collect::<Vec<_>>(), [8]);
        assert!(cues.for_grammar(Grammar::Organisation).next().is_none());
    }

    proptest::proptest! {
        #[test]
        fn what_is_found_from_cues_is_found_from_all_words(
            text in "((Treaty|Oddly|Protocol|of|the|President|spokesman|Ana|Quist|Study|Group|Party|Article 5|Bank|é)[ ,.-]{0,2}){0,20}",
        ) {
            let words = Words::of(&text);
            let (cues, all) = (Cues::of(&words), 0..words.len());
            let from = |grammar| cues.for_grammar(grammar);
            proptest::prop_assert_eq!(
                provision::bare(&words, from(Grammar::Provision)), provision::bare(&words, all.clone())
            );
            proptest::prop_assert_eq!(
                treaty_name::find(&words, from(Grammar::Treaty)), treaty_name::find(&words, all.clone())
            );
            proptest::prop_assert_eq!(title::find(&words, from(Grammar::Title)), title::find(&words, all.clone()));
            proptest::prop_assert_eq!(
                organisation_name::find(&words, from(Grammar::Organisation)), organisation_name::find(&words, all)
            );
        }
    }
}
