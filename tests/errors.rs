//! What is wrong with a model, a gazetteer or an argument is said before any text is read: file, place, expected, found.
#![cfg(all(feature = "encoder", feature = "embedded-gazetteer"))]

mod common;

use std::fs;

use attache::{EntityKind, Error, ErrorKind, Fallback, Gazetteer, GazetteerEntry, Recognizer, RecognizerBuilder};
use common::{Folder, Tensor, VOCABULARY, safetensors, tensors};

/// The error of loading the folder, its path written as `DIR`.
fn error_of(folder: &Folder) -> (ErrorKind, String) {
    let error = Recognizer::builder().model_dir(folder.path()).build().expect_err("the model is broken");
    (error.kind(), error.to_string().replace(&folder.path().display().to_string(), "DIR"))
}

#[track_caller]
fn assert_error(folder: &Folder, kind: ErrorKind, message: &str) {
    assert_eq!(error_of(folder), (kind, message.to_owned()));
}

#[track_caller]
fn assert_argument(builder: RecognizerBuilder, message: &str) {
    let error = builder.gazetteer_only().build().expect_err("the argument has no meaning");
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Argument, message));
}

#[test]
fn the_smallest_model_loads_and_reads() {
    let folder = Folder::model();
    let recognizer = Recognizer::builder().model_dir(folder.path()).build().unwrap();
    assert_eq!(recognizer.fallback(), None);
    let long = "Quill spoke. ".repeat(40);
    for text in ["Quill spoke of Peru.", "", long.as_str()] {
        assert_eq!(recognizer.try_recognize(text).unwrap().text(), text);
    }
}

#[test]
fn a_missing_file_is_named() {
    for (name, expected) in [
        ("config.json", "the model's configuration"),
        ("vocab.txt", "the model's vocabulary, one token a line, or a tokenizer.json beside it"),
        ("model.safetensors", "the model's weights"),
    ] {
        let folder = Folder::model();
        fs::remove_file(folder.path().join(name)).unwrap();
        assert_error(&folder, ErrorKind::Io, &format!("DIR/{name}: expected {expected}, found no such file"));
    }
    let folder = Folder::empty();
    fs::remove_dir(folder.path()).unwrap();
    let message = "DIR/config.json: expected the model's configuration, found no such file";
    assert_error(&folder, ErrorKind::Io, message);
}

/// The error and its others.
fn all_of(folder: &Folder) -> Vec<String> {
    let error = Recognizer::builder().model_dir(folder.path()).build().expect_err("the model is broken");
    let all = std::iter::once(&error).chain(error.others());
    all.map(|error| error.to_string().replace(&folder.path().display().to_string(), "DIR")).collect()
}

#[test]
fn all_files_are_looked_at_whatever_is_wrong_with_one() {
    let all = all_of(&Folder::empty());
    assert_eq!(all.len(), 3, "{all:?}");
    for (error, name) in all.iter().zip(["config.json", "vocab.txt", "model.safetensors"]) {
        assert!(error.starts_with(&format!("DIR/{name}: expected ")), "{error}");
    }

    let folder = Folder::with_config("\"gelu\"", "\"silu\"");
    folder.write("vocab.txt", [VOCABULARY, "extra\n"].concat()).write("model.safetensors", "{");
    let all = all_of(&folder);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all[0].starts_with("DIR: config.json: hidden_act: "), "{}", all[0]);
    assert!(all[1].starts_with("DIR: vocab.txt: expected 5 tokens"), "{}", all[1]);
    assert!(all[2].starts_with("DIR: model.safetensors: header: "), "{}", all[2]);
}

#[test]
fn what_two_readers_of_one_file_say_is_said_once() {
    let folder = Folder::model();
    folder.write("config.json", "{");
    assert_eq!(all_of(&folder).len(), 1);
}

#[test]
fn each_broken_shard_is_named() {
    let folder = Folder::model();
    fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    let index = r#"{"weight_map": {"a": "1.safetensors", "b": "2.safetensors", "c": "3.safetensors"}}"#;
    folder.write("model.safetensors.index.json", index).write("2.safetensors", "{");
    folder.write("3.safetensors", safetensors(&tensors()));
    let all = all_of(&folder);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[0].starts_with("DIR/1.safetensors: expected the model's weights"), "{}", all[0]);
    assert!(all[1].starts_with("DIR: 2.safetensors: header: "), "{}", all[1]);
}

#[test]
fn a_missing_file_keeps_its_cause() {
    let error = Recognizer::builder().model_dir(Folder::empty().path()).build().unwrap_err();
    let source = std::error::Error::source(&error).expect("the system's error");
    assert_eq!(source.downcast_ref::<std::io::Error>().unwrap().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn truncated_weights_are_an_error_wherever_they_end() {
    let whole = safetensors(&tensors());
    for length in [0, 1, 8, 100, whole.len() / 2, whole.len() - 1] {
        let folder = Folder::model();
        folder.write("model.safetensors", &whole[..length]);
        let (kind, message) = error_of(&folder);
        assert_eq!(kind, ErrorKind::Format, "{length}");
        let start = "DIR: model.safetensors: header: expected a whole safetensors file, found ";
        assert!(message.starts_with(start), "{length}: {message}");
    }
}

#[test]
fn all_missing_tensors_are_listed() {
    let folder = Folder::with_tensors(|tensors| {
        tensors.retain(|tensor| !tensor.name.starts_with("classifier."));
        tensors.retain(|tensor| !tensor.name.ends_with("query.bias"));
    });
    let message = "DIR: model.safetensors: tensors: expected 23 tensors, found 20 without: classifier.weight, \
                   classifier.bias, bert.encoder.layer.0.attention.self.query.bias";
    let (kind, found) = error_of(&folder);
    let without_hints = found.split(" (").next().unwrap();
    assert_eq!((kind, without_hints), (ErrorKind::Format, message));
}

#[test]
fn a_tensor_under_another_name_is_pointed_to() {
    let folder = Folder::with_tensors(|tensors| {
        for tensor in tensors.iter_mut().filter(|tensor| tensor.name.starts_with("bert.embeddings.word")) {
            tensor.name = tensor.name.replace("bert.", "roberta.");
        }
    });
    let message = "DIR: model.safetensors: tensors: expected 23 tensors, found 23 without: \
                   bert.embeddings.word_embeddings.weight (the file has roberta.embeddings.word_embeddings.weight)";
    assert_error(&folder, ErrorKind::Format, message);
}

fn change(name: &str, tensor: impl FnOnce(&mut Tensor)) -> Folder {
    Folder::with_tensors(|tensors| tensor(tensors.iter_mut().find(|tensor| tensor.name == name).unwrap()))
}

#[test]
fn a_tensor_of_another_type_is_named() {
    for dtype in ["I32", "U32"] {
        let folder = change("classifier.bias", |tensor| tensor.dtype = dtype);
        let message = format!(
            "DIR: model.safetensors: classifier.bias: expected F32, F16, BF16, or for a weight matrix I8, found {dtype}"
        );
        assert_error(&folder, ErrorKind::Unsupported, &message);
    }
}

#[test]
fn bytes_without_scales_are_an_error() {
    let folder = change("classifier.weight", |tensor| {
        (tensor.dtype, tensor.bytes) = ("I8", vec![1; 24]);
    });
    let message = "DIR: model.safetensors: classifier.weight.scale: expected a tensor, found none of that name";
    assert_error(&folder, ErrorKind::Format, message);
}

#[test]
fn a_tensor_of_another_shape_is_named() {
    let folder = change("bert.encoder.layer.0.intermediate.dense.weight", |tensor| tensor.shape = vec![8, 16]);
    let message = "DIR: model.safetensors: bert.encoder.layer.0.intermediate.dense.weight: expected the shape [16, 8], \
                   found [8, 16]";
    assert_error(&folder, ErrorKind::Mismatch, message);
}

#[test]
fn a_classifier_with_another_number_of_labels_is_named() {
    let folder = Folder::with_config(r#", "2": "I-Person""#, "");
    let message = "DIR: model.safetensors: classifier.weight: expected the shape [2, 8], found [3, 8]";
    assert_error(&folder, ErrorKind::Mismatch, message);
}

#[test]
fn a_broken_configuration_names_the_place() {
    let format = |from: &str, to: &str, message: &str| {
        assert_error(&Folder::with_config(from, to), ErrorKind::Format, &format!("DIR: config.json: {message}"));
    };
    format(
        "\"hidden_size\": 8",
        "\"hidden_size\": 9",
        "hidden_size: expected a multiple of num_attention_heads (2), found 9",
    );
    format(
        "\"num_hidden_layers\": 1",
        "\"num_hidden_layers\": 0",
        "num_hidden_layers: expected a size of 1 to 16777216, found 0",
    );
    format("\"2\": \"I-P", "\"3\": \"I-P", "id2label: expected the ids 0 to 2, found no 2");
    let folder = Folder::with_config("\"bert\",", "\"bert\";");
    let (kind, found) = error_of(&folder);
    assert_eq!(kind, ErrorKind::Format);
    assert!(found.starts_with("DIR: config.json: line 2 column "), "{found}");
    let (_, found) = error_of(&Folder::with_config("  \"vocab_size\": 5,\n", ""));
    assert!(found.contains("missing field `vocab_size`"), "{found}");
}

#[test]
fn a_network_of_another_make_is_unsupported() {
    let unsupported = |from: &str, to: &str, message: &str| {
        assert_error(&Folder::with_config(from, to), ErrorKind::Unsupported, &format!("DIR: config.json: {message}"));
    };
    let supported = "\"bert\", \"distilbert\", \"roberta\", \"xlm-roberta\", \"electra\" or \"deberta-v2\"";
    unsupported("\"bert\"", "\"gpt2\"", &format!("model_type: expected {supported}, found \"gpt2\""));
    let message = "hidden_act: expected \"gelu\", \"gelu_new\", \"relu\" or \"tanh\", found \"silu\"";
    unsupported("\"gelu\"", "\"silu\"", message);
}

#[test]
fn labels_of_an_unknown_meaning_are_named() {
    let unsupported = |from: &str, to: &str, message: &str| {
        let folder = Folder::with_config(from, to);
        assert_error(&folder, ErrorKind::Unsupported, &format!("DIR: config.json: id2label: {message}"));
    };
    let expected = "expected types of labels whose meaning is known (RecognizerBuilder::map_label says what one means, \
                    LabelMeaning::Nothing to drop it)";
    unsupported("B-Person", "B-Planet", &format!("labels: {expected}, found \"Planet\""));
    unsupported("I-Person", "I-Moon", &format!("labels: {expected}, found \"Moon\""));
    unsupported("I-Person", "B-Person", "label 2: expected each label once, found \"B-Person\" again");
    unsupported("\"O\"", "\"I-Treaty\"", "labels: expected a label \"O\", found none");
}

#[test]
fn a_vocabulary_of_another_size_is_an_error() {
    let folder = Folder::model();
    folder.write("vocab.txt", format!("{VOCABULARY}more\n"));
    let message = "DIR: vocab.txt: expected 5 tokens, as config.json has in vocab_size, found 6";
    assert_error(&folder, ErrorKind::Mismatch, message);
}

#[test]
fn a_broken_vocabulary_names_the_line() {
    for (content, message) in [
        ("[UNK]\n[CLS]\n[SEP]\nx\nx\n", "line 5: expected each token once, found \"x\" again"),
        ("[UNK]\n[CLS]\n\n[SEP]\nx\n", "line 3: expected a token, found an empty line"),
        ("[UNK]\n[CLS]\na\nb\nc\n", "tokens: expected the token \"[SEP]\", found none"),
    ] {
        let folder = Folder::model();
        folder.write("vocab.txt", content);
        assert_error(&folder, ErrorKind::Format, &format!("DIR: vocab.txt: {message}"));
    }
    let folder = Folder::model();
    folder.write("vocab.txt", b"[UNK]\n\xff\n");
    let message = "DIR: vocab.txt: expected UTF-8, found invalid utf-8 sequence of 1 bytes from index 6";
    assert_error(&folder, ErrorKind::Format, message);
}

#[test]
fn the_gazetteer_takes_over_where_the_caller_asked_for_it() {
    let folder = Folder::empty();
    let recognizer = Recognizer::builder().model_dir(folder.path()).fallback_to_gazetteer().build().unwrap();
    let path = folder.path().join("config.json");
    let why = format!("{}: expected the model's configuration, found no such file", path.display());
    assert_eq!(recognizer.fallback(), Some(&Fallback::NotLoaded(why.clone())));
    let document = recognizer.recognize("Peru left the United Nations.");
    assert_eq!(document.fallback(), recognizer.fallback());
    assert_eq!(document.fallback().unwrap().to_string(), format!("gazetteer alone, the model was not loaded: {why}"));
    assert_eq!(document.countries()[0].alpha2(), "PE");
    assert_eq!(document.organisations()[0].name(), "United Nations");
}

#[test]
fn a_model_that_loads_leaves_no_fallback() {
    let folder = Folder::model();
    let recognizer = Recognizer::builder().model_dir(folder.path()).fallback_to_gazetteer().build().unwrap();
    assert_eq!(recognizer.fallback(), None);
    assert_eq!(recognizer.recognize("Quill spoke.").fallback(), None);
}

#[test]
fn arguments_without_a_meaning_are_errors() {
    let builder = Recognizer::builder;
    assert_argument(builder().threads(0), "threads: expected 1 or more, found 0");
    assert_argument(builder().min_score(2.0), "min_score: expected 0 to 1, found 2");
    assert_argument(builder().min_score(-0.5), "min_score: expected 0 to 1, found -0.5");
    assert_argument(builder().min_score(f32::NAN), "min_score: expected 0 to 1, found NaN");
    assert_argument(builder().kinds([]), "kinds: expected one kind or more, found none");
}

/// The error of reading a gazetteer's table, without the folder.
fn table_error(content: &str) -> String {
    let folder = Folder::empty();
    folder.write("names.tsv", content);
    let error: Error = Gazetteer::from_tsv(folder.path().join("names.tsv")).expect_err("the table is broken");
    error.to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_broken_gazetteer_names_the_line() {
    let header = "# names\nname\tkind\tid\tcase\n";
    for (rows, message) in [
        ("Quill\tPerson\n", "line 3: expected 4 cells between tabs, found 2"),
        ("Quill\tPerson\tquill\tfold\tx\n", "line 3: expected 4 cells between tabs, found 5"),
        (
            "Quill\tPerson\tquill\n\n \tPerson\tx\n",
            "line 5: name: expected a name with a letter or a digit, found \" \"",
        ),
        ("Quill\tPerson\t\n", "line 3: id: expected an identifier, found \"\""),
        ("Quill\tPerson\tq\tloud\n", "line 3: case: expected fold, capital or exact, found \"loud\""),
        (
            "Quilland\tCountry\tQQ\n",
            "line 3: id: expected an ISO 3166-1 alpha-2 or ISO 3166-3 alpha-4 code, or XK, found \"QQ\"",
        ),
        (
            "Quill\tPerson\ta\nQuill\tPerson\tb\n",
            "line 4: name: expected one identifier for a name of one kind, found \"Quill\" for \"a\" and \"b\"",
        ),
    ] {
        assert_eq!(table_error(&format!("{header}{rows}")), format!("names.tsv: {message}"));
    }
    let kinds = "person, country, organisation, treaty, location or nationality";
    assert_eq!(
        table_error(&format!("{header}Quill\tPlanet\tq\n")),
        format!("names.tsv: line 3: kind: expected {kinds}, found \"Planet\"")
    );
}

#[test]
fn a_line_keeps_its_number_after_a_mark_of_order_comments_and_crlf() {
    let content = "\u{feff}# names\r\nname\tkind\tid\r\n\r\n# one\r\nQuill\tNationality\tqq\r\n";
    let code = "an ISO 3166-1 alpha-2 or ISO 3166-3 alpha-4 code, or XK";
    assert_eq!(table_error(content), format!("names.tsv: line 5: id: expected {code}, found \"qq\""));
    let short = "name\tkind\tid\nQuill\tPerson\tq\tfold\n";
    assert_eq!(table_error(short), "names.tsv: line 2: expected 3 cells between tabs, found 4");
    let other = "name\tkind\tid\tsort\n";
    let header = "the header \"name<tab>kind<tab>id<tab>case\"";
    let message = format!("names.tsv: line 1: expected {header}, found \"name<tab>kind<tab>id<tab>sort\"");
    assert_eq!(table_error(other), message);
}

#[test]
fn a_gazetteer_without_its_header_its_letters_or_its_file_is_an_error() {
    let header = "expected the header \"name<tab>kind<tab>id<tab>case\"";
    assert_eq!(table_error(""), format!("names.tsv: line 1: {header}, found no line"));
    assert_eq!(
        table_error("Quill\tPerson\tq\n"),
        format!("names.tsv: line 1: {header}, found \"Quill<tab>Person<tab>q\"")
    );
    let folder = Folder::empty();
    folder.write("names.tsv", b"Z\xfcrich");
    let error = Gazetteer::from_tsv(folder.path().join("names.tsv")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Format);
    assert!(error.to_string().ends_with("expected UTF-8, found invalid utf-8 sequence of 1 bytes from index 1"));
    let error = Gazetteer::from_tsv("nowhere/names.tsv").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.to_string(), "nowhere/names.tsv: expected a gazetteer's table, found no such file");
}

#[test]
fn a_broken_entry_is_given_by_its_number() {
    let entries = [("Quill", "quill"), ("...", "dots")];
    let entries = entries.map(|(name, id)| GazetteerEntry::new(name, EntityKind::Organisation, id));
    let message = Gazetteer::from_entries(entries).unwrap_err().to_string();
    assert_eq!(message, "entry 2: name: expected a name with a letter or a digit, found \"...\"");
}

#[test]
fn each_fault_of_an_entry_has_its_message() {
    let error = |entry: GazetteerEntry| {
        let quill = GazetteerEntry::new("Quill", EntityKind::Treaty, "quill-pact");
        let error = Gazetteer::from_entries([quill, entry]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
        error.to_string()
    };
    let entry = |name: &str, kind, id: &str| GazetteerEntry::new(name, kind, id);
    assert_eq!(error(entry("Oddly", EntityKind::Person, " ")), "entry 2: id: expected an identifier, found \" \"");
    let loud = GazetteerEntry { case: "loud".to_owned(), ..entry("Oddly", EntityKind::Person, "o") };
    assert_eq!(error(loud), "entry 2: case: expected fold, capital or exact, found \"loud\"");
    assert_eq!(
        error(entry("Oddly", EntityKind::Country, "POL")),
        "entry 2: id: expected an ISO 3166-1 alpha-2 or ISO 3166-3 alpha-4 code, or XK, found \"POL\""
    );
    assert_eq!(
        error(entry(" Quill ", EntityKind::Treaty, "other")),
        "entry 2: name: expected one identifier for a name of one kind, found \"Quill\" for \"quill-pact\" and \"other\""
    );
}

#[test]
fn an_entry_is_read_by_serde_with_or_without_its_case() {
    let read = |json: &str| serde_json::from_str::<GazetteerEntry>(json);
    let entry = read(r#"{"name": "Quill", "kind": "Treaty", "id": "q"}"#).unwrap();
    assert_eq!(entry, GazetteerEntry::new("Quill", EntityKind::Treaty, "q"));
    let message = |json: &str| read(json).unwrap_err().to_string();
    assert_eq!(message(r#"{"name": "Quill", "kind": "Treaty"}"#), "missing field `id` at line 1 column 35");
    assert!(message(r#"{"name": "Quill", "kind": "Planet", "id": "q"}"#).starts_with("unknown variant `Planet`"));
}
