//! Which treaty, and which of its provisions.

use crate::entity::{Organisation, Provision, Treaty};
use crate::gazetteer::{Gazetteer, TreatyFacts};
use crate::mention::Mention;
use crate::provision;
use crate::resolve::person::one_line;
use crate::resolve::spelling::fold;
use crate::span::Span;

/// The treaties of the mentions, in the order of first mentions.
///
/// A mention that names a treaty, or the organisation whose founding treaty it is, gives its identity. A bare
/// provision belongs to the one treaty of which the text names it elsewhere, else to the one that the document names,
/// unless its sentence names an organisation with another treaty; where the document names no treaty, to the one that
/// its organisations leave. A treaty too short for the provision is out of the question, and one without the noun that
/// the provision ends in: "Article 51 of the Charter" is never NATO's. It marks the treaty as inferred. Where several are left it is no entity and stays a mention.
pub(super) fn resolve(
    text: &str,
    sentences: &[Span],
    mentions: &[Mention],
    organisations: &[Organisation],
    gazetteer: &Gazetteer,
) -> Vec<Treaty> {
    let mut treaties: Vec<Treaty> = Vec::new();
    let mut bare: Vec<(Mention, Vec<Provision>)> = Vec::new();
    for &mention in mentions {
        let parsed = provision::parse(&text[mention.span]);
        if parsed.treaty.is_empty() {
            bare.push((mention, parsed.provisions));
            continue;
        }
        let facts = identify(parsed.treaty, gazetteer);
        let place = place(&mut treaties, parsed.treaty, facts);
        join(&mut treaties[place], mention, parsed.provisions);
    }
    let named = treaties.len(); // what is inferred is no ground to infer more
    for (mention, provisions) in bare {
        let has_noun = |name: &str| has_noun_of(name, &text[mention.span]);
        let is_able = |treaty: &Treaty| has_noun(&treaty.name) && may_have(treaty, &provisions, gazetteer);
        let able: Vec<usize> = (0..named).filter(|&i| is_able(&treaties[i])).collect();
        let may_be = |facts: &TreatyFacts| has_noun(&facts.name) && facts.may_have(&provisions);
        let place = bearer(&treaties[..named], &provisions).or_else(|| match *able {
            [] => {
                let facts = founding(organisations, may_be, gazetteer)?;
                Some(place(&mut treaties, "", Some(facts)))
            }
            [only] => {
                let sentence = sentence_of(sentences, mention);
                let here = organisations.iter().filter(|one| is_named_in(one, sentence));
                (!is_contested(&treaties[only], here, may_be, gazetteer)).then_some(only)
            }
            _ => None,
        });
        if let Some(place) = place {
            treaties[place].inferred = true;
            join(&mut treaties[place], mention, provisions);
            treaties[place].mentions.sort_by_key(|mention| mention.span);
        }
    }
    treaties.sort_by_key(|treaty| treaty.mentions[0].span);
    treaties
}

/// Whether a treaty's name has the noun that a bare provision ends in: "Chapter VII of the Charter" is of no covenant.
fn has_noun_of(name: &str, bare: &str) -> bool {
    let noun = provision::treaty_noun(bare).unwrap_or("Treaty");
    noun == "Treaty" || name.to_lowercase().contains(&noun.to_lowercase())
}

/// The place of the one treaty of which the text already names these provisions.
fn bearer(treaties: &[Treaty], provisions: &[Provision]) -> Option<usize> {
    let bears = |treaty: &Treaty| provisions.iter().all(|provision| treaty.provisions.contains(provision));
    let mut bearers = (0..treaties.len()).filter(|&place| bears(&treaties[place]));
    bearers.next().filter(|_| bearers.next().is_none() && !provisions.is_empty())
}

/// Whether a treaty is long enough for the provisions, as far as its length is known: NATO's has no Article 50.
fn may_have(treaty: &Treaty, provisions: &[Provision], gazetteer: &Gazetteer) -> bool {
    let facts = treaty.id().and_then(|id| gazetteer.treaty_facts(id));
    facts.is_none_or(|facts| facts.may_have(provisions))
}

/// The one treaty that all organisations with a treaty of their own have, of those that it may be.
fn founding<'a>(
    organisations: &[Organisation],
    may_be: impl Fn(&TreatyFacts) -> bool,
    gazetteer: &'a Gazetteer,
) -> Option<&'a TreatyFacts> {
    let of_body = |organisation: &Organisation| gazetteer.treaty_of(organisation.id()?);
    let mut founding = organisations.iter().filter_map(of_body).filter(|facts| may_be(facts));
    let first = founding.next()?;
    founding.all(|other| other.id == first.id).then_some(first)
}

/// Whether organisations of the sentence have treaties of their own that it may be, and none of them is this one.
fn is_contested<'a>(
    treaty: &Treaty,
    here: impl Iterator<Item = &'a Organisation>,
    may_be: impl Fn(&TreatyFacts) -> bool,
    gazetteer: &Gazetteer,
) -> bool {
    let founding = here.filter_map(|one| gazetteer.treaty_of(one.id()?)).filter(|facts| may_be(facts));
    let mut founding = founding.peekable();
    founding.peek().is_some() && founding.all(|facts| treaty.id.as_deref() != Some(&facts.id))
}

fn is_named_in(organisation: &Organisation, sentence: Span) -> bool {
    organisation.mentions.iter().any(|mention| sentence.contains(mention.span))
}

/// The sentence that a mention stands in; the mention itself where it goes over the end of one.
fn sentence_of(sentences: &[Span], mention: Mention) -> Span {
    let after = sentences.partition_point(|sentence| sentence.end() < mention.span.end());
    sentences.get(after).copied().filter(|sentence| sentence.contains(mention.span)).unwrap_or(mention.span)
}

fn identify<'a>(surface: &str, gazetteer: &'a Gazetteer) -> Option<&'a TreatyFacts> {
    let by_body = |name: &str| gazetteer.organisation(name).and_then(|facts| gazetteer.treaty_of(&facts.id));
    let of_body = || by_body(body_of(surface)).filter(|facts| is_called(facts, surface));
    gazetteer.treaty(surface).or_else(|| by_body(surface)).or_else(of_body)
}

/// Whether an organisation's treaty is called by the last word of a surface: a founding treaty may always be a treaty or
/// a charter, a convention or an agreement only where its name says so. "United Nations Convention" is not the Charter.
fn is_called(treaty: &TreatyFacts, surface: &str) -> bool {
    let noun = surface.rsplit(' ').next().unwrap_or("").to_lowercase();
    matches!(noun.as_str(), "treaty" | "charter") || treaty.name.to_lowercase().contains(&noun)
}

/// The organisation in front of what its treaty is called: `NATO` of `NATO's founding treaty`.
fn body_of(surface: &str) -> &str {
    let end = surface.find("'s ").or_else(|| surface.find("’s ")).or_else(|| surface.rfind(' '));
    end.map_or(surface, |end| &surface[..end])
}

/// The treaty's place in the list, at the end where it is new.
fn place(treaties: &mut Vec<Treaty>, surface: &str, facts: Option<&TreatyFacts>) -> usize {
    let named = facts.map_or_else(|| Treaty::unlisted(one_line(surface)), TreatyFacts::treaty);
    let is_same = |treaty: &Treaty| treaty.id == named.id && fold(&treaty.name) == fold(&named.name);
    treaties.iter().position(is_same).unwrap_or_else(|| {
        treaties.push(named);
        treaties.len() - 1
    })
}

fn join(treaty: &mut Treaty, mention: Mention, provisions: Vec<Provision>) {
    treaty.mentions.push(mention);
    for provision in provisions {
        if !treaty.provisions.contains(&provision) {
            treaty.provisions.push(provision);
        }
    }
}

#[cfg(all(test, feature = "embedded-gazetteer"))]
mod tests {
    use super::*;
    use crate::mention::{EntityKind, Source};
    use crate::resolve::organisation;
    use crate::sentence;

    /// The treaties of a text in which `[…]` marks a treaty and `{…}` an organisation: each with its provisions, a bare
    /// one's treaty with a question mark.
    fn treaties(marked: &str) -> Vec<String> {
        let (mut text, mut start) = (String::new(), 0);
        let (mut named, mut organisations) = (Vec::new(), Vec::new());
        for c in marked.chars() {
            let mention = |kind, text: &str| Mention::new(Span::new(start, text.len()), kind, 1.0, Source::Model);
            match c {
                '[' | '{' => start = text.len(),
                ']' => named.push(mention(EntityKind::Treaty, &text)),
                '}' => organisations.push(mention(EntityKind::Organisation, &text)),
                other => text.push(other),
            }
        }
        let gazetteer = Gazetteer::embedded();
        let organisations = organisation::resolve(&text, &organisations, &gazetteer);
        let treaties = resolve(&text, &sentence::split(&text), &named, &organisations, &gazetteer);
        let row = |treaty: &Treaty| {
            let provisions: Vec<String> = treaty.provisions.iter().map(Provision::id).collect();
            let mark = if treaty.inferred { "?" } else { "" };
            format!("{}#{}{mark}", treaty.id().unwrap_or("none"), provisions.join(","))
        };
        treaties.iter().map(row).collect()
    }

    #[test]
    fn a_bare_provision_belongs_to_the_one_candidate_and_says_so() {
        let cases = [
            ("{NATO} met on [Article 4]. Later [Article 5] came up.", "north-atlantic-treaty#art4,art5?"),
            ("The {UN} and its {Security Council} used [Chapter VII].", "united-nations-charter#ch7?"),
            ("The [Treaty of Elbonia] was read: [Article 2] too.", "none#art2?"),
            ("The [UN Charter] stands. They used [Chapter VII].", "united-nations-charter#ch7?"),
            ("The {EU} and {NATO} cited [Article 5]; the [Washington Treaty]...", "north-atlantic-treaty#art5?"),
            ("The {EU} met. The [Washington Treaty] stands. It has [Article 5].", "north-atlantic-treaty#art5?"),
            ("[Article 4 of the Washington Treaty] binds.", "north-atlantic-treaty#art4"),
            ("The {UN} used [Chapter VII of the Charter].", "united-nations-charter#ch7?"),
            ("The [Paris Agreement] has [Article 2 of the Agreement].", "paris-agreement#art2?"),
            ("{NATO} and the {EU} spoke of [Article 50].", "treaty-on-european-union#art50?"),
            ("The {UN} and the {EU} spoke of [Article 99].", "united-nations-charter#art99?"),
            ("The {UN} heard {NATO} on [Article 51 of the Charter].", "united-nations-charter#art51?"),
        ];
        for (text, expected) in cases {
            assert_eq!(treaties(text), [expected], "{text}");
        }
    }

    #[test]
    fn a_bare_provision_belongs_to_none_of_several_candidates() {
        let cases: [(&str, &[&str]); 10] = [
            ("{NATO} spoke of [Article 50].", &[]),
            ("The [Washington Treaty] stands; [Articles 5 to 50] too.", &["north-atlantic-treaty#"]),
            ("The {OSCE} cited [Chapter VIII of the Charter].", &[]),
            ("The [Paris Agreement] cites [Article 2 of the Covenant].", &["paris-agreement#"]),
            ("{NATO} and the {UN} spoke of [Article 5].", &[]),
            ("{NATO} and the {EU} spoke of [Article 50], then of [Article 5].", &["treaty-on-european-union#art50?"]),
            ("[Article 5] was read out.", &[]),
            ("The [Paris Agreement] stands. {NATO} met on [Article 4].", &["paris-agreement#"]),
            ("The [New START] and the [Paris Agreement] end; [Article 3] too.", &["new-start#", "paris-agreement#"]),
            (
                "[Article 4 of New START], [Article 4 of the UN Charter], [Article 4].",
                &["new-start#art4", "united-nations-charter#art4"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(treaties(text), expected, "{text}");
        }
    }

    #[test]
    fn of_several_treaties_the_one_that_the_text_ties_to_the_provision_bears_it() {
        let text = "[Article 4 of New START] and the [Paris Agreement]: [Article 4], [Article 9], [Article 17].";
        assert_eq!(treaties(text), ["new-start#art4?", "paris-agreement#art17?"]);
        let text = "The [Washington Treaty] and the [UN Charter]: {NATO} cited [Article 51 of the Charter].";
        assert_eq!(treaties(text), ["north-atlantic-treaty#", "united-nations-charter#art51?"]);
    }

    #[test]
    fn an_organisation_s_treaty_has_the_noun_that_it_is_called_by() {
        assert_eq!(treaties("[NATO's founding charter]"), ["north-atlantic-treaty#"]);
        assert_eq!(treaties("[UN Charter], [U.N. treaty]"), ["united-nations-charter#"]);
        assert_eq!(treaties("[United Nations Convention]"), ["none#"]);
    }

    #[test]
    fn a_listed_treaty_brings_its_facts() {
        let gazetteer = Gazetteer::embedded();
        let named = Mention::new(Span::new(4, 13), EntityKind::Treaty, 1.0, Source::Model);
        let treaty = &resolve("The New START ends.", &[], &[named], &[], &gazetteer)[0];
        assert_eq!((treaty.year(), treaty.unts(), treaty.parties().len()), (Some(2010), None, 2));
        assert_eq!(gazetteer.treaty_by_id("new-start").unwrap().parties(), treaty.parties());
        assert!(gazetteer.treaty_by_id("New START").is_none());
    }
}
