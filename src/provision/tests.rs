use super::*;

/// The provisions of a text in which the names between brackets are anchors: `[…]` a treaty, `{…}` an organisation.
fn found(marked: &str) -> Vec<String> {
    let (mut text, mut anchors, mut start) = (String::new(), Vec::new(), 0);
    for c in marked.chars() {
        match c {
            '[' | '{' => start = text.len(),
            ']' => anchors.push(Mention::new(Span::new(start, text.len()), EntityKind::Treaty, 1.0, Source::Model)),
            '}' => {
                let span = Span::new(start, text.len());
                anchors.push(Mention::new(span, EntityKind::Organisation, 1.0, Source::Model));
            }
            other => text.push(other),
        }
    }
    let words = Words::of(&text);
    let mentions = find(&words, 0..words.len(), &[&anchors], |mention| text[mention.span].starts_with("NA"));
    mentions.into_iter().map(|mention| text[mention.span].to_owned()).collect()
}

fn bares(text: &str) -> Vec<&str> {
    let words = Words::of(text);
    bare(&words, 0..words.len()).into_iter().map(|mention| &text[mention.span]).collect()
}

fn parsed(surface: &str) -> (String, &str) {
    let parsed = parse(surface);
    let ids: Vec<String> = parsed.provisions.iter().map(Provision::id).collect();
    (ids.join(","), parsed.treaty)
}

#[test]
fn a_provision_and_its_treaty_are_one_span() {
    let cases = [
        ("see Article 4 of {NATO}'s treaty.", "Article 4 of NATO's treaty"),
        ("Article 4 of {NATO}’s founding treaty", "Article 4 of NATO’s founding treaty"),
        ("{NATO} Article 4 talks", "NATO Article 4"),
        ("{NATO}'s Article 5", "NATO's Article 5"),
        ("Articles 4 and 5 of the [Oddly Treaty]", "Articles 4 and 5 of the Oddly Treaty"),
        ("under Art. 42(7) [TEU]", "Art. 42(7) TEU"),
        ("cited Article 8 {NACHR}, section 3", "Article 8 NACHR"),
        ("Article 8 {NACHR} and the Act", "Article 8 NACHR"),
        ("Chapter VII of the [U.N. Charter]", "Chapter VII of the U.N. Charter"),
        ("[U.N.] Article 51", "U.N. Article 51"),
        ("Protocol I additional to the [Oddly Conventions]", "Protocol I additional to the Oddly Conventions"),
        ("common Article 3 of the 1949 [Oddly Conventions]", "common Article 3 of the 1949 Oddly Conventions"),
        ("the preamble to the [UN Charter]", "preamble to the UN Charter"),
        ("paragraph 3 of Article 9 of the [Oddly Pact]", "paragraph 3 of Article 9 of the Oddly Pact"),
        ("[UN Charter], Article 51", "UN Charter, Article 51"),
        ("the [Oddly Treaty] (Article 436) and", "Oddly Treaty (Article 436)"),
        ("the [Oddly Treaty] (Articles 4 and 5 of Part II).", "Oddly Treaty (Articles 4 and 5 of Part II)"),
        ("from Schedule IV of the 1961 [Oddly Convention]", "Schedule IV of the 1961 Oddly Convention"),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), [expected], "{text}");
    }
}

#[test]
fn a_provision_of_anything_else_is_none() {
    for text in [
        "Article 370 of the Indian constitution",
        "Article II of the Constitution, [UN Charter]",
        "under Article 5 {NATO} members must help",
        "paragraph 15 of {NA Council} resolution 1214",
        "Article 2 of {NA Council} Regulation 12",
        "GDPR Article 17 and Section 230",
        "an article 5 pages long on the [Oddly Pact]",
        "{FIFA} Article 4, Article 5 of {FIFA}'s statutes",
        "[UN Charter]. Article 5 is another",
        "Article 5\n\n[UN Charter]",
        "the [Oddly Pact] (Article 5 is long)",
        "the [Oddly Pact] of Quill (Article 5)",
        "{NATO} (Article 5)",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn a_bare_provision_belongs_to_nothing_beside_it() {
    assert_eq!(
        bares("They may invoke Article 4. Article 5 too, and Chapter VII."),
        ["Article 4", "Article 5", "Chapter VII"]
    );
    assert_eq!(bares("under Chapter VII of the Charter"), ["Chapter VII of the Charter"]);
    assert_eq!(bares("Article 42 of Chapter VII of the Charter"), ["Article 42 of Chapter VII of the Charter"]);
    for text in [
        "Article 370 of the Indian constitution",
        "GDPR Article 17",
        "Section 230, Title IX, Part 4, Schedule 2",
        "an article 5 pages long",
        "Chapter 11 bankruptcy",
        "Article 4 of the Treaty on Rivers",
        "India's Article 370",
    ] {
        assert!(bares(text).is_empty(), "{text}: {:?}", bares(text));
    }
}

#[test]
fn a_bare_provision_may_say_that_it_is_a_treaty_s() {
    for (surface, expected) in [
        ("Chapter VII of the Charter", true),
        ("Article 9 of the Covenant", true),
        ("Article 9 of the covenant", false),
        ("Article 9 of the Statute", false),
        ("Article 9", false),
        ("", false),
    ] {
        assert_eq!(is_of_treaty(surface), expected, "{surface}");
    }
}

#[test]
fn a_surface_is_taken_apart() {
    let cases = [
        ("Article 4 of NATO's treaty", "art4", "NATO's treaty"),
        ("NATO's Article 5", "art5", "NATO"),
        ("Articles 4 and 5 of the Washington Treaty", "art4,art5", "Washington Treaty"),
        ("Art. 42(7) TEU", "art42(7)", "TEU"),
        ("Chapter VII of the U.N.", "ch7", "U.N."),
        ("Protocol I additional to the Oddly Conventions", "protocol1", "Oddly Conventions"),
        ("common Article 3 of the Oddly Conventions", "art3", "Oddly Conventions"),
        ("preamble to the UN Charter", "preamble", "UN Charter"),
        ("Articles 31–33", "art31-33", ""),
        ("Chapter VII of the Charter", "ch7", ""),
        ("UN Charter, Article 51", "art51", "UN Charter"),
        ("Oddly Treaty (1919) (Article 5 of Part XIII)", "art5,part13", "Oddly Treaty (1919)"),
        ("Oddly (AU) Treaty", "", "Oddly (AU) Treaty"),
        ("Treaty of Oddly", "", "Treaty of Oddly"),
        ("", "", ""),
    ];
    for (surface, ids, treaty) in cases {
        assert_eq!(parsed(surface), (ids.to_owned(), treaty), "{surface}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "(Article |Art\\. |of |the |[0-9]{1,3}|VII|\\(|\\)|–|, | and |NATO|’s |é|中|\n|[ -~]){0,12}") {
        let words = Words::of(&text);
        let anchors = [Mention::new(Span::new(0, text.len()), EntityKind::Treaty, 1.0, Source::Model)];
        let mut end = 0;
        let found = find(&words, 0..words.len(), &[&anchors], |_| true);
        for mention in found.into_iter().chain(bare(&words, 0..words.len())) {
            let _ = &text[mention.span];
            end = end.max(mention.span.end());
        }
        let parsed = parse(&text);
        proptest::prop_assert!(end <= text.len() && text.contains(parsed.treaty));
    }
}
