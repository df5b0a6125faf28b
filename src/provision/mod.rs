//! Numbered parts of treaties: articles, chapters, annexes, protocols, paragraphs; and the treaty that each names.
//!
//! In "Article 4 of NATO's treaty" the provision, the organisation and what joins them are one mention.

mod number;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::entity::{Provision, ProvisionUnit};
use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;
use crate::word::{Gap, Lexicon, Words};

/// What stands for "treaty" after an organisation's name, or alone after a provision: `NATO's founding treaty`.
const TREATY_NOUNS: &[&str] =
    &["treaty", "charter", "statute", "covenant", "convention", "agreement", "pact", "protocol"];

/// Words that may stand between an organisation's possessive and the noun.
const ADJECTIVES: &[&str] =
    &["founding", "north", "atlantic", "own", "basic", "constituent", "original", "defence", "defense"];

/// Words between a provision and its treaty.
const JOINTS: &[&str] = &["of", "in", "to", "under", "from", "additional", "annexed"];

/// What else of an organisation's has paragraphs: "paragraph 15 of Security Council resolution 1214".
const OTHER_TEXTS: &[&str] = &["decision", "directive", "regulation", "report", "resolution", "resolutions", "rules"];

/// Words before the name of the treaty that are left out of it.
const ARTICLES: &[&str] = &["the", "its", "their", "our", "this"];

/// The share of such mentions that were right, strict spans, on 14,778 annotated sentences of news and records: 17 of 17
/// (2026-11-24), with one right and one wrong added so that few do not make sure.
const SCORE: f32 = 18.0 / 19.0;

/// The same share of articles and chapters without a treaty, where one was told for them: 7 of 7.
const BARE_SCORE: f32 = 8.0 / 9.0;

/// Every word for a part of a treaty.
static UNITS: LazyLock<Lexicon<ProvisionUnit>> = LazyLock::new(|| {
    Lexicon::new(&[
        (ProvisionUnit::Article, "Article Articles article articles ARTICLE ARTICLES Art Arts art arts"),
        (ProvisionUnit::Chapter, "Chapter Chapters chapter chapters CHAPTER"),
        (ProvisionUnit::Annex, "Annex Annexes annex annexes ANNEX"),
        (ProvisionUnit::Appendix, "Appendix appendix Appendices appendices"),
        (ProvisionUnit::Protocol, "Protocol Protocols protocol protocols PROTOCOL"),
        (ProvisionUnit::Part, "Part Parts part parts PART"),
        (ProvisionUnit::Title, "Title title"),
        (ProvisionUnit::Section, "Section Sections section sections"),
        (ProvisionUnit::Schedule, "Schedule Schedules"),
        (ProvisionUnit::Paragraph, "Paragraph Paragraphs paragraph paragraphs"),
        (ProvisionUnit::Preamble, "Preamble preamble PREAMBLE"),
    ])
});

/// What a treaty's surface says: the provisions, and the rest that names the treaty ("" where it is bare).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed<'a> {
    pub(crate) provisions: Vec<Provision>,
    pub(crate) treaty: &'a str,
}

/// A provision in a text.
struct Found {
    start: usize, // its first word
    end: usize,   // the word after it
    span: Span,
    provisions: Vec<Provision>,
}

/// The words that the grammar starts from: those for a part of a treaty.
pub(crate) fn cues() -> impl Iterator<Item = &'static str> {
    UNITS.words(|_| true)
}

/// The provisions in a text that name their treaty, sorted and disjoint, as mentions from [`Source::Grammar`].
///
/// `cues` are the words to start from, in order; `anchors` the mentions of treaties and organisations; `is_founded`
/// tells of an organisation whether it has a treaty of its own. A provision beside anything else (a constitution, a
/// statute) is none.
pub(crate) fn find(
    words: &Words<'_>,
    cues: impl Iterator<Item = usize>,
    anchors: &[&[Mention]],
    is_founded: impl Fn(&Mention) -> bool,
) -> Vec<Mention> {
    let mut anchored = None; // made for the first provision: few texts have one
    let mut mentions: Vec<Mention> = Vec::new();
    let mut next = 0; // the first word that was not looked at
    for at in cues {
        let Some(found) = (at >= next).then(|| provision_at(words, at)).flatten() else { continue };
        let anchored = anchored.get_or_insert_with(|| Anchored::new(words, anchors, &is_founded));
        let free = mentions.last().map_or(0, |last| last.span.end());
        if let Some(span) = anchored.join(&found).filter(|span| span.start() >= free) {
            mentions.push(Mention::new(span, EntityKind::Treaty, SCORE, Source::Grammar));
        }
        next = found.end.max(words.first_from(mentions.last().map_or(0, |last| last.span.end())));
    }
    mentions
}

/// The articles and chapters in a text that name nothing they belong to: `Article 5`, `Chapter VII of the Charter`.
///
/// Each begins with a capital, and neither "of" something but a treaty's noun follows nor does a name stand before it.
/// `cues` are the words to start from, in order.
pub(crate) fn bare(words: &Words<'_>, cues: impl Iterator<Item = usize>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut next = 0; // the first word that was not looked at
    for at in cues {
        let Some(found) = (at >= next).then(|| provision_at(words, at)).flatten() else { continue };
        let mut whole = found;
        while let Some(next) = nested(words, &whole) {
            whole = Found { start: whole.start, span: whole.span.cover(next.span), ..next };
        }
        let is_named = words.is_capitalised(whole.start) && is_article_or_chapter(words, &whole);
        if is_named && let Some(span) = bare_span(words, &whole) {
            mentions.push(Mention::new(span, EntityKind::Treaty, BARE_SCORE, Source::Grammar));
        }
        next = whole.end;
    }
    mentions
}

/// Of the bare provisions those that repeat what a treaty's mention names in full: `Article 4` after "Article 4 of the
/// North Atlantic Treaty", as mentions from [`Source::Alias`] with the score of the mention that they repeat.
pub(crate) fn repeats(text: &str, mentions: &[Mention], bare: &[Mention]) -> Vec<Mention> {
    if bare.is_empty() {
        return Vec::new();
    }
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

/// Takes a treaty's surface apart.
pub(crate) fn parse(surface: &str) -> Parsed<'_> {
    bracketed(surface).unwrap_or_else(|| parse_plain(surface))
}

/// `Treaty of Versailles (Article 436)`: a treaty with provisions alone in a bracket after it.
fn bracketed(surface: &str) -> Option<Parsed<'_>> {
    let open = surface.strip_suffix(')')?;
    open.match_indices(" (").find_map(|(at, mark)| {
        let inner = parse_plain(&open[at + mark.len()..]);
        if !inner.treaty.is_empty() || inner.provisions.is_empty() {
            return None;
        }
        let outer = parse_plain(&surface[..at]);
        let treaty = if outer.provisions.is_empty() { &surface[..at] } else { outer.treaty };
        Some(Parsed { provisions: [outer.provisions, inner.provisions].concat(), treaty })
    })
}

fn parse_plain(surface: &str) -> Parsed<'_> {
    let words = Words::of(surface);
    let mut provisions = Vec::new();
    let (mut first, mut last) = (usize::from(words.at(0) == "common"), words.len());
    while let Some(found) = provision_at(&words, first) {
        provisions.extend(found.provisions);
        first = found.end;
        let skipped = [JOINTS, ARTICLES, &["and", "both"]].concat();
        first +=
            (first..words.len()).take_while(|&i| skipped.contains(&words.at(i).to_ascii_lowercase().as_str())).count();
    }
    if provisions.is_empty() {
        first = 0;
    }
    for at in (first + 1).min(last)..last {
        if let Some(found) = provision_at(&words, at).filter(|found| found.end == words.len()) {
            provisions.extend(found.provisions);
            last = at;
            break;
        }
    }
    if first < last && words.is_possessive(last - 1) {
        last -= 1;
    }
    let is_noun = !provisions.is_empty() && last - first == 1 && is_treaty_noun(words.at(first));
    if first >= last || is_noun {
        return Parsed { provisions, treaty: "" };
    }
    let span = words.span(first, last);
    let stop = usize::from(words.gap(last - 1) == Gap::Dot && surface[span.end()..].starts_with('.')); // U.N.
    Parsed { provisions, treaty: &surface[span.start()..span.end() + stop] }
}

/// The provision that starts at word `at`: a unit and its numbers.
fn provision_at(words: &Words<'_>, at: usize) -> Option<Found> {
    let unit = UNITS.at(words, at)?;
    let word = words.at(at);
    let start = words.as_slice()[at].span;
    if unit == ProvisionUnit::Preamble {
        return Some(Found { start: at, end: at + 1, span: start, provisions: vec![Provision::new(unit, "")] });
    }
    let is_abbreviated = matches!(word, "Art" | "Arts" | "art" | "arts");
    let rest = &words.text[start.end()..];
    let rest = if is_abbreviated { rest.strip_prefix('.').unwrap_or(rest) } else { rest };
    let rest = rest.strip_prefix([' ', '\u{a0}', '\n']).unwrap_or(rest);
    let number = words.text.len() - rest.len();
    if number == start.end() {
        return None;
    }
    let found = number::numbers(words.text, number, unit, words.is_capitalised(at))?;
    let span = Span::new(start.start(), found.end);
    Some(Found { start: at, end: words.first_from(found.end), span, provisions: found.provisions })
}

/// `of Chapter VII`: the provision that a provision belongs to.
fn nested(words: &Words<'_>, found: &Found) -> Option<Found> {
    let is_of = is_followed(words, found) && words.at(found.end) == "of";
    if is_of { provision_at(words, found.end + 1) } else { None }
}

/// Whether white space alone parts a provision from the word after it.
fn is_followed(words: &Words<'_>, found: &Found) -> bool {
    let Some(next) = words.as_slice().get(found.end) else { return false };
    let between = &words.text[found.span.end()..next.span.start()];
    matches!(between, " " | "\u{a0}" | "\n" | "\r\n")
}

fn is_article_or_chapter(words: &Words<'_>, found: &Found) -> bool {
    match UNITS.at(words, found.start) {
        Some(ProvisionUnit::Article) => true,
        Some(ProvisionUnit::Chapter) => found.provisions.iter().all(|_| !words.has_digit(found.end - 1)),
        Some(ProvisionUnit::Preamble) => true,
        _ => false,
    }
}

/// The span of a bare provision, with "of the Charter"; `None` where words beside it say what else it belongs to.
fn bare_span(words: &Words<'_>, found: &Found) -> Option<Span> {
    let after = words.at(found.end);
    let is_next = is_followed(words, found);
    let is_joint = is_next && JOINTS.contains(&after);
    if is_joint || words.gap(found.end) == Gap::Hyphen {
        let noun = found.end + 1 + usize::from(ARTICLES.contains(&words.at(found.end + 1)));
        let goes_on = words.is_near(noun + 1) && matches!(words.at(noun + 1), "of" | "on" | "establishing");
        let is_noun = is_treaty_noun(words.at(noun)) && words.is_capitalised(noun) && !goes_on;
        return is_noun.then(|| found.span.cover(words.span(noun, noun + 1)));
    }
    let is_preamble = found.provisions.iter().any(|provision| provision.unit() == ProvisionUnit::Preamble);
    let is_named = found.start > 0 && words.is_near(found.start) && is_name(words, found.start - 1);
    let is_measure = is_next && matches!(after, "pages" | "page" | "a" | "paragraphs");
    (!is_named && !is_measure && !is_preamble).then_some(found.span)
}

/// Whether word `at` is a name's, which a provision after it belongs to: `GDPR Article 17`, `India's Article 370`.
fn is_name(words: &Words<'_>, at: usize) -> bool {
    words.is_possessive(at) || words.is_upper(at) || (words.is_capitalised(at) && !words.opens(at))
}

/// The word for a treaty that a bare provision ends in: `Charter` of `Chapter VII of the Charter`.
pub(crate) fn treaty_noun(surface: &str) -> Option<&str> {
    let (_, last) = surface.rsplit_once(' ')?;
    (last.starts_with(char::is_uppercase) && is_treaty_noun(last)).then_some(last)
}

/// Whether the surface of a bare provision says that it is a treaty's. An agreement may be anybody's, a statute a nation's.
pub(crate) fn is_of_treaty(surface: &str) -> bool {
    treaty_noun(surface).is_some_and(|noun| !matches!(noun, "Agreement" | "Statute"))
}

fn is_treaty_noun(word: &str) -> bool {
    TREATY_NOUNS.contains(&word.to_ascii_lowercase().as_str())
}

/// A text under the grammar of provisions and their treaties.
struct Anchored<'a> {
    words: &'a Words<'a>,
    anchors: Vec<Mention>, // by where they start
    ends: Vec<Mention>,    // the same by where they end, the longest last
}

impl<'a> Anchored<'a> {
    fn new(words: &'a Words<'a>, mentions: &[&[Mention]], is_founded: impl Fn(&Mention) -> bool) -> Self {
        let is_anchor = |mention: &&Mention| match mention.kind {
            EntityKind::Treaty => parse(&words.text[mention.span]).provisions.is_empty(),
            EntityKind::Organisation => is_founded(mention),
            _ => false,
        };
        let mut anchors: Vec<Mention> = mentions.iter().copied().flatten().filter(is_anchor).copied().collect();
        anchors.sort_by_key(|anchor| anchor.span);
        let mut ends = anchors.clone();
        ends.sort_by_key(|anchor| (anchor.span.end(), Reverse(anchor.span.start())));
        Self { words, anchors, ends }
    }

    /// The span of a provision with the treaty that it names, if it names one.
    fn join(&self, found: &Found) -> Option<Span> {
        let start = match found.start.checked_sub(1).map(|before| self.words.at(before)) {
            Some("common" | "Common") if self.words.is_near(found.start) => found.start - 1,
            _ => found.start,
        };
        let whole = self.words.span(start, found.start + 1).cover(found.span);
        let after = self.after(found, 0).map(|end| Span::new(whole.start(), end));
        let before = || self.before(found.start).map(|start| Span::new(start, found.span.end()));
        after.or_else(before).or_else(|| self.around(found))
    }

    /// `Treaty of Versailles (Article 436)`: the treaty before a bracket that holds the provision and no more.
    fn around(&self, found: &Found) -> Option<Span> {
        let text = self.words.text;
        let open = text[..found.span.start()].strip_suffix('(')?.trim_end().len();
        let mut end = found.span.end();
        let mut outer = nested(self.words, found);
        while let Some(next) = outer {
            end = next.span.end();
            outer = nested(self.words, &next);
        }
        let last = self.ends.partition_point(|anchor| anchor.span.end() <= open);
        let anchor = self.ends[..last].last()?;
        let is_named = anchor.span.end() == open && anchor.kind == EntityKind::Treaty;
        (is_named && text[end..].starts_with(')')).then(|| Span::new(anchor.span.start(), end + 1))
    }

    /// `… of the North Atlantic Treaty`, `… of NATO's treaty`, `… TEU`: where the treaty ends.
    fn after(&self, found: &Found, depth: usize) -> Option<usize> {
        let words = self.words;
        if !is_followed(words, found) {
            return None;
        }
        let is_joint = |&i: &usize| (i == found.end || words.is_near(i)) && JOINTS.contains(&words.at(i));
        let joints = (found.end..found.end + 2).take_while(is_joint).count();
        let mut at = found.end + joints;
        if joints == 0 {
            let anchor = self.starting(at)?;
            let next = words.first_from(anchor.span.end());
            let goes_on = words.is_near(next) && !matches!(words.at(next), "and" | "or");
            return (anchor.kind == EntityKind::Treaty || !goes_on).then_some(anchor.span.end());
        }
        if let Some(next) = provision_at(words, at).filter(|_| depth < 4) {
            return self.after(&next, depth + 1);
        }
        at += usize::from(ARTICLES.contains(&words.at(at)));
        at += usize::from(words.at(at).len() == 4 && words.at(at).bytes().all(|byte| byte.is_ascii_digit()));
        let anchor = self.starting(at)?;
        let next = words.first_from(anchor.span.end());
        if words.is_near(next) && OTHER_TEXTS.contains(&words.at(next).to_ascii_lowercase().as_str()) {
            return None;
        }
        Some(self.noun_after(next).unwrap_or(anchor.span.end()))
    }

    /// `NATO's Article 5`, `UN Charter Article 51`: where the treaty or the organisation starts.
    fn before(&self, start: usize) -> Option<usize> {
        let words = self.words;
        let mut at = start;
        if at >= 2 && words.is_possessive(at - 1) && words.is_near(at) {
            at -= 1;
        } else if !words.is_near(at) && words.gap(at) != Gap::Comma && words.gap(at) != Gap::Stop {
            return None;
        }
        let end = words.as_slice().get(at.checked_sub(1)?)?.span.end();
        let of_stop = end + usize::from(words.text[end..].starts_with('.'));
        let last = self.ends.partition_point(|anchor| anchor.span.end() <= of_stop);
        let anchor = self.ends[..last].last().filter(|anchor| anchor.span.end() >= end)?;
        let is_stopped = words.gap(start) == Gap::Stop && anchor.span.end() == end;
        let is_comma = words.gap(start) == Gap::Comma && anchor.kind != EntityKind::Treaty;
        (!is_stopped && !is_comma).then_some(anchor.span.start())
    }

    /// The longest anchor that starts with word `at`.
    fn starting(&self, at: usize) -> Option<&Mention> {
        let start = self.words.as_slice().get(at)?.span.start();
        let first = self.anchors.partition_point(|anchor| anchor.span.start() < start);
        let starting = self.anchors[first..].iter().take_while(|anchor| anchor.span.start() == start);
        starting.max_by_key(|anchor| anchor.span.end())
    }

    /// The end of `'s [founding] treaty` or ` treaty` at word `at`.
    fn noun_after(&self, at: usize) -> Option<usize> {
        let words = self.words;
        let first = at + usize::from(words.is_possessive(at));
        for i in first..first + 3 {
            let lower = words.at(i).to_ascii_lowercase();
            if !words.is_near(i) {
                return None;
            }
            if TREATY_NOUNS.contains(&lower.as_str()) {
                return Some(words.as_slice()[i].span.end());
            }
            if !ADJECTIVES.contains(&lower.as_str()) {
                return None;
            }
        }
        None
    }
}
