//! The gold document about the Belarus-Poland border of 2021, which is not part of this repository: the environment
//! variable `ATTACHE_GOLD` names the folder that holds it.
#![cfg(all(feature = "embedded-model", feature = "embedded-gazetteer"))]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use attache::evaluate::{self, Annotated, Pair, notation};
use attache::{Document, EntityKind, Recognizer};

const NAME: &str = "belarus-poland-border.md";

/// The gold with the default kinds and the document read from its text; `None` where there is no gold.
static READ: LazyLock<Option<(Annotated, Document)>> = LazyLock::new(|| {
    let Some(folder) = std::env::var_os("ATTACHE_GOLD") else {
        eprintln!("skipped: ATTACHE_GOLD names no folder of gold documents");
        return None;
    };
    let path = Path::new(&folder).join(NAME);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let gold = notation::parse(&text).unwrap().only(&EntityKind::DEFAULT);
    let document = Recognizer::new().unwrap().recognize(&gold.text);
    Some((gold, document))
});

#[test]
fn spans_and_kinds_are_right() {
    let Some((gold, document)) = &*READ else { return };
    let answer = Annotated::from(document);
    let (expected, found) = (marked(gold), marked(&answer));
    println!("only in gold: {:?}", expected.difference(&found).collect::<Vec<_>>());
    println!("only in the answer: {:?}", found.difference(&expected).collect::<Vec<_>>());
    let f1 = evaluate::strict(&[Pair::new(gold, &answer)]).all().f1();
    assert!(f1 >= 0.99, "strict F1 {f1:.4}");
}

fn marked(annotated: &Annotated) -> BTreeSet<(usize, &str, &str)> {
    let mark = |annotation: &evaluate::Annotation| {
        (annotation.span.start(), &annotated.text[annotation.span], annotation.kind.name())
    };
    annotated.annotations.iter().map(mark).collect()
}

#[test]
fn ten_countries_have_their_codes() {
    let Some((gold, document)) = &*READ else { return };
    let countries = gold.annotations.iter().filter(|annotation| annotation.kind == EntityKind::Country);
    let expected: BTreeSet<&str> = countries.map(|annotation| annotation.id.as_deref().unwrap()).collect();
    let found: BTreeSet<&str> = document.countries().iter().map(|country| country.alpha2()).collect();
    assert_eq!(expected.len(), 10);
    assert_eq!(found, expected);
}

#[test]
fn the_treaty_comes_with_its_article() {
    let Some((_, document)) = &*READ else { return };
    let treaties: Vec<_> = document.treaties().iter().filter_map(|treaty| treaty.id()).collect();
    assert_eq!(treaties, ["north-atlantic-treaty"]);
    let provisions: Vec<String> = document.treaties()[0].provisions().iter().map(ToString::to_string).collect();
    assert_eq!(provisions, ["Article 4"]);
}

#[test]
fn a_surname_and_a_full_name_are_one_person() {
    let Some((_, document)) = &*READ else { return };
    for surname in ["Lukashenko", "Lukashenka", "Morawiecki"] {
        let people: BTreeSet<&str> = document.people().iter().map(|person| person.name()).collect();
        let bearers = document
            .people()
            .iter()
            .filter(|person| person.mentions().iter().any(|mention| document.surface(mention).ends_with(surname)));
        assert_eq!(bearers.count(), 1, "{surname} among {people:?}");
    }
    let lukashenko = document.people().iter().find(|person| person.name().contains("Lukashenk")).unwrap();
    let surfaces: BTreeSet<&str> = lukashenko.mentions().iter().map(|mention| document.surface(mention)).collect();
    assert!(surfaces.iter().any(|surface| surface.ends_with('o')), "{surfaces:?}");
    assert!(surfaces.iter().any(|surface| surface.ends_with('a')), "{surfaces:?}");
}
