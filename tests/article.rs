//! The article that the first command of the README labels comes out as the README shows it.
#![cfg(all(feature = "embedded-model", feature = "embedded-gazetteer"))]

use attache::Recognizer;

#[test]
fn the_built_in_article_comes_out_as_the_readme_shows() {
    let document = Recognizer::new().unwrap().recognize(include_str!("../examples/texts/border.txt"));
    let treaties: Vec<(Option<&str>, String)> =
        document.treaties().iter().map(|treaty| (treaty.id(), format!("{:?}", treaty.provisions()))).collect();
    let ids: Vec<Option<&str>> = treaties.iter().map(|(id, _)| *id).collect();
    let expected = [
        "north-atlantic-treaty",
        "refugee-convention",
        "european-convention-on-human-rights",
        "united-nations-charter",
    ];
    assert_eq!(ids, expected.map(Some), "{treaties:?}");
    let people: Vec<&str> = document.people().iter().map(|person| person.name()).collect();
    assert_eq!(people[..3], ["Mateusz Morawiecki", "Alexander Lukashenko", "Jens Stoltenberg"]);
    let countries: Vec<&str> = document.countries().iter().map(|country| country.alpha2()).collect();
    assert_eq!(countries.len(), 15, "{countries:?}");
}
