//! One line of JSON to one document: `{"id": 7, "text": "Peru signed."}`; other fields are passed over.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Number;

use crate::input::Item;

/// The names of the fields that are read.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// The document of a line, or what is wrong with it. What has no escapes in it is not copied.
pub(crate) fn read_line<'a>(line: &'a str, fields: &Fields) -> Result<Item<'a>, String> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let read = deserializer.deserialize_map(Line(fields)).and_then(|item| deserializer.end().map(|()| item));
    // serde_json counts lines within what it was given, which is one line.
    read.map_err(|error| error.to_string().replacen("line 1 column", "column", 1))
}

struct Line<'f>(&'f Fields);

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a string in {:?}", self.0.text)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item<'de>, A::Error> {
        let (mut id, mut text) = (None, None);
        while let Some(field) = map.next_key_seed(Name(self.0))? {
            match field {
                Field::Text => text = Some(map.next_value::<Text<'de>>()?.0),
                Field::Id => id = map.next_value_seed(Id)?,
                Field::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let text = text.ok_or_else(|| Error::custom(format!("no field {:?}", self.0.text)))?;
        Ok(Item { id, text })
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What a field's name says that it holds.
enum Field {
    Text,
    Id,
    Other,
}

struct Name<'f>(&'f Fields);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Field;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
        Ok(match name {
            _ if name == self.0.text => Field::Text,
            _ if name == self.0.id => Field::Id,
            _ => Field::Other,
        })
    }
}

/// An identifier; null is none.
struct Id;

impl<'de> DeserializeSeed<'de> for Id {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Id {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number as identifier")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_borrowed_str<E: Error>(self, id: &'de str) -> Result<Self::Value, E> {
        Ok(Some(id.into()))
    }

    fn visit_str<E: Error>(self, id: &str) -> Result<Self::Value, E> {
        Ok(Some(id.to_owned().into()))
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<Self::Value, E> {
        Ok(Some(id.to_string().into()))
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<Self::Value, E> {
        Ok(Some(id.to_string().into()))
    }

    fn visit_f64<E: Error>(self, id: f64) -> Result<Self::Value, E> {
        // JSON knows no other floats than finite ones.
        Ok(Number::from_f64(id).map(|id| id.to_string().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Option<String>, String), String> {
        let fields = Fields { id: "id".to_owned(), text: "text".to_owned() };
        read_line(line, &fields).map(|item| (item.id.map(Cow::into_owned), item.text.into_owned()))
    }

    #[test]
    fn identifier_and_text_are_read_whatever_stands_beside_them() {
        let peru = |id: Option<&str>| Ok((id.map(str::to_owned), "Peru".to_owned()));
        assert_eq!(read(r#"{"text": "Peru"}"#), peru(None));
        assert_eq!(read(r#"{"id": null, "text": "Peru"}"#), peru(None));
        assert_eq!(read(r#"{"tags": [{"id": 1}], "id": "a-17", "text": "P\u0065ru", "n": 1e3}"#), peru(Some("a-17")));
        assert_eq!(read("{\"id\": 17, \"text\": \"Peru\"}\r\n"), peru(Some("17")));
        assert_eq!(read(r#"{"\u0069d": "\u0041", "t\u0065xt": "Peru"}"#), peru(Some("A")));
        for number in ["-3", "18446744073709551615", "1.5"] {
            assert_eq!(read(&format!("{{\"text\": \"Peru\", \"id\": {number}}}")), peru(Some(number)));
        }
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
        assert_eq!(
            wrong(r#"{"id": [1], "text": ""}"#),
            "invalid type: sequence, expected a string or a number as identifier at column 8"
        );
    }
}
