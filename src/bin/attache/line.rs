//! One line of JSON to one document: `{"id": 7, "text": "Peru signed."}`; other fields are passed over.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::input::Item;

/// The names of the fields that are read.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// The document of a line, or what is wrong with it.
pub(crate) fn read_line(line: &str, fields: &Fields) -> Result<Item, String> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let read = fields.deserialize(&mut deserializer).and_then(|item| deserializer.end().map(|()| item));
    // serde_json counts lines within what it was given, which is one line.
    read.map_err(|error| error.to_string().replacen("line 1 column", "column", 1))
}

impl<'de> DeserializeSeed<'de> for &Fields {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &Fields {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a string in {:?}", self.text)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let (mut id, mut text) = (None, None);
        while let Some(name) = map.next_key::<String>()? {
            if name == self.text {
                text = Some(map.next_value()?);
            } else if name == self.id {
                id = read_id(map.next_value()?).map_err(serde::de::Error::custom)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let missing = || serde::de::Error::custom(format!("no field {:?}", self.text));
        Ok(Item { id, text: text.ok_or_else(missing)? })
    }
}

fn read_id(value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(id) => Ok(Some(id)),
        Value::Number(id) => Ok(Some(id.to_string())),
        other => Err(format!("an identifier is a string or a number, found {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Option<String>, String), String> {
        let fields = Fields { id: "id".to_owned(), text: "text".to_owned() };
        read_line(line, &fields).map(|item| (item.id, item.text))
    }

    #[test]
    fn identifier_and_text_are_read_whatever_stands_beside_them() {
        let peru = |id: Option<&str>| Ok((id.map(str::to_owned), "Peru".to_owned()));
        assert_eq!(read(r#"{"text": "Peru"}"#), peru(None));
        assert_eq!(read(r#"{"id": null, "text": "Peru"}"#), peru(None));
        assert_eq!(read(r#"{"tags": [{"id": 1}], "id": "a-17", "text": "P\u0065ru", "n": 1e3}"#), peru(Some("a-17")));
        assert_eq!(read("{\"id\": 17, \"text\": \"Peru\"}\r\n"), peru(Some("17")));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_column() {
        let wrong = |line: &str| read(line).unwrap_err();
        assert_eq!(wrong(r#"{"id": 1}"#), "no field \"text\" at column 9");
        assert_eq!(
            wrong(r#"["Peru"]"#),
            "invalid type: sequence, expected an object with a string in \"text\" at column 0"
        );
        assert_eq!(wrong(r#"{"text": 5}"#), "invalid type: integer `5`, expected a string at column 10");
        assert_eq!(wrong(r#"{"text": "Pe"#), "EOF while parsing a string at column 12");
        assert_eq!(wrong(r#"{"text": "Peru"} {}"#), "trailing characters at column 18");
        assert!(wrong(r#"{"id": [1], "text": ""}"#).starts_with("an identifier is a string or a number, found [1]"));
    }
}
