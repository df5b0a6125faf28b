//! The part of JSON Schema that `document.schema.json` uses. A keyword that is not known here is a fault, so that none
//! is passed over.

use serde_json::Value;

/// Adds to `faults` where `value` is not what `schema`, a part of `root`, says.
pub(super) fn check(root: &Value, schema: &Value, value: &Value, path: &str, faults: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => {}
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                check(root, root.pointer(pointer).unwrap(), value, path, faults);
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(root, rule, value, &format!("{path}/{name}"), faults);
                    }
                }
            }
            "items" => {
                for (i, value) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, value, &format!("{path}/{i}"), faults);
                }
            }
            _ if keeps_to(keyword, rule, schema, value) => {}
            _ => faults.push(format!("{path}: {keyword}")),
        }
    }
}

fn keeps_to(keyword: &str, rule: &Value, schema: &Value, value: &Value) -> bool {
    let chars = value.as_str().map_or(0, |text| text.chars().count() as u64);
    match keyword {
        "type" => is_type(rule.as_str().unwrap(), value),
        "required" => rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
        "additionalProperties" => {
            let known = schema["properties"].as_object().unwrap();
            value.as_object().is_none_or(|fields| fields.keys().all(|name| known.contains_key(name)))
        }
        "enum" => rule.as_array().unwrap().contains(value),
        "minimum" => value.as_f64() >= rule.as_f64(),
        "maximum" => value.as_f64() <= rule.as_f64(),
        "minLength" => chars >= rule.as_u64().unwrap(),
        "maxLength" => chars <= rule.as_u64().unwrap(),
        _ => false,
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        _ => false,
    }
}
