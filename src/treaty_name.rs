//! Treaties by the shape of their names, for those that no list holds: "Treaty of Tartu", "Nagoya Protocol".

use std::sync::LazyLock;

use crate::mention::{EntityKind, Mention, Source};
use crate::word::{Gap, Lexicon, Words};

/// The share of such mentions that were right, strict spans, of those that no list holds, on the sentences with a word for a
/// treaty among 14,778 annotated ones of news and records (2026-11-25, 78 mentions).
const SCORE: f32 = 0.538;

/// The most words of a name before its noun, and after it.
const BEFORE: usize = 8;
const AFTER: usize = 24;

/// What a word is to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Names a treaty with what stands before it: `Versailles Treaty`.
    Noun,
    /// Names one only with a subject before it or with a complement: `Pretoria Peace Agreement`.
    Agreement,
    /// Names one only with a complement that is no right or liberty: `Charter of Paris`.
    Charter,
    /// What agreements of states are about.
    Subject,
    /// Begins no name and stands in none before the noun.
    Generic,
    /// The same; right before the name it tells of a party, a contract, a gathering, a nation's own law.
    Other,
    /// Stands in a name in lower case.
    Small,
    /// Begins a complement.
    Joint,
    /// What a treaty of old was about: goes on after a comma.
    Topic,
    /// A month: after "of" or "on" a date and no complement.
    Month,
    /// After the noun: it names a building, a bureau, a body and no treaty.
    Body,
}

static ROLES: LazyLock<Lexicon<Role>> = LazyLock::new(|| {
    Lexicon::new(&[
        (
            Role::Noun,
            "Treaty Treaties Accord Accords Convention Conventions Pact Protocol Protocols Covenant Covenants",
        ),
        (Role::Agreement, "Agreement Agreements Armistice Memorandum"),
        (Role::Charter, "Charter Statute"),
        (
            Role::Subject,
            "Peace Trade Association Ceasefire Forces Framework Cooperation Partnership Access Climate Fisheries \
            Nuclear Friendship Military Defense Defence Boundary Border Reconciliation Safeguards Armistice Stabilisation \
            Stabilization Friday Accord Withdrawal Promotion Political Comprehensive Disengagement Power-Sharing Status \
            Monetary Exchange Readmission Extradition Investment Customs Security Kosovo Bretton Normalization Free Gas Weapons Optional Supplementary Additional Weapon Comprehensive European International",
        ),
        (
            Role::Generic,
            "A An And Annual Any At But By Draft Each Every Final For From He Her His If In Its It Labour Settlement \
            Loan Lease Purchase Credit Collective Executive Master National New No Of On Our Party Such That The Their \
            These This Those Border Transfer Control Under When With World After Both Constitution Federal Science \
            Annual Services Service Security-Council However Parties Association's State Member Second First Third \
            Signing Most While As Since Although",
        ),
        (
            Role::Other,
            "All Baptist Comic Communication Confidentiality Constitutional Democratic Fantasy Fiction Football GOP \
            Game Games Gateway Internet Licence License Merger Methodist Music Plea Republican Transmission User",
        ),
        (
            Role::Joint,
            "of on for against concerning relating regarding respecting to establishing governing \
            Regarding Respecting Concerning Establishing Relating Against banning prohibiting",
        ),
        (Role::Small, "of on the and for from in to against concerning or its their"),
        (
            Role::Topic,
            "Commerce Navigation Limits Extradition Consular Economic Privileges Immunities Stockpiling Production \
            Inhuman Degrading Cooperation Stability Amity Settlement Transfer Friendship Use Acquisition Development \
            Social Cultural Assistance",
        ),
        (
            Role::Month,
            "January February March April May June July August September October November \
            December Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        ),
        (
            Role::Body,
            "Center Centre Centres Complex Hall Secretariat Organisation Organization Committee Commission \
            Association Movement Party People Office Bureau Bureaux Conference Withdrawal Act Bill Day Fund",
        ),
    ])
});

/// What is written in the shape of a treaty's name and is none: a forged book.
const WORKS: &[&str] =
    &["Protocols of the Elders of Zion", "Protocols of the Learned Elders of Zion", "Protocols of Zion"];

/// What is said before a word for a treaty without naming one: `an International Convention`.
const QUALIFIERS: &[&str] = &["additional", "framework", "international", "optional"];

/// Words that alone name no agreement: "capitalised short forms of agreements are none", nor is a part without a number.
const COMMON: &[&str] = &[
    "accord",
    "accords",
    "agreement",
    "agreements",
    "annex",
    "article",
    "articles",
    "chapter",
    "charter",
    "convention",
    "conventions",
    "covenant",
    "covenants",
    "pact",
    "protocol",
    "protocols",
    "statute",
    "treaties",
    "treaty",
];

/// Whether a surface is a word for a treaty or for a part of one, and no name: `the Treaty`, `Framework Agreement`.
pub(crate) fn is_common(surface: &str) -> bool {
    let is_one_of = |word: &str, list: &[&str]| list.iter().any(|listed| word.eq_ignore_ascii_case(listed));
    match surface.split_once(' ') {
        Some((first, last)) => is_one_of(first, QUALIFIERS) && is_one_of(last, COMMON),
        None => is_one_of(surface, COMMON),
    }
}

/// What else the words of an agreement's name tell it by.
#[cfg(feature = "encoder")]
const OTHER: &[&str] = &["act", "compact", "deal", "memorandum", "preamble", "talks"];

/// Whether a word of a surface is one for a treaty or for a part of one, or all of it is an acronym: `SALT talks`, `NPT`.
#[cfg(feature = "encoder")]
pub(crate) fn is_told(surface: &str) -> bool {
    let is_listed = |word: &str| COMMON.iter().chain(OTHER).any(|listed| word.eq_ignore_ascii_case(listed));
    let is_acronym = |word: &str| word.len() > 1 && !word.contains(char::is_lowercase);
    surface.split(|c: char| !c.is_alphanumeric()).any(is_listed) || !surface.contains(' ') && is_acronym(surface)
}

/// Whether a text that ends breaks a name off: `the Charter of the`, cut there, is the Charter of some body.
pub(crate) fn is_cut_off(after: &str) -> bool {
    after.trim_end() == " of the"
}

/// Whether a surface is that of a work which is no treaty for all its name: `Protocols of the Elders of Zion`.
pub(crate) fn is_work(surface: &str) -> bool {
    WORKS.iter().any(|work| surface.contains(work))
}

/// The words that the grammar starts from: those for a treaty.
pub(crate) fn cues() -> impl Iterator<Item = &'static str> {
    ROLES.words(is_noun)
}

fn is_noun(role: Role) -> bool {
    matches!(role, Role::Noun | Role::Agreement | Role::Charter)
}

/// The treaties in a text that their names' shape tells, sorted and disjoint. `cues` are the words to start from, in
/// order.
pub(crate) fn find(words: &Words<'_>, cues: impl Iterator<Item = usize>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut free = 0; // the first word that is in no mention
    for at in cues {
        let Some(role) = ROLES.at(words, at).filter(|&role| at >= free && is_noun(role)) else { continue };
        if let Some((start, end)) = name(words, at, role).filter(|&(start, _)| start >= free) {
            mentions.push(Mention::new(words.span(start, end), EntityKind::Treaty, SCORE, Source::Grammar));
            free = end;
        }
    }
    mentions
}

/// The words of the name whose noun stands at `at`, if it is one.
fn name(words: &Words<'_>, at: usize, noun: Role) -> Option<(usize, usize)> {
    let start = modifiers(words, at);
    let end = complement(words, at, start);
    if is_body(words, at, end)
        || is_work(&words.text[words.span(start, end)])
        || is_other(words, start)
        || words.at(at) == "Memorandum" && start == at
    {
        return None;
    }
    let has_complement = end > at + 1;
    let before = (start..at).map(|i| ROLES.at(words, i));
    let is_named = before.clone().any(|role| role.is_none());
    let has_subject = before.clone().any(|role| role == Some(Role::Subject));
    let is_treaty = match noun {
        Role::Noun => has_complement || is_named || (has_subject && at - start > 1),
        Role::Agreement => has_complement && at + 2 < end || (is_named || at - start > 2) && has_subject,
        _ => has_complement && start == at && !is_right(words, at, end),
    };
    is_treaty.then_some((start, end))
}

/// Whether what a name leads to is a body or a day: `the Oddly Convention Center`, `the Charter of the Organization`.
fn is_body(words: &Words<'_>, noun: usize, end: usize) -> bool {
    let is_one = |at: usize| words.is_near(at) && words.is_capitalised(at) && ROLES.at(words, at) == Some(Role::Body);
    let is_the_body = end == noun + 4 && words.at(noun + 2) == "the" && is_one(noun + 3);
    is_one(end) || is_the_body && ROLES.at(words, noun) == Some(Role::Charter)
}

/// Whether the word before a name tells that it is none of a treaty: `the Constitutional Charter of Elbonia`.
fn is_other(words: &Words<'_>, start: usize) -> bool {
    let Some(before) = start.checked_sub(1) else { return false };
    let is_joined = words.is_near(start) || words.gap(start) == Gap::Hyphen;
    is_joined && ROLES.at(words, before) == Some(Role::Other) && !words.opens(before)
}

/// Whether a charter's complement tells of a nation's own law.
fn is_right(words: &Words<'_>, at: usize, end: usize) -> bool {
    (at..end)
        .any(|i| matches!(words.at(i), "Rights" | "Freedoms" | "Freedom" | "Autonomy" | "Constitution" | "Liberties"))
}

/// The first of the capitalised words before the noun that belong to its name.
fn modifiers(words: &Words<'_>, noun: usize) -> usize {
    let mut start = noun;
    while start > 0 && noun - start < BEFORE {
        let before = start - 1;
        let is_joined = matches!(words.gap(start), Gap::Space | Gap::Line | Gap::Hyphen)
            || (words.gap(start) == Gap::Stop && words.is_initial(before))
            || (words.gap(start) == Gap::Dot && words.is_initial(before));
        let is_and = words.at(before) == "and"
            && start < noun
            && words.is_near(before)
            && before > 0
            && words.is_capitalised(before - 1)
            && ROLES.at(words, before - 1) == Some(Role::Subject);
        if is_and && is_joined {
            start -= 1;
            continue;
        }
        let is_shorthand =
            words.gap(start) == Gap::Hyphen && matches!(words.at(before), "Change" | "Dumping" | "Pollution");
        let is_part = words.is_capitalised(before) || (words.gap(start) == Gap::Hyphen && start < noun);
        if !is_joined || !is_part || is_shorthand || is_generic(words, before) {
            break;
        }
        start -= 1;
    }
    while start < noun && (!words.is_capitalised(start) || words.gap(start) == Gap::Dot) {
        start += 1;
    }
    if is_numbered(words, start, noun) { start - 1 } else { start }
}

/// Whether an ordinal before a protocol belongs to its name, which it tells from another: `Second Optional Protocol`.
fn is_numbered(words: &Words<'_>, start: usize, noun: usize) -> bool {
    let is_protocol = start + 1 == noun
        && matches!(words.at(start), "Additional" | "Optional")
        && matches!(words.at(noun), "Protocol" | "Protocols");
    let ordinal = start.checked_sub(1).map_or("", |before| words.at(before));
    is_protocol && words.is_near(start) && matches!(ordinal, "First" | "Second" | "Third")
}

fn is_generic(words: &Words<'_>, at: usize) -> bool {
    matches!(ROLES.at(words, at), Some(Role::Generic | Role::Other))
}

/// The word after the name's complement: "of Tartu", "on the Rights of the Child"; the one after the noun where there
/// is none. After "on" a word in lower case begins the complement of a bare noun alone: the London Agreement on
/// translation is the London Agreement.
fn complement(words: &Words<'_>, noun: usize, start: usize) -> usize {
    let (first, mut end) = (noun + 1, noun + 1);
    if !words.is_near(first) || !is_joint(words, noun) {
        return end;
    }
    for at in first + 1..words.len().min(first + AFTER) {
        let role = ROLES.at(words, at);
        let is_joined = match words.gap(at) {
            Gap::Space | Gap::Line | Gap::Hyphen => true,
            Gap::Apostrophe => words.is_capitalised(at),
            Gap::Comma => role == Some(Role::Topic) || is_last_topic(words, at),
            _ => false,
        };
        let is_date = role == Some(Role::Month) || (words.has_digit(at) && words.at(at).len() <= 2);
        if !is_joined || is_date || ends(words, noun, at, end) {
            break;
        }
        if words.is_capitalised(at) || (words.gap(at) == Gap::Hyphen && end == at) {
            end = at + 1;
        } else if !(matches!(role, Some(Role::Small | Role::Joint))
            || at == first + 1 && start == noun && words.at(first) == "on")
        {
            break;
        }
    }
    end
}

/// Whether a word at `at` begins what is no part of the name, which goes to `end` so far: a place, a second party.
fn ends(words: &Words<'_>, noun: usize, at: usize, end: usize) -> bool {
    let is_of = words.at(noun + 1) == "of";
    match words.at(at) {
        "in" => is_of || end < noun + 5, // Conventional Armed Forces in Europe
        "of" => is_of && ROLES.at(words, noun) == Some(Role::Noun) && words.at(at + 1) == "the" && at > noun + 2,
        "and" | "or" => matches!(words.at(at + 1), "the" | "its" | "our"),
        "from" | "establishing" | "banning" | "prohibiting" | "governing" => is_of,
        "Act" | "Bill" | "Conference" | "Fund" => words.is_near(at) && end == at, // Climate Change Conference
        _ => false,
    }
}

fn is_joint(words: &Words<'_>, noun: usize) -> bool {
    let joint = words.at(noun + 1);
    if matches!(joint, "of" | "on" | "in") && words.has_digit(noun + 2) {
        return false;
    }
    match joint {
        "to" => matches!(words.at(noun), "Protocol" | "Protocols") && words.at(noun + 2) == "the",
        "of" if words.at(noun + 2) == "the" => ROLES.at(words, noun) != Some(Role::Agreement),
        _ => ROLES.get(joint) == Some(Role::Joint),
    }
}

/// `, and Navigation`: the end of a list of topics.
fn is_last_topic(words: &Words<'_>, at: usize) -> bool {
    words.at(at) == "and" && ROLES.at(words, at + 1) == Some(Role::Topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let words = Words::of(text);
        find(&words, 0..words.len()).into_iter().map(|mention| &text[mention.span]).collect()
    }

    #[test]
    fn a_noun_with_a_place_or_a_subject_is_a_treaty() {
        assert_eq!(found("the Treaty of Elbonia and the Oddly Accords were"), ["Treaty of Elbonia", "Oddly Accords"]);
        assert_eq!(found("the Convention on the Rights of Rivers, signed"), ["Convention on the Rights of Rivers"]);
        assert_eq!(
            found("an Umbria Peace and Reconciliation Agreement"),
            ["Umbria Peace and Reconciliation Agreement"]
        );
        assert_eq!(
            found("a Treaty of Amity, Commerce, and Navigation with"),
            ["Treaty of Amity, Commerce, and Navigation"]
        );
        assert_eq!(found("Fish-Quill Pact"), ["Fish-Quill Pact"]);
    }

    #[test]
    fn an_ordinal_belongs_to_a_protocol_and_to_no_other_name() {
        let text = "the Second Optional Protocol to the Oddly Covenant; the Second Oddly Accord";
        assert_eq!(found(text), ["Second Optional Protocol to the Oddly Covenant", "Oddly Accord"]);
    }

    #[test]
    fn a_forged_book_is_no_treaty_and_protocols_are() {
        assert!(found("The Protocols of the Elders of Zion is a forgery").is_empty());
        assert_eq!(found("the Protocols of the Oddly Union"), ["Protocols of the Oddly Union"]);
        assert!(is_work("The Protocols of the Learned Elders of Zion") && !is_work("Protocols of the Elders"));
    }

    #[test]
    fn a_word_for_a_treaty_is_no_name() {
        for surface in ["Treaty", "the", "charter", "Articles", "Framework Agreement", "optional protocol"] {
            assert_eq!(is_common(surface), surface != "the", "{surface}");
        }
        for surface in
            ["", "Oddly Treaty", "New START", "Article 5", "Free Trade Agreement", "Optional Protocol to the Pact"]
        {
            assert!(!is_common(surface), "{surface}");
        }
        assert!(is_cut_off(" of the\n") && !is_cut_off(" of the Union") && !is_cut_off(""));
    }

    #[test]
    fn dates_and_places_of_signature_stay_outside() {
        assert_eq!(found("the Treaty of Elbonia on May 3"), ["Treaty of Elbonia"]);
        assert_eq!(found("the Treaty of Amity in Oddly"), ["Treaty of Amity"]);
        assert_eq!(found("the 1951 Oddly Convention of 1951"), ["Oddly Convention"]);
        assert_eq!(found("the Treaty of Elbonia establishing the Oddly Free Zone"), ["Treaty of Elbonia"]);
        assert_eq!(found("the Oddly Agreement on translation of Elbonian patents"), Vec::<&str>::new());
        assert_eq!(
            found("the Convention on the Status of Rivers or its Protocol"),
            ["Convention on the Status of Rivers"]
        );
        assert_eq!(
            found("the Convention for the Protection of Elbow from Dust"),
            ["Convention for the Protection of Elbow from Dust"]
        );
    }

    #[test]
    fn agreements_without_a_name_and_other_things_are_none() {
        for text in [
            "the Treaty, the Agreement and this Convention",
            "a peace treaty with Elbonia",
            "the Oddly Convention Center",
            "License Agreement, Optional Protocol, Internet Protocol",
            "the Charter of Rights and Freedoms",
            "the Constitutional Charter of Elbonia, the Democratic Convention of Oddly",
            "the Charter of the Organization",
            "the Oddly Security Agreement Bill, an Elbonian Treaty Day",
            "the Science Fiction and Fantasy Convention",
            "Memorandum of Understanding",
            "Democratic National Convention",
            "Treaty of",
            "",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
