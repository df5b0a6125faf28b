use proptest::prelude::*;

use super::*;

fn message(notation: &str) -> String {
    parse(notation).unwrap_err().to_string()
}

#[test]
fn all_four_marks_are_read() {
    let gold = parse("[A](Person) [B](Country=PL) [C](Person@c) [D](Treaty=t#art42(7)@d)").unwrap();
    assert_eq!(gold.text, "A B C D");
    let read: Vec<_> = gold.annotations.iter().map(|a| (a.kind, a.id.as_deref(), a.cluster.as_deref())).collect();
    assert_eq!(
        read,
        [
            (EntityKind::Person, None, None),
            (EntityKind::Country, Some("PL"), None),
            (EntityKind::Person, None, Some("c")),
            (EntityKind::Treaty, Some("t#art42(7)"), Some("d")),
        ]
    );
}

#[test]
fn doubled_brackets_belong_to_the_text() {
    let gold = parse("[[x]] [[[Türkei]]\r\n😀](Country)]]").unwrap();
    assert_eq!(gold.text, "[x] [Türkei]\r\n😀]");
    assert_eq!(&gold.text[gold.annotations[0].span], "Türkei]\r\n😀");
}

#[test]
fn each_malformed_mark_says_where_and_why() {
    assert_eq!(message("a [b"), "line 1, column 5: expected \"]\" after the labelled text, found the end");
    assert_eq!(message("ü\n😀 [b] c"), "line 2, column 6: expected \"(Kind)\" after the labelled text, found \" c\"");
    assert_eq!(message("[b]"), "line 1, column 4: expected a mark such as [text](Kind=id@cluster), found the end");
    assert_eq!(message("a ] b"), "line 1, column 3: expected \"]]\" for a bracket of the text, found \"] b\"");
    assert_eq!(message("[](Person)"), "line 1, column 2: expected text in the brackets, found \"](Person)\"");
    assert_eq!(
        message("[a [b](Person)](Person)"),
        "line 1, column 4: expected \"]\" after the labelled text, found \"[b](Person)](Person)\""
    );
    assert_eq!(
        message("[b](person)"),
        "line 1, column 5: expected Person, Country, Organisation, Treaty, Location or Nationality, found \"person\""
    );
    assert_eq!(message("[b](Country=)"), "line 1, column 12: expected an identifier after \"=\", found \"=)\"");
    assert_eq!(message("[b](Person@)"), "line 1, column 11: expected one cluster after \"@\", found \"@)\"");
    assert_eq!(message("[b](Person@a@b)"), "line 1, column 11: expected one cluster after \"@\", found \"@a@b)\"");
    assert_eq!(
        message("[b](Country=P L)"),
        "line 1, column 14: expected \")\", as no mark holds white space after its kind, found \" L)\""
    );
    assert_eq!(
        message("[b](Treaty=t#art42(7)"),
        "line 1, column 1: expected a mark such as [text](Kind=id@cluster), found \"[b](Treaty=t#art42(7\""
    );
}

#[test]
fn a_bad_line_of_many_is_named() {
    let error = parse_lines("wire\t[Oslo](Location)\n\nwire\t[Oslo\n").unwrap_err();
    assert_eq!(error.to_string(), "line 3, column 11: expected \"]\" after the labelled text, found the end");
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let message = |start, end, id: Option<&str>| {
        let annotation =
            Annotation { id: id.map(str::to_owned), ..Annotation::new(Span::new(start, end), EntityKind::Country) };
        write(&Annotated { text: "[ü]".into(), annotations: vec![annotation] }).unwrap_err().to_string()
    };
    assert_eq!(
        message(1, 2, None),
        "Country at bytes 1 to 2: expected a span of the text, found one outside it or inside a character"
    );
    assert_eq!(message(1, 1, None), "Country at bytes 1 to 1: expected a span of text, found an empty one");
    assert_eq!(
        message(0, 3, None),
        "Country at bytes 0 to 3: expected a span that does not start with \"[\", found one that does"
    );
    assert_eq!(
        message(1, 3, Some("a)b")),
        "Country at bytes 1 to 3: expected an identifier without white space, \"@\" or a lone parenthesis, \
         found one with it, or \"\""
    );
}

#[test]
fn overlapping_spans_cannot_be_written() {
    let annotation = |start, end| Annotation::new(Span::new(start, end), EntityKind::Person);
    let annotated = Annotated { text: "abc".into(), annotations: vec![annotation(0, 2), annotation(1, 3)] };
    assert!(write(&annotated).unwrap_err().to_string().contains("sorted spans that do not overlap"));
}

prop_compose! {
    fn annotation()(kind in 0..6_usize, id in proptest::option::of("[A-Za-z#,é]{1,5}(\\([0-9]\\))?"),
                    cluster in proptest::option::of("[a-z]{1,4}(\\(x\\))?")) -> (EntityKind, Option<String>, Option<String>) {
        (EntityKind::ALL[kind], id, cluster)
    }
}

/// Text with or without a mark on it, piece by piece.
fn annotated() -> impl Strategy<Value = Annotated> {
    let piece = ("[\\[\\]() a-cü中😀\n\r\u{a0}]{0,6}", "[\\[\\]() a-cü中😀]{1,6}", annotation());
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| {
        let mut annotated = Annotated::default();
        for (between, surface, (kind, id, cluster)) in pieces {
            annotated.text.push_str(&between);
            let start = annotated.text.len();
            annotated.text.push_str(&surface);
            if !surface.starts_with('[') {
                let span = Span::new(start, annotated.text.len());
                annotated.annotations.push(Annotation { span, kind, id, cluster });
            }
        }
        annotated
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(annotated in annotated()) {
        let notation = write(&annotated).unwrap();
        prop_assert_eq!(&parse(&notation).unwrap(), &annotated);
        prop_assert_eq!(write(&parse(&notation).unwrap()).unwrap(), notation);
    }

    #[test]
    fn no_text_makes_the_reader_panic(notation in "[\\[\\]()=@ A-Za-zü\n]{0,40}") {
        if let Ok(annotated) = parse(&notation) {
            let read_again = parse(&write(&annotated).unwrap()).unwrap();
            prop_assert_eq!(read_again, annotated);
        }
    }
}
