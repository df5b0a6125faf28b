//! News that never happened, of any length: sentences of 10 to 60 tokens with names in them, the same in every run.

/// Countries, each with its ISO 3166 code.
pub(crate) const COUNTRIES: [(&str, &str); 10] = [
    ("Poland", "PL"),
    ("Kenya", "KE"),
    ("Chile", "CL"),
    ("Japan", "JP"),
    ("Norway", "NO"),
    ("Brazil", "BR"),
    ("Vietnam", "VN"),
    ("Morocco", "MA"),
    ("Canada", "CA"),
    ("Estonia", "EE"),
];

const GIVEN: [&str; 8] = ["Anna", "Josef", "Maria", "Kwame", "Ingrid", "Pedro", "Hiroshi", "Leila"];
const FAMILY: [&str; 9] =
    ["Nowak", "Okafor", "Lindqvist", "Herrera", "Tanaka", "Benali", "Kallas", "Novotny", "Fairweather"];
const ORGANISATIONS: [&str; 7] =
    ["NATO", "the European Commission", "the World Bank", "Siemens", "the Red Cross", "Amnesty International", "OPEC"];
const TREATIES: [&str; 5] = [
    "the North Atlantic Treaty",
    "the Paris Agreement",
    "the Refugee Convention",
    "the Chemical Weapons Convention",
    "the Treaty on the Non-Proliferation of Nuclear Weapons",
];

/// P stands for a person, C for a country, O for an organisation, T for a treaty, each between braces.
const PATTERNS: [&str; 16] = [
    "{P} said on Tuesday that {C} would not sign.",
    "Officials in {C} declined to comment on the report.",
    "“Nobody asked us,” said {P}, who speaks for {O}.",
    "The talks between {C} and {C} broke down after two days, with both sides blaming each other for the delay.",
    "According to {O}, prices of wheat rose by 4.2 percent in March, the steepest increase since the drought.",
    "{P}, a former finance minister of {C}, is expected to lead the mission that {O} will send next month.",
    "It rained for most of the afternoon, and the square in front of the station was almost empty by six.",
    "Under Article 5 of {T}, members must be consulted before any such step, a spokesman for {O} said.",
    "Lawyers for {P} argued that the ruling went against {T}, which {C} ratified more than thirty years ago, and asked \
     the court to hear three more witnesses before the end of the week.",
    "The company, which employs some 12,000 people in {C}, said that it had been told of the inquiry by letter and that \
     it would help the investigators in every way it could, but that it saw no reason to close the plant.",
    "Few expected the vote to be close.",
    "{C} and {C} have both recalled their ambassadors, {P} told reporters, and neither has said when they will return.",
    "Since the spring, {O} has counted more than nine hundred crossings a week, most of them at night and most of them by \
     families with children who had walked for days through the hills north of the river.",
    "“We read {T} differently,” {P} said, adding that {C} would keep its word.",
    "The harbour, closed since the storm, should open again before the holidays, the mayor said, though the cranes on \
     its northern side will have to be replaced and the insurers have yet to agree on who is to pay for them.",
    "At the last meeting in June, {O} put off the decision until {C} had handed in its figures for the second quarter.",
];

/// Sentences of 10 to 60 tokens without end.
pub(crate) fn sentences() -> impl Iterator<Item = String> {
    let mut state = 1_u64;
    (0..).map(move |i: usize| fill(PATTERNS[(i + i / PATTERNS.len() * 5) % PATTERNS.len()], &mut state))
}

/// Paragraphs of five sentences, `count` sentences in all.
pub(crate) fn text(count: usize) -> String {
    let sentences: Vec<String> = sentences().take(count).collect();
    sentences.chunks(5).map(|paragraph| paragraph.join(" ")).collect::<Vec<_>>().join("\n\n")
}

/// The pattern with names in the place of its slots.
fn fill(pattern: &str, state: &mut u64) -> String {
    let mut parts = pattern.split('{');
    let mut sentence = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (slot, rest) = part.split_once('}').expect("a slot is closed");
        let name = match slot {
            "P" => format!("{} {}", pick(&GIVEN, state), pick(&FAMILY, state)),
            "C" => pick(&COUNTRIES, state).0.to_owned(),
            "O" => pick(&ORGANISATIONS, state).to_owned(),
            "T" => pick(&TREATIES, state).to_owned(),
            other => panic!("a slot of that name: {other}"),
        };
        sentence.push_str(&name);
        sentence.push_str(rest);
    }
    sentence
}

/// One of `items`, by Knuth's linear congruential generator (MMIX).
fn pick<T: Copy>(items: &[T], state: &mut u64) -> T {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    items[(*state >> 33) as usize % items.len()]
}
