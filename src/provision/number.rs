//! The numbers of provisions: `4`, `42(7)`, `VII`, `4 and 5`, `31–33`, `5 bis`.

use crate::entity::{Provision, ProvisionUnit};
use crate::gazetteer::symbol::{Shape, Symbol};

/// The provisions that numbers tell of, and the symbol after them.
pub(super) struct Numbers {
    pub(super) end: usize,
    pub(super) provisions: Vec<Provision>,
}

/// Reads the numbers from symbol `at` on: one, a list, a range. Roman numerals and single letters are read where
/// `allows_roman` says that the unit is written as a name.
pub(super) fn numbers(symbols: &[Symbol<'_>], at: usize, unit: ProvisionUnit, allows_roman: bool) -> Option<Numbers> {
    let (first, mut end) = number(symbols, at, allows_roman)?;
    let mut provisions = Vec::new();
    let mut pending = first;
    loop {
        if let Some((last, after)) = range_end(symbols, end, allows_roman) {
            provisions.push(Provision::range(unit, pending, last));
            end = after;
        } else {
            provisions.push(Provision::new(unit, pending));
        }
        match next_in_list(symbols, end, allows_roman) {
            Some((next, after)) => (pending, end) = (next, after),
            None => return Some(Numbers { end, provisions }),
        }
    }
}

/// One number with its paragraphs in brackets: `42(7)`, `2(1)(a)`, `5 bis`.
fn number(symbols: &[Symbol<'_>], at: usize, allows_roman: bool) -> Option<(String, usize)> {
    let Shape::Word(word) = symbols.get(at)?.shape else { return None };
    let mut number = plain(word, allows_roman)?;
    let mut end = at + 1;
    if let Some(Shape::Word(suffix @ ("bis" | "ter" | "quater"))) = symbols.get(end).map(|symbol| symbol.shape) {
        number.push_str(suffix);
        end += 1;
    }
    while let Some([open, inner, close]) = symbols.get(end..end + 3) {
        let (Shape::Mark('('), Shape::Word(inner), Shape::Mark(')')) = (open.shape, inner.shape, close.shape) else {
            break;
        };
        let is_tight = open.span.start() == symbols[end - 1].span.end();
        if !is_tight || inner.len() > 4 {
            break;
        }
        number.push_str(&format!("({inner})"));
        end += 3;
    }
    if let Some([point, part]) = symbols.get(end..end + 2)
        && let (Shape::Mark('.'), Shape::Word(part)) = (point.shape, part.shape)
        && point.span.start() == symbols[end - 1].span.end()
        && symbols[end + 1].span.start() == point.span.end()
        && part.bytes().all(|byte| byte.is_ascii_digit())
    {
        number.push_str(&format!(".{part}"));
        end += 2;
    }
    Some((number, end))
}

/// A word as a number: digits with a letter at most, or a roman numeral in arabic digits.
fn plain(word: &str, allows_roman: bool) -> Option<String> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let rest = &word[digits..];
        let is_number =
            digits <= 4 && (rest.is_empty() || matches!(rest, "bis" | "ter") || (rest.len() == 1 && rest.is_ascii()));
        return is_number.then(|| word.to_owned());
    }
    if !allows_roman {
        return None;
    }
    match roman(word) {
        Some(value) => Some(value.to_string()),
        None => (word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| word.to_owned()),
    }
}

/// The value of a roman numeral in capitals, up to 399.
pub(super) fn roman(word: &str) -> Option<u32> {
    let digit = |c: char| {
        Some(match c {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            _ => return None,
        })
    };
    let values: Vec<u32> = word.chars().map(digit).collect::<Option<_>>()?;
    let mut total = 0;
    for (i, &value) in values.iter().enumerate() {
        let is_less = values.get(i + 1).is_some_and(|&next| value < next);
        total = if is_less { total + values[i + 1] - value - values[i + 1] } else { total + value };
    }
    (total > 0 && to_roman(total) == word).then_some(total)
}

fn to_roman(mut value: u32) -> String {
    let parts = [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut numeral = String::new();
    for (part, letters) in parts {
        while value >= part {
            numeral.push_str(letters);
            value -= part;
        }
    }
    numeral
}

/// The last number of a range that goes on at `at`.
fn range_end(symbols: &[Symbol<'_>], at: usize, allows_roman: bool) -> Option<(String, usize)> {
    let joins = match symbols.get(at)?.shape {
        Shape::Mark('-') => 1,
        Shape::Word("to" | "through") => 1,
        // A hyphen between two numbers is a joint and no symbol of its own.
        Shape::Word(word) if word.bytes().all(|byte| byte.is_ascii_digit()) => {
            let gap = symbols[at].span.start() - symbols[at - 1].span.end();
            return (gap == 1).then(|| number(symbols, at, false)).flatten();
        }
        _ => return None,
    };
    number(symbols, at + joins, allows_roman)
}

/// The next number of a list that goes on at `at`: after a comma, "and", "or", or a comma and one of these.
fn next_in_list(symbols: &[Symbol<'_>], at: usize, allows_roman: bool) -> Option<(String, usize)> {
    let is_comma = |i: usize| symbols.get(i).is_some_and(|symbol| symbol.shape == Shape::Mark(','));
    let is_and = |i: usize| {
        let shape = symbols.get(i).map(|symbol| symbol.shape);
        matches!(shape, Some(Shape::Word("and" | "or") | Shape::Mark('&')))
    };
    let mut next = at;
    next += usize::from(is_comma(next));
    next += usize::from(is_and(next));
    if next == at {
        return None;
    }
    // "Article 5 and Article 6" repeats the unit; a bare number goes on with the list.
    number(symbols, next, allows_roman)
}
