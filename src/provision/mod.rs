//! Numbered parts of treaties: articles, chapters, annexes, protocols, paragraphs; and the treaty that each names.
//!
//! In "Article 4 of NATO's treaty" the provision, the organisation and what joins them are one mention.

mod number;

use std::collections::HashMap;

use crate::entity::{Provision, ProvisionUnit};
use crate::gazetteer::symbol::{self, Shape, Symbol};
use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;
use number::Numbers;

/// What stands for "treaty" after an organisation's name: `NATO's founding treaty`.
const TREATY_NOUNS: &[&str] = &["treaty", "charter", "statute", "covenant", "convention", "agreement", "pact"];

/// Words that may stand between an organisation's possessive and the noun.
const ADJECTIVES: &[&str] =
    &["founding", "north", "atlantic", "own", "basic", "constituent", "original", "defence", "defense"];

/// The share of such mentions that were right on the annotated sentences that the gazetteer's scores were measured on.
const SCORE: f32 = 0.93;

/// What a treaty's surface says: the provisions, and the rest that names the treaty ("" where it is bare).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed<'a> {
    pub(crate) provisions: Vec<Provision>,
    pub(crate) treaty: &'a str,
}

/// A provision in a text, by its symbols.
struct Found {
    start: usize,
    end: usize,
    provisions: Vec<Provision>,
}

/// The provisions in `text` that name their treaty, sorted and disjoint, as mentions from [`Source::Grammar`].
///
/// `anchors` are the mentions of treaties and organisations, sorted and disjoint; `is_founded` tells of an organisation
/// whether it has a treaty of its own. A provision beside anything else (a constitution, a statute) is none.
pub(crate) fn find(text: &str, anchors: &[Mention], is_founded: impl Fn(&Mention) -> bool) -> Vec<Mention> {
    let is_anchor = |mention: &&Mention| match mention.kind {
        EntityKind::Treaty => parse(&text[mention.span]).provisions.is_empty(),
        EntityKind::Organisation => is_founded(mention),
        _ => false,
    };
    if !may_hold_provision(text) {
        return Vec::new();
    }
    let anchors: Vec<Mention> = anchors.iter().filter(is_anchor).copied().collect();
    let symbols: Vec<Symbol<'_>> = symbol::symbols(text).collect();
    let grammar = Grammar { text, symbols: &symbols, anchors: Anchors::new(&anchors) };
    let mut mentions: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < symbols.len() {
        let Some(found) = provision_at(&symbols, at) else {
            at += 1;
            continue;
        };
        let joined = grammar.join(&found);
        let after = mentions.last().map_or(0, |last| last.span.end());
        if let Some(span) = joined.filter(|span| span.start() >= after) {
            mentions.push(Mention::new(span, EntityKind::Treaty, SCORE, Source::Grammar));
        }
        at = found.end;
    }
    mentions
}

/// The articles in `text` that name nothing they belong to: `Article 5`, with a capital, and neither "of" something after
/// it nor a name before it.
pub(crate) fn bare(text: &str) -> Vec<Mention> {
    if !may_hold_provision(text) {
        return Vec::new();
    }
    let symbols: Vec<Symbol<'_>> = symbol::symbols(text).collect();
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < symbols.len() {
        match provision_at(&symbols, at) {
            Some(found) => {
                let span = symbols[found.start].span.cover(symbols[found.end - 1].span);
                let is_article = found.provisions.iter().all(|provision| provision.unit() == ProvisionUnit::Article);
                let is_bare = !belongs(text, &symbols, &found);
                if is_article && is_bare && text[span].starts_with(char::is_uppercase) {
                    mentions.push(Mention::new(span, EntityKind::Treaty, SCORE, Source::Grammar));
                }
                at = found.end;
            }
            None => at += 1,
        }
    }
    mentions
}

/// Of the bare provisions those that repeat what a treaty's mention names in full: `Article 4` after "Article 4 of the
/// North Atlantic Treaty", as mentions from [`Source::Alias`] with the score of the mention that they repeat.
pub(crate) fn repeats(text: &str, mentions: &[Mention], bare: &[Mention]) -> Vec<Mention> {
    let mut named: Vec<(Provision, f32)> = Vec::new();
    for mention in mentions.iter().filter(|mention| mention.kind == EntityKind::Treaty) {
        let parsed = parse(&text[mention.span]);
        if !parsed.treaty.is_empty() {
            named.extend(parsed.provisions.into_iter().map(|provision| (provision, mention.score)));
        }
    }
    let mut repeats = Vec::new();
    for mention in bare.iter().filter(|_| !named.is_empty()) {
        let provisions = parse(&text[mention.span]).provisions;
        let scores = provisions
            .iter()
            .map(|provision| named.iter().find(|(other, _)| other == provision).map(|(_, score)| *score));
        if let Some(scores) = scores.collect::<Option<Vec<f32>>>() {
            let score = scores.into_iter().fold(1.0, f32::min);
            repeats.push(Mention { score, source: Source::Alias, ..*mention });
        }
    }
    repeats
}

/// Whether words beside a provision say what it belongs to.
fn belongs(text: &str, symbols: &[Symbol<'_>], found: &Found) -> bool {
    let word = |at: usize| match symbols.get(at)?.shape {
        Shape::Word(word) => Some(word),
        _ => None,
    };
    let before = found.start.checked_sub(1);
    let gap = before.map_or("\n", |before| &text[symbols[before].span.end()..symbols[found.start].span.start()]);
    let is_named = before.and_then(word).is_some_and(|word| gap == " " && !word.starts_with(char::is_lowercase));
    let opens = before.is_none_or(|before| before == 0 || !matches!(symbols[before - 1].shape, Shape::Word(_)));
    let goes_on = matches!(word(found.end), Some("of" | "in" | "under" | "pages" | "to"));
    (is_named && !opens) || goes_on
}

/// Takes a treaty's surface apart.
pub(crate) fn parse(surface: &str) -> Parsed<'_> {
    let symbols: Vec<Symbol<'_>> = symbol::symbols(surface).collect();
    let mut provisions = Vec::new();
    let (mut first, mut last) = (0, symbols.len());
    while let Some(found) = provision_at(&symbols, first).filter(|found| found.end <= last) {
        provisions.extend(found.provisions);
        first = skip(&symbols, found.end, &["of", "to", "the", "in", "additional", "and", ",", "under", "from"]);
    }
    for at in first..last {
        if let Some(found) = provision_at(&symbols, at).filter(|found| found.end == symbols.len() && at > 0) {
            provisions.extend(found.provisions);
            last = at;
            break;
        }
    }
    let treaty = match symbols.get(first..last) {
        Some([start, .., end]) => start.span.cover(end.span),
        Some([only]) => only.span,
        _ => Span::new(0, 0),
    };
    Parsed { provisions, treaty: without_possessive(&surface[treaty]) }
}

fn without_possessive(surface: &str) -> &str {
    surface.strip_suffix("'s").or_else(|| surface.strip_suffix("’s")).unwrap_or(surface).trim_end_matches([',', '('])
}

/// A quick look, so that a text without provisions costs no second reading.
fn may_hold_provision(text: &str) -> bool {
    let units = [
        "rticle", "RTICLE", "rt.", "rts.", "hapter", "nnex", "rotocol", "reamble", "aragraph", "ppendix", "itle",
        "ection", "Part ",
    ];
    units.iter().any(|unit| text.contains(unit))
}

/// The provision that starts at symbol `at`: a unit and its numbers.
fn provision_at(symbols: &[Symbol<'_>], at: usize) -> Option<Found> {
    let Shape::Word(word) = symbols.get(at)?.shape else { return None };
    let unit = unit(word)?;
    if unit == ProvisionUnit::Preamble {
        return Some(Found { start: at, end: at + 1, provisions: vec![Provision::new(unit, "")] });
    }
    let is_abbreviated = matches!(word, "Art" | "Arts" | "art" | "arts" | "ART");
    let mut from = at + 1;
    if is_abbreviated && symbols.get(from).is_some_and(|symbol| symbol.shape == Shape::Mark('.')) {
        from += 1;
    }
    let allows_roman = word.starts_with(char::is_uppercase);
    let Numbers { end, provisions } = number::numbers(symbols, from, unit, allows_roman)?;
    Some(Found { start: at, end, provisions })
}

fn unit(word: &str) -> Option<ProvisionUnit> {
    Some(match word.to_ascii_lowercase().as_str() {
        "article" | "articles" | "art" | "arts" => ProvisionUnit::Article,
        "chapter" | "chapters" => ProvisionUnit::Chapter,
        "annex" | "annexes" => ProvisionUnit::Annex,
        "appendix" => ProvisionUnit::Appendix,
        "protocol" | "protocols" => ProvisionUnit::Protocol,
        "part" | "parts" => ProvisionUnit::Part,
        "title" => ProvisionUnit::Title,
        "section" | "sections" => ProvisionUnit::Section,
        "paragraph" | "paragraphs" => ProvisionUnit::Paragraph,
        "preamble" => ProvisionUnit::Preamble,
        _ => return None,
    })
}

/// The first symbol from `at` on that is none of `words`.
fn skip(symbols: &[Symbol<'_>], at: usize, words: &[&str]) -> usize {
    let is_skipped = |symbol: &Symbol<'_>| match symbol.shape {
        Shape::Word(word) => words.contains(&word),
        Shape::Mark(mark) => words.iter().any(|word| word.len() == mark.len_utf8() && word.starts_with(mark)),
        Shape::Break => false,
    };
    at + symbols[at.min(symbols.len())..].iter().take_while(|symbol| is_skipped(symbol)).count()
}

/// Anchors by where they start and where they end.
struct Anchors {
    starts: HashMap<usize, Mention>,
    ends: HashMap<usize, Mention>,
}

impl Anchors {
    fn new(anchors: &[Mention]) -> Self {
        let starts = anchors.iter().map(|anchor| (anchor.span.start(), *anchor)).collect();
        Self { starts, ends: anchors.iter().map(|anchor| (anchor.span.end(), *anchor)).collect() }
    }
}

/// A text under the grammar of provisions and their treaties.
struct Grammar<'a> {
    text: &'a str,
    symbols: &'a [Symbol<'a>],
    anchors: Anchors,
}

impl Grammar<'_> {
    /// The span of a provision with the treaty that it names, if it names one.
    fn join(&self, found: &Found) -> Option<Span> {
        let span = self.symbols[found.start].span.cover(self.symbols[found.end - 1].span);
        let after = self.after(found.end).map(|end| Span::new(span.start(), end));
        after.or_else(|| self.before(found.start).map(|start| Span::new(start, span.end())))
    }

    /// `… of the North Atlantic Treaty`, `… of NATO's treaty`, `… TEU`: where the treaty ends.
    fn after(&self, end: usize) -> Option<usize> {
        let mut at = skip(self.symbols, end, &["of", "in", "to", "under", "additional", "Additional"]);
        if at - end > 2 {
            return None;
        }
        let is_direct = at == end;
        if !is_direct {
            if let Some(next) = provision_at(self.symbols, at) {
                return self.after(next.end);
            }
            at = skip(self.symbols, at, &["the"]);
            at += usize::from(self.year(at));
        }
        let anchor = self.anchors.starts.get(&self.symbols.get(at)?.span.start())?;
        if is_direct && anchor.kind != EntityKind::Treaty {
            return None;
        }
        let next = self.first_after(anchor.span.end());
        Some(self.noun_after(next).unwrap_or(anchor.span.end()))
    }

    /// `NATO's Article 5`, `UN Charter Article 51`: where the treaty or the organisation starts.
    fn before(&self, start: usize) -> Option<usize> {
        let mut at = start;
        if at >= 2 && self.is_possessive(at - 2) {
            at -= 2;
        }
        let gap_start = self.symbols.get(at.checked_sub(1)?)?.span.end();
        let is_near = self.symbols[at].span.start() - gap_start <= 1;
        self.anchors.ends.get(&gap_start).filter(|_| is_near).map(|anchor| anchor.span.start())
    }

    fn year(&self, at: usize) -> bool {
        let word = self.symbols.get(at).map(|symbol| symbol.shape);
        matches!(word, Some(Shape::Word(word)) if word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn first_after(&self, byte: usize) -> usize {
        self.symbols.partition_point(|symbol| symbol.span.start() < byte)
    }

    /// The end of `'s [founding] treaty` or ` treaty` at symbol `at`.
    fn noun_after(&self, at: usize) -> Option<usize> {
        let mut at = at;
        if self.is_possessive(at) {
            at += 2;
        }
        for _ in 0..3 {
            let Shape::Word(word) = self.symbols.get(at)?.shape else { return None };
            let lower = word.to_ascii_lowercase();
            if TREATY_NOUNS.contains(&lower.as_str()) {
                return Some(self.symbols[at].span.end());
            }
            if !ADJECTIVES.contains(&lower.as_str()) {
                return None;
            }
            at += 1;
        }
        None
    }

    fn is_possessive(&self, at: usize) -> bool {
        let shapes = self.symbols.get(at..at + 2);
        let is_joined = |pair: &[Symbol<'_>]| {
            self.text[pair[0].span.cover(pair[1].span)].ends_with("'s")
                || self.text[pair[0].span.cover(pair[1].span)].ends_with("’s")
        };
        shapes.is_some_and(|pair| pair[0].shape == Shape::Mark('\'') && is_joined(pair))
    }
}
