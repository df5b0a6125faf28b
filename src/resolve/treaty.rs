//! Which treaty, and which of its provisions.

use crate::entity::{Organisation, Provision, Treaty};
use crate::gazetteer::{Gazetteer, TreatyFacts};
use crate::mention::Mention;
use crate::provision;
use crate::resolve::person::one_line;
use crate::resolve::spelling::fold;

/// The treaties of the mentions, in the order of first mentions.
///
/// A mention that names a treaty, or the organisation whose founding treaty it is, gives its identity. A bare
/// provision belongs to the one treaty of which the text names it elsewhere, else to the one that the document names, or, where it names none, to the one that its
/// organisations leave; it marks the treaty as inferred. Where several are left it is no entity and stays a mention.
pub(super) fn resolve(
    text: &str,
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
    for (mention, provisions) in bare {
        let place = bearer(&treaties, &provisions).or_else(|| candidate(&mut treaties, organisations, gazetteer));
        if let Some(place) = place {
            treaties[place].inferred = true;
            join(&mut treaties[place], mention, provisions);
            treaties[place].mentions.sort_by_key(|mention| mention.span);
        }
    }
    treaties.sort_by_key(|treaty| treaty.mentions[0].span);
    treaties
}

/// The place of the one treaty of which the text already names these provisions.
fn bearer(treaties: &[Treaty], provisions: &[Provision]) -> Option<usize> {
    let bears = |treaty: &Treaty| provisions.iter().all(|provision| treaty.provisions.contains(provision));
    let mut bearers = (0..treaties.len()).filter(|&place| bears(&treaties[place]));
    bearers.next().filter(|_| bearers.next().is_none() && !provisions.is_empty())
}

/// The place of the one treaty that a bare provision can belong to.
fn candidate(treaties: &mut Vec<Treaty>, organisations: &[Organisation], gazetteer: &Gazetteer) -> Option<usize> {
    if !treaties.is_empty() {
        return (treaties.len() == 1).then_some(0);
    }
    let bodies = organisations.iter().filter_map(|organisation| gazetteer.treaty_of(organisation.id()?));
    let mut left: Vec<&TreatyFacts> = bodies.collect();
    left.dedup_by_key(|facts| &facts.id);
    let [facts] = left.as_slice() else { return None };
    Some(place(treaties, &facts.name, Some(facts)))
}

fn identify<'a>(surface: &str, gazetteer: &'a Gazetteer) -> Option<&'a TreatyFacts> {
    let by_body = |name: &str| gazetteer.organisation(name).and_then(|facts| gazetteer.treaty_of(&facts.id));
    gazetteer.treaty(surface).or_else(|| by_body(surface)).or_else(|| by_body(body_of(surface)))
}

/// The organisation in front of what its treaty is called: `NATO` of `NATO's founding treaty`.
fn body_of(surface: &str) -> &str {
    let end = surface.find("'s ").or_else(|| surface.find("’s ")).or_else(|| surface.rfind(' '));
    end.map_or(surface, |end| &surface[..end])
}

/// The treaty's place in the list, at the end where it is new.
fn place(treaties: &mut Vec<Treaty>, surface: &str, facts: Option<&TreatyFacts>) -> usize {
    let name = facts.map_or_else(|| one_line(surface), |facts| facts.name.to_string());
    let id = facts.map(|facts| facts.id.to_string());
    let is_same = |treaty: &Treaty| treaty.id == id && fold(&treaty.name) == fold(&name);
    treaties.iter().position(is_same).unwrap_or_else(|| {
        let year = facts.and_then(|facts| facts.year);
        treaties.push(Treaty { id, name, year, provisions: Vec::new(), inferred: false, mentions: Vec::new() });
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
