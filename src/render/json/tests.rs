use serde_json::Value;

use super::*;
use crate::render::sample;

mod schema;

fn value(document: &Document, options: &JsonOptions<'_>) -> Value {
    serde_json::from_str(&json(document, options)).unwrap()
}

/// What the schema says is wrong with a value.
fn faults(value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let mut faults = Vec::new();
    schema::check(&schema, &schema, value, "", &mut faults);
    faults
}

#[test]
fn what_is_written_keeps_to_the_schema() {
    let former = {
        let mut document = sample::news();
        document.countries[0].id = "SUHH".into();
        document.countries[0].numeric = String::new();
        document.countries[0].former = true;
        document.treaties[0].id = None;
        document.treaties[0].year = None;
        document.treaties[0].unts = None;
        document.treaties[0].parties.clear();
        document.treaties[0].organisation = None;
        document.fallback = Some(Fallback::Asked);
        document
    };
    for document in [sample::news(), sample::hostile(), sample::bare(""), former] {
        for text in [TextField::Keep, TextField::Omit] {
            let options = JsonOptions { id: Some("a\"b"), text, offsets: Offsets::Utf16 };
            assert_eq!(faults(&value(&document, &options)), Vec::<String>::new());
            assert_eq!(faults(&value(&document, &JsonOptions::default())), Vec::<String>::new());
        }
    }
}

#[test]
fn the_schema_refuses_what_is_not_written() {
    let good = value(&sample::news(), &JsonOptions::default());
    let mut breaks: Vec<fn(&mut Value)> = Vec::new();
    breaks.push(|value| value["extra"] = 1.into());
    breaks.push(|value| value["entities"][0]["kind"] = "Planet".into());
    breaks.push(|value| value["entities"][0]["score"] = 2.into());
    breaks.push(|value| value["entities"][0]["start"] = (-1).into());
    breaks.push(|value| value["resolved"]["countries"][0]["alpha2"] = "POL".into());
    breaks.push(|value| value["resolved"]["treaties"] = Value::Null);
    breaks.push(|value| value["fallback"] = "Asked".into());
    for (i, change) in breaks.into_iter().enumerate() {
        let mut broken = good.clone();
        change(&mut broken);
        assert!(!faults(&broken).is_empty(), "break {i}");
    }
}

#[test]
fn entities_and_resolved_lists_point_at_each_other() {
    let value = value(&sample::news(), &JsonOptions::default());
    let lists = [
        ("Person", "people"),
        ("Country", "countries"),
        ("Nationality", "countries"),
        ("Organisation", "organisations"),
        ("Treaty", "treaties"),
    ];
    let mut pointed = 0;
    for (place, entity) in value["entities"].as_array().unwrap().iter().enumerate() {
        let Some(index) = entity.get("entity").and_then(Value::as_u64) else {
            assert_eq!(entity["kind"], "Location");
            continue;
        };
        let list = lists.iter().find(|(kind, _)| entity["kind"] == *kind).unwrap().1;
        let resolved = &value["resolved"][list][usize::try_from(index).unwrap()];
        assert!(resolved["mentions"].as_array().unwrap().contains(&place.into()));
        assert_eq!(resolved.get("id"), entity.get("id"));
        pointed += 1;
    }
    assert_eq!(pointed, 10);
}

#[test]
fn a_treaty_s_facts_are_written_where_they_are_known() {
    let mut document = sample::news();
    let treaty = |document: &Document| value(document, &JsonOptions::default())["resolved"]["treaties"][0].clone();
    let known = treaty(&document);
    assert_eq!((&known["unts"], &known["organisation"]), (&"I-17".into(), &"oslo-pact-organisation".into()));
    assert_eq!(known["parties"], serde_json::json!(["PL", "TR"]));
    document.treaties[0] = Treaty::unlisted("Oslo Pact".to_owned());
    let unlisted = treaty(&document);
    assert!(["id", "year", "unts", "parties", "organisation"].iter().all(|field| unlisted.get(field).is_none()));
}

#[test]
fn offsets_cut_the_surface_in_their_own_units() {
    let document = sample::news();
    let utf16: Vec<u16> = document.text().encode_utf16().collect();
    let chars: Vec<char> = document.text().chars().collect();
    let range = |entity: &Value| {
        let number = |field: &str| usize::try_from(entity[field].as_u64().unwrap()).unwrap();
        number("start")..number("end")
    };
    for offsets in [Offsets::Byte, Offsets::Char, Offsets::Utf16] {
        for entity in
            value(&document, &JsonOptions { offsets, ..JsonOptions::default() })["entities"].as_array().unwrap()
        {
            let range = range(entity);
            let surface = match offsets {
                Offsets::Byte => document.text()[range].to_owned(),
                Offsets::Char => chars[range].iter().collect(),
                Offsets::Utf16 => String::from_utf16(&utf16[range]).unwrap(),
            };
            assert_eq!(entity["text"], surface.as_str());
        }
    }
}

#[test]
fn a_line_is_one_line_and_the_same_object() {
    for document in [sample::news(), sample::hostile()] {
        let options = JsonOptions::default();
        let line = jsonl(&document, &options);
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value(&document, &options));
        let mut written = Vec::new();
        write_jsonl(&mut written, &document, &options).unwrap();
        assert_eq!(written, line.as_bytes());
    }
}
