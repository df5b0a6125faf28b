//! Any text gives a whole document, and no document depends on what is read beside it.
#![cfg(all(feature = "embedded-model", feature = "embedded-gazetteer"))]

use std::sync::LazyLock;

use attache::{Document, EntityKind, Recognizer};

static MODEL: LazyLock<Recognizer> = LazyLock::new(|| with_threads(1));

static GAZETTEER: LazyLock<Recognizer> = LazyLock::new(|| {
    Recognizer::builder().gazetteer_only().kinds(EntityKind::ALL).build().expect("the tables are in the binary")
});

/// Names of every kind, in sentences of every sort that a batch may hold.
const NEWS: [&str; 8] = [
    "Chancellor Olaf Scholz flew from Berlin to Accra, where Ghana's Nana Akufo-Addo met him.",
    "NATO will not invoke Article 5 of the North Atlantic Treaty, Jens Stoltenberg said.",
    "Zürich\u{a0}– the Red Cross and 中国 signed nothing 😀.\r\n\r\nThe U.S. did.",
    "",
    "BOLIVIA QUITS THE ANDEAN COMMUNITY",
    "in tashkent the uzbek foreign minister met a delegation from japan",
    "Peruvian and Chilean lawyers argued before the International Court of Justice in The Hague.",
    "Nothing of note happened.",
];

fn with_threads(threads: usize) -> Recognizer {
    Recognizer::builder().kinds(EntityKind::ALL).threads(threads).build().expect("the model is in the binary")
}

/// Texts that no reporter wrote.
fn bad_input() -> Vec<(&'static str, String)> {
    vec![
        ("empty", String::new()),
        ("spaces", " \t \u{a0}\n\u{3000} \r\n ".to_owned()),
        ("emoji", "😀👩‍👩‍👧🇵🇱🇱🇹🏴󠁧󠁢󠁳󠁣󠁴󠁿😀".to_owned()),
        ("a word of a megabyte", "x".repeat(1 << 20)),
        ("a capital word of a megabyte", "É".repeat(1 << 19)),
        ("NUL bytes", "Poland\0 and \0\0Latvia\0 turned\0to NATO.\0".to_owned()),
        (
            "control characters",
            "\u{1}Peru\u{7f} left\u{85} the \u{feff}EU\u{2028}Chile\u{2029}did not\u{ad}.".to_owned(),
        ),
        ("CRLF", "Poland\r\nsigned.\r\n\r\n\r\nLatvia\rdid\n\rnot.\r\n".to_owned()),
        ("right to left", "قالت بولندا إن حلف الناتو. אמר שר החוץ של ישראל: \u{202b}NATO\u{202c} ו-EU.".to_owned()),
        ("Russian", "Президент Польши Анджей Дуда встретился в Киеве с Владимиром Зеленским. НАТО молчит.".to_owned()),
        ("Chinese", "中国外交部发言人在北京说，联合国宪章第七章不适用。欧盟没有回应。".to_owned()),
        ("combining marks", format!("Po\u{301}land e{} Peru", "\u{301}".repeat(2000))),
        ("punctuation", "....!!!???(((((\"\"\"''''---[[[[]]]]))))…—–·•".repeat(10)),
        ("full stops", ".".repeat(600)),
        ("one letter each", "A. B. C. D. U. S. N. A. T. O. ".repeat(12)),
        ("Article 5", "Article 5 of Article 5 of the Article 5 and Articles 4, 5, , and of of NATO's".to_owned()),
        ("joiners", "Po\u{200d}land \u{200b}NATO\u{200b} U\u{200c}N".to_owned()),
    ]
}

/// What holds of every document.
fn check(document: &Document, text: &str, name: &str) {
    assert_eq!(document.text(), text, "{name}");
    let mut end = 0;
    for mention in document.mentions() {
        let span = mention.span;
        assert!(end <= span.start() && span.start() < span.end(), "{name}: {span:?} after {end}");
        assert!(text.is_char_boundary(span.start()) && text.is_char_boundary(span.end()), "{name}: {span:?}");
        assert_eq!(document.surface(mention).trim(), document.surface(mention), "{name}: {span:?}");
        assert!((0.0..=1.0).contains(&mention.score), "{name}: {mention:?}");
        end = span.end();
    }
    let mut end = 0;
    for sentence in document.sentences() {
        assert!(end <= sentence.start() && sentence.end() <= text.len(), "{name}: {sentence:?} after {end}");
        end = sentence.end();
    }
    for entity in document.entities() {
        assert!(!entity.mentions().is_empty(), "{name}: {entity:?}");
        assert!(entity.mentions().iter().all(|mention| mention.span.end() <= text.len()), "{name}: {entity:?}");
    }
}

#[test]
fn any_text_gives_a_whole_document() {
    for (name, text) in bad_input() {
        for recognizer in [&*MODEL, &*GAZETTEER] {
            check(&recognizer.recognize(&text), &text, name);
        }
    }
}

#[test]
fn any_text_is_read_in_a_batch_as_it_is_alone() {
    let (names, texts): (Vec<&str>, Vec<String>) = bad_input().into_iter().unzip();
    for ((name, text), document) in names.iter().zip(&texts).zip(MODEL.recognize_batch(&texts)) {
        assert_eq!(document, MODEL.recognize(text), "{name}");
    }
    assert!(MODEL.recognize_batch::<&str>(&[]).is_empty());
}

#[test]
fn names_are_found_between_nul_bytes_and_across_line_ends() {
    let document = MODEL.recognize("Poland\0 said.\r\n\r\nLatvia\r\nagreed with NATO.\r\n");
    let surfaces: Vec<&str> = document.mentions().iter().map(|mention| document.surface(mention)).collect();
    assert_eq!(surfaces, ["Poland", "Latvia", "NATO"]);
}

/// Dull sentences, then one that names a country.
fn long_text(bytes: usize, last: &str) -> String {
    const DULL: &str = "Nothing else was said about it that day, and the rain went on. ";
    format!("{}{last}", DULL.repeat(bytes / DULL.len()))
}

#[test]
fn an_entity_in_the_last_sentence_of_a_megabyte_is_found() {
    let text = long_text(1 << 20, "Then Uruguay joined the Chemical Weapons Convention.");
    let document = GAZETTEER.recognize(&text);
    assert_eq!(document.countries()[0].alpha2(), "UY");
    assert_eq!(document.treaties()[0].id(), Some("chemical-weapons-convention"));
    assert_eq!(document.mentions()[0].span.start(), text.find("Uruguay").unwrap());
}

#[test]
fn the_model_reads_a_long_document_to_its_end() {
    let text = long_text(1 << 13, "Then a Mr Ebenezer Quill of Uruguay spoke.");
    let document = MODEL.recognize(&text);
    assert_eq!(document.people()[0].name(), "Ebenezer Quill");
    assert_eq!(document.countries()[0].alpha2(), "UY");
    assert_eq!(document.fallback(), None);
}

/// `count` texts of one sentence to `most`, no two alike.
fn many(count: usize, most: usize) -> Vec<String> {
    let text = |i: usize| {
        let sentences: Vec<String> =
            (0..i % most + 1).map(|j| format!("{} ({})", NEWS[(i * 5 + j) % NEWS.len()], i * 100 + j)).collect();
        sentences.join(if i.is_multiple_of(2) { "\n\n" } else { " " })
    };
    (0..count).map(text).collect()
}

/// The scores of a document, to the bit.
fn bits(document: &Document) -> Vec<u32> {
    document.mentions().iter().map(|mention| mention.score.to_bits()).collect()
}

#[track_caller]
fn assert_same(found: &Document, expected: &Document) {
    assert_eq!(bits(found), bits(expected), "{}", expected.text());
    assert_eq!(found, expected);
}

#[test]
fn a_document_is_the_same_alone_and_among_others_on_one_thread_and_on_two() {
    let text = NEWS.join(" ");
    let alone = MODEL.recognize(&text);
    assert!(alone.mentions().len() > 15, "{alone:?}");
    let mut texts = many(64, 3);
    texts.insert(31, text.clone());
    for threads in [1, 2] {
        let recognizer = with_threads(threads);
        assert_same(&recognizer.recognize(&text), &alone);
        assert_same(&recognizer.recognize_batch(&texts)[31], &alone);
    }
}

#[test]
fn two_hundred_texts_in_one_call_are_two_hundred_calls() {
    let texts = many(200, 1);
    let together = with_threads(2).recognize_batch(&texts);
    assert_eq!(together.len(), texts.len());
    for (text, document) in texts.iter().zip(&together) {
        assert_same(document, &MODEL.recognize(text));
    }
}

#[test]
fn texts_beyond_one_group_keep_their_order() {
    let texts = [long_text(700_000, "Peru signed."), "Chad did not.".to_owned(), long_text(700_000, "Mali left.")];
    let documents = GAZETTEER.recognize_batch(&texts);
    let codes: Vec<&str> = documents.iter().map(|document| document.countries()[0].alpha2()).collect();
    assert_eq!(codes, ["PE", "TD", "ML"]);
}

#[test]
fn eight_threads_share_one_recognizer_and_its_clones() {
    let expected: Vec<Document> = NEWS.iter().map(|text| MODEL.recognize(text)).collect();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (clone, expected) = (MODEL.clone(), &expected);
            scope.spawn(move || {
                let recognizer = if thread % 2 == 0 { &*MODEL } else { &clone };
                for i in 0..NEWS.len() {
                    let i = (i + thread) % NEWS.len();
                    assert_same(&recognizer.recognize(NEWS[i]), &expected[i]);
                }
            });
        }
    });
}

#[test]
fn a_document_survives_json() {
    for text in [NEWS.join(" "), String::new()] {
        for recognizer in [&*MODEL, &*GAZETTEER] {
            let document = recognizer.recognize(&text);
            let json = serde_json::to_string(&document).unwrap();
            assert_same(&serde_json::from_str(&json).unwrap(), &document);
        }
    }
}

#[test]
fn fewer_kinds_and_a_higher_score_only_leave_mentions_out() {
    let text = NEWS.join(" ");
    let all = MODEL.recognize(&text);
    let builder = || Recognizer::builder().kinds([EntityKind::Country, EntityKind::Nationality]);
    let some = builder().min_score(0.9).build().unwrap().recognize(&text);
    assert!(!some.mentions().is_empty());
    assert!(some.mentions().iter().all(|mention| all.mentions().contains(mention)));
    assert!(some.mentions().iter().all(|mention| mention.score >= 0.9));
    let none = builder().min_score(1.0).gazetteer_only().build().unwrap().recognize("");
    assert!(none.mentions().is_empty());
}
