//! When two spellings are one name: Lukashenko and Lukashenka, Zelensky and Zelenskyy, Gaddafi and Qaddafi.

use crate::word::plain_letters;

/// A name in lower case without accents and marks: `Zelenskyy’s` is `zelenskyy`.
pub(crate) fn fold(name: &str) -> String {
    let name = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    let mut folded = String::with_capacity(name.len());
    if name.is_ascii() {
        let kept = name.bytes().filter_map(fold_ascii);
        folded.extend(kept.map(char::from));
        return folded;
    }
    for c in name.chars().flat_map(char::to_lowercase) {
        match plain_letters(c) {
            Some(letters) => folded.push_str(letters),
            None if c.is_alphanumeric() || c == ' ' => folded.push(c),
            None if c.is_whitespace() || matches!(c, '-' | '–') => folded.push(' '),
            None => {}
        }
    }
    folded
}

/// What stands for a character of ASCII in a folded name.
fn fold_ascii(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => Some(byte.to_ascii_lowercase()),
        b'\t'..=b'\r' | b' ' | b'-' => Some(b' '),
        _ => None,
    }
}

/// Whether two folded words are one name in two transliterations.
///
/// They are where the letters that transliterations keep are the same and few others differ: at most two, and at most
/// a third of the shorter word. `hassan` and `hussein` differ too much, `lee` and `li` keep too little.
pub(crate) fn is_variant(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let shorter = a.chars().count().min(b.chars().count());
    if shorter < 5 {
        return false;
    }
    let (a, b) = (a.replace('x', "ks"), b.replace('x', "ks"));
    let kept = skeleton(&a);
    let allowed = (shorter / 3).min(2);
    kept.len() >= 3 && kept == skeleton(&b) && distance(&a, &b) <= allowed
}

/// What every spelling of a folded word shares: two words that are variants of one another share it.
pub(crate) fn shared(word: &str) -> String {
    let kept = if word.contains('x') { skeleton(&word.replace('x', "ks")) } else { skeleton(word) };
    if kept.len() >= 3 { kept } else { word.to_owned() }
}

/// The consonants that transliterations agree on, each run once.
fn skeleton(word: &str) -> String {
    let mut kept = String::with_capacity(word.len());
    for c in word.chars() {
        let c = match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' | 'h' | ' ' => continue,
            'q' | 'g' | 'c' => 'k',
            'w' => 'v',
            'z' => 's',
            other => other,
        };
        if !kept.ends_with(c) {
            kept.push(c);
        }
    }
    kept
}

/// How many letters to insert, delete or replace (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transliterations_are_one_name() {
        for (a, b) in [
            ("lukashenko", "lukashenka"),
            ("zelensky", "zelenskyy"),
            ("gaddafi", "qaddafi"),
            ("gaddafi", "gadhafi"),
            ("alexander", "aleksandr"),
            ("yanukovich", "yanukovych"),
        ] {
            assert!(is_variant(a, b), "{a} {b}");
        }
    }

    #[test]
    fn other_names_stay_apart() {
        for (a, b) in [
            ("hassan", "hussein"),
            ("lee", "li"),
            ("brown", "braun"),
            ("kerry", "carrie"),
            ("bush", "bosh"),
            ("jansen", "johnson"),
            ("medvedev", "medvedeva1"),
        ] {
            assert!(!is_variant(a, b), "{a} {b}");
        }
    }

    #[test]
    fn fold_drops_case_accents_and_possessives() {
        assert_eq!(fold("Lech Wałęsa’s"), "lech walesa");
        assert_eq!(fold("al-Assad"), "al assad");
        assert_eq!(fold("习近平"), "习近平");
    }
}
