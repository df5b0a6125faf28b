//! Organisations by the shape of their names, for those that no list holds: "Iraq Study Group", "High Court of Kenya".

use std::sync::LazyLock;

use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;
use crate::word::{Gap, Lexicon, Words};

/// The share of such mentions that were right, strict spans, on 14,778 annotated sentences of news and records, of those
/// that no list holds (2026-11-24, 1,072 mentions).
const SCORE: f32 = 0.826;

/// The most words of a name before its noun, and after it.
const BEFORE: usize = 7;
const AFTER: usize = 10;

/// What a word is to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Ends the name of an organisation, or begins one with "of": `Party`, `Ministry`.
    Head,
    /// Tells with a noun no body from another: `City Council`.
    Generic,
    /// Stands in no name.
    Outside,
}

static ROLES: LazyLock<Lexicon<Role>> =
    LazyLock::new(|| Lexicon::new(&[(Role::Head, HEADS), (Role::Generic, GENERIC), (Role::Outside, OUTSIDE)]));

const HEADS: &str = "Academy Agency Airlines Airways Alliance Army Assembly Association Authority Bank Board Brigade Brigades \
    Broadcasting Bureau Chamber College Command Commission Committee Company Consortium Corp Corporation \
    Corps Council Court Department Embassy Federation Fleet Force Forces Foundation Front Fund Government Group \
    Guard Inc Institute Institution League Ltd Ministry Militia Movement Navy Organisation Organization \
    Parliament Party Police Senate Service Society Squadron Trust Tribunal University Post Times Herald \
    Tribune Gazette Television Telegraph Journal School Agencies Airline Telecom Pictures Entertainment Studios \
    Technologies Industries Holdings Partners Ventures Insurance Bundestag Knesset Duma Brotherhood \
    Constabulary Directorate Legion Cooperative Lobby Teamsters";

const GENERIC: &str = "Advisory Local City Special General Central Foreign Civil Regional International Military Air Joint \
    Judiciary Electoral Western Bar Monetary Peace World Super Public Technical Clinical Defence Defense Federal State \
    Islamic Private Executive Municipal Provincial District County Customs Select Independent Opposition New Old Great \
    Red White Black Blue Green Big Human Social Royal Joint Initial Prevention Security Intelligence";

const OUTSIDE: &str = "A An My Proposed Like Retired Associate Leading Eleven Moderate Radical Ordinary Proroguing About After Again All Also Although And Another Any April As At August Because Before Both But \
    By Chairman Chief December Deputy Director During Each Every February Finance-Minister First For Former Foreign-Minister \
    Friday From He Her His How However I If In Is It Its January July June King Last Later March May Meanwhile Minister \
    Monday More Most Mr Mrs Ms Next No Not November Now October Of On Once One Only Or Other Our Over Premier President \
    Prime Saturday Secretary Senator September She Since So Some Speaker Spokesman Such Sunday That The Their Then There \
    These They This Those Though Three Thursday To Today Tuesday Two Under Until Up Was Wednesday We When Where Which \
    While Who Whose Why With Yesterday You Your Governor General-Secretary Judge Sen Rep Gov Gen Col Capt \
    Ambassador Chancellor Several Many Five Four Six Seven Eight Nine Ten Former According Despite Between Agreement Treaty Convention Protocol Accord Accords Election Elections";

/// The words that the grammar starts from: the heads of names.
pub(crate) fn cues() -> impl Iterator<Item = &'static str> {
    ROLES.words(|role| role == Role::Head)
}

/// The organisations in a text that their names' shape tells, sorted and disjoint. `cues` are the words to start from,
/// in order.
pub(crate) fn find(words: &Words<'_>, cues: impl Iterator<Item = usize>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut free = 0; // the first word that is in no mention
    let mut next = 0; // the first word that was not looked at
    for at in cues {
        if at < next || !is_head(words, at) {
            continue;
        }
        let mut end = at + 1;
        while follows(words, end) && is_head(words, end) {
            end += 1;
        }
        let start = modifiers(words, at).max(free);
        let whole = complement(words, end);
        if is_named(words, start, at, end, whole) {
            let span = with_stop(words, start, whole);
            mentions.push(Mention::new(span, EntityKind::Organisation, SCORE, Source::Grammar));
            free = whole;
        }
        next = whole;
    }
    mentions
}

fn is_head(words: &Words<'_>, at: usize) -> bool {
    words.is_capitalised(at) && ROLES.at(words, at) == Some(Role::Head)
}

/// Whether the nouns `head..end` and what stands before and after them tell one body from all others.
fn is_named(words: &Words<'_>, start: usize, head: usize, end: usize, whole: usize) -> bool {
    let is_alone = start + 1 == head && end == head + 1 && ROLES.at(words, start) == Some(Role::Generic);
    // "Food and Drug Authority" is one name, "Hamas and Islamic Jihad" are two.
    let is_pair = start > 1 && words.is_near(start) && words.at(start - 1) == "and" && words.is_capitalised(start - 2);
    let is_place = words.is_near(whole) && PLACES.contains(&words.at(whole));
    !is_place && (whole > end || (start < head && !is_alone && !(is_pair && start + 1 == head)))
}

/// What after a name makes it that of a place, a prize, an event.
const PLACES: &[&str] = &[
    "Base",
    "Building",
    "Station",
    "Stadium",
    "Street",
    "Avenue",
    "Road",
    "Park",
    "Award",
    "Awards",
    "Prize",
    "Cup",
    "Act",
    "Bridge",
    "Tower",
    "Hall",
    "Day",
    "Championship",
    "Election",
    "Elections",
    "election",
    "elections",
    "Open",
    "Bulletin",
];

/// Bodies that have one place or one people, which no "and" goes on with.
const SINGLE: &[&str] = &["University", "College", "School", "Party", "Bank", "League", "Government", "Academy"];

/// The words `start..end` with the stop of "Inc." or of "U.S.".
fn with_stop(words: &Words<'_>, start: usize, end: usize) -> Span {
    let span = words.span(start, end);
    let is_short = matches!(words.at(end - 1), "Inc" | "Corp" | "Ltd" | "Co") || words.gap(end - 1) == Gap::Dot;
    let stop = usize::from(is_short && words.text[span.end()..].starts_with('.'));
    Span::new(span.start(), span.end() + stop)
}

/// Whether word `at` follows the one before inside a name.
fn follows(words: &Words<'_>, at: usize) -> bool {
    match words.gap(at) {
        Gap::Space | Gap::Line | Gap::Hyphen | Gap::Ampersand => true,
        Gap::Dot => words.is_initial(at - 1) && words.is_initial(at),
        Gap::Stop => words.is_initial(at - 1) && at > 1 && words.gap(at - 1) == Gap::Dot, // U.S. Navy
        _ => false,
    }
}

/// The first of the capitalised words before the noun that belong to its name.
fn modifiers(words: &Words<'_>, head: usize) -> usize {
    let mut start = head;
    while start > 0 && head - start < BEFORE && follows(words, start) {
        let before = start - 1;
        let is_outside = ROLES.at(words, before) == Some(Role::Outside) || words.is_possessive(before);
        if !words.is_capitalised(before) || is_outside {
            break;
        }
        start = before;
    }
    start
}

/// The word after "of Kenya", "for Human Rights"; `end` itself where nothing such follows.
fn complement(words: &Words<'_>, end: usize) -> usize {
    if !words.is_near(end) || !matches!(words.at(end), "of" | "for") {
        return end;
    }
    let is_single = SINGLE.contains(&words.at(end - 1));
    let mut last = end;
    for at in end + 1..words.len().min(end + AFTER) {
        let is_people = words.is_possessive(at) && words.at(at - 1) == "People"; // the People's Republic
        if !is_people && !follows(words, at) {
            break;
        }
        let is_part = words.is_capitalised(at) && ROLES.at(words, at) != Some(Role::Outside);
        let is_other = is_head(words, at) && words.at(at - 1) != "of";
        if is_part && !is_other {
            last = at + 1;
        } else if !is_people && !matches!(words.at(at), "the" | "of") && (is_single || !is_and(words, at)) {
            break;
        }
    }
    last
}

/// `and` between two subjects of one body: `Information and Sport Technology`, not `Canada and the Nazi Party`.
fn is_and(words: &Words<'_>, at: usize) -> bool {
    let is_bare = words.is_capitalised(at + 1) && words.is_capitalised(at - 1);
    let is_other = (at + 1..at + 4).take_while(|&i| words.is_capitalised(i)).any(|i| is_head(words, i));
    words.at(at) == "and" && is_bare && !is_other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let words = Words::of(text);
        find(&words, 0..words.len()).into_iter().map(|mention| &text[mention.span]).collect()
    }

    #[test]
    fn a_noun_with_a_name_before_or_after_it_is_an_organisation() {
        assert_eq!(found("The Elbonian Study Group met."), ["Elbonian Study Group"]);
        assert_eq!(found("In the U.S. Weather Agency and at Acme Inc. too"), ["U.S. Weather Agency", "Acme Inc."]);
        assert_eq!(found("the Ministry of Trade and Industry said"), ["Ministry of Trade and Industry"]);
        assert_eq!(
            found("the High Court of the People’s Republic of Elbonia"),
            ["High Court of the People’s Republic of Elbonia"]
        );
        assert_eq!(found("ITALY’S Mint Authority"), ["Mint Authority"]);
    }

    #[test]
    fn a_noun_alone_or_with_a_common_word_is_none() {
        assert!(found("The Party, a City Council, the Group. Then Court rose.").is_empty());
        assert!(found("Umbria and Oddly Party").is_empty(), "one name or two");
        assert!(found("a party of Elbonians").is_empty());
    }

    #[test]
    fn what_goes_on_after_the_name_stays_outside() {
        assert_eq!(found("the Labour Party of Umbria and the Green League"), ["Labour Party of Umbria"]);
        assert_eq!(found("Umbria Bank of"), ["Umbria Bank"]);
    }
}
