//! Documents for the tests of rendering, made by hand: what a recogniser would give is not their concern.

use crate::document::{Document, Fallback};
use crate::entity::{Country, CountryForm, Organisation, Person, Provision, ProvisionUnit, Treaty};
use crate::mention::{EntityKind, Mention, Source};
use crate::span::Span;

/// A document with no mention.
pub(crate) fn bare(text: &str) -> Document {
    Document {
        text: text.to_owned(),
        sentences: lines(text),
        mentions: Vec::new(),
        people: Vec::new(),
        countries: Vec::new(),
        organisations: Vec::new(),
        treaties: Vec::new(),
        decisions: Vec::new(),
        fallback: None,
    }
}

/// Three sentences with every kind, two names of one country and a location that is no entity.
pub(crate) fn news() -> Document {
    let mut document = bare(
        "Ada Roth of the Oslo Pact Organisation told Türkiye that Article 4 of the Oslo Pact binds Polish crews.\n\
         Turkey and Poland asked Roth to come to 😀 Kraków, and the OPO agreed.\n\
         Poland did.",
    );
    let roth = vec![
        mark(&mut document, "Ada Roth", EntityKind::Person, Source::Model),
        mark(&mut document, "Roth", EntityKind::Person, Source::Alias),
    ];
    let opo = vec![
        mark(&mut document, "Oslo Pact Organisation", EntityKind::Organisation, Source::Gazetteer),
        mark(&mut document, "OPO", EntityKind::Organisation, Source::Gazetteer),
    ];
    let turkey = vec![
        mark(&mut document, "Türkiye", EntityKind::Country, Source::Gazetteer),
        mark(&mut document, "Turkey", EntityKind::Country, Source::Model),
    ];
    let poland = vec![
        mark(&mut document, "Polish", EntityKind::Nationality, Source::Gazetteer),
        mark(&mut document, "Poland", EntityKind::Country, Source::Model),
        mark(&mut document, "Poland", EntityKind::Country, Source::Model),
    ];
    let pact = vec![mark(&mut document, "Article 4 of the Oslo Pact", EntityKind::Treaty, Source::Grammar)];
    mark(&mut document, "Kraków", EntityKind::Location, Source::Model);
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    document.people.push(Person { id: None, name: "Ada Roth".into(), aliases: strings(&["Roth"]), mentions: roth });
    document.countries.push(country("TR", "TUR", "792", "Turkey", turkey));
    document.countries.push(country("PL", "POL", "616", "Poland", poland));
    document.organisations.push(Organisation {
        id: Some("oslo-pact-organisation".into()),
        name: "Oslo Pact Organisation".into(),
        acronym: Some("OPO".into()),
        aliases: strings(&["OPO"]),
        mentions: opo,
    });
    document.treaties.push(Treaty {
        id: Some("oslo-pact".into()),
        name: "Oslo Pact".into(),
        year: Some(1925),
        unts: Some("I-17".into()),
        parties: strings(&["PL", "TR"]),
        organisation: Some("oslo-pact-organisation".into()),
        provisions: vec![Provision::new(ProvisionUnit::Article, "4")],
        inferred: false,
        mentions: pact,
    });
    document
}

/// Text and names that would break a page, a column or a terminal that took them for more than text.
pub(crate) fn hostile() -> Document {
    let mut document = bare(
        "<script>alert('x')</script> & \"quoted\" by O'Neil\t<b>\u{0}\u{1b}[31m\u{9b}2J\n\
         \u{202e}evil \u{5e9}\u{5dc}\u{5d5}\u{5dd} zero\u{200b}width\u{feff} a\u{301}\r\n\u{1c}\u{301} -DOCSTART- O\n\
         \"><img src=x onerror=alert(1)> ]]> --> {{x}} &lt; left.",
    );
    document.fallback = Some(Fallback::EncoderFailed("<i>out of memory</i> & \"more\"".into()));
    let script = mark(&mut document, "<script>alert('x')</script>", EntityKind::Person, Source::Model);
    mark(&mut document, "O'Neil\t<b>\u{0}\u{1b}[31m\u{9b}2J", EntityKind::Person, Source::Model);
    mark(&mut document, "\u{5e9}\u{5dc}\u{5d5}\u{5dd}", EntityKind::Location, Source::Model);
    mark(&mut document, "zero\u{200b}width\u{feff}", EntityKind::Organisation, Source::Model);
    let image = mark(&mut document, "\"><img src=x onerror=alert(1)>", EntityKind::Organisation, Source::Model);
    let name = document.surface(&script).to_owned();
    document.people.push(Person { id: None, name: name.clone(), aliases: vec![name], mentions: vec![script] });
    let name = document.surface(&image).to_owned();
    document.organisations.push(Organisation {
        id: Some("\" onmouseover=\"alert(2)".into()),
        name: name.clone(),
        acronym: Some("<i>".into()),
        aliases: vec![name],
        mentions: vec![image],
    });
    document
}

/// Adds a mention at the first place where `surface` stands and no mention does.
pub(crate) fn mark(document: &mut Document, surface: &str, kind: EntityKind, source: Source) -> Mention {
    let spans = document.text.match_indices(surface).map(|(start, _)| Span::new(start, start + surface.len()));
    let is_free = |span: &Span| document.mentions.iter().all(|mention| !mention.span.overlaps(*span));
    let span = spans.into_iter().find(is_free).expect("the surface stands in the text");
    let mention = Mention::new(span, kind, 0.75, source);
    document.mentions.push(mention);
    document.mentions.sort_by_key(|mention| mention.span);
    mention
}

fn country(id: &str, alpha3: &str, numeric: &str, name: &str, mentions: Vec<Mention>) -> Country {
    let form = |mention: &Mention| match mention.kind {
        EntityKind::Nationality => CountryForm::Demonym,
        _ => CountryForm::Name,
    };
    let forms = mentions.iter().map(form).collect();
    let (id, alpha3, numeric, name) = (id.into(), alpha3.into(), numeric.into(), name.into());
    Country { id, alpha3, numeric, name, former: false, mentions, forms }
}

/// One sentence a line.
fn lines(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        spans.push(Span::new(start, start + line.trim_end_matches('\n').len()));
        start += line.len();
    }
    spans
}
