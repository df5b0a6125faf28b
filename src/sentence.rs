//! Text to sentences: spans without the white space around them, in order, covering all that is not white space.
//!
//! `"Mr. Smith left the U.S. on Monday. Art. 5 holds."` is two sentences, cut after "Monday.".

use memchr::memchr3_iter;

use crate::span::Span;

/// Words that end in a full stop and do not end a sentence, in lower case, without the stop.
const ABBREVIATIONS: &[&str] = &[
    "adm", "arch", "art", "arts", "ave", "bros", "brig", "bt", "capt", "cf", "ch", "cmdr", "co", "col", "cpl", "dept",
    "dr", "drs", "ed", "eds", "eg", "est", "fig", "figs", "fr", "gen", "gov", "hon", "ie", "jr", "lt", "ltd", "maj",
    "messrs", "mgr", "mr", "mrs", "ms", "msgr", "mt", "no", "nos", "para", "paras", "ph", "pp", "prof", "pvt", "rep",
    "reps", "res", "rev", "sec", "secs", "sen", "sens", "sgt", "sr", "st", "ste", "supt", "viz", "vol", "vols", "vs",
];

/// The bytes of the longest abbreviation.
const LONGEST_ABBREVIATION: usize = 6;

/// Words that open a sentence and hardly ever follow "U.S." or an initial inside one.
const OPENERS: &[&str] = &[
    "A",
    "After",
    "Although",
    "And",
    "As",
    "At",
    "Before",
    "But",
    "By",
    "During",
    "Earlier",
    "For",
    "From",
    "He",
    "Her",
    "His",
    "However",
    "I",
    "If",
    "In",
    "It",
    "Its",
    "Last",
    "Many",
    "Meanwhile",
    "More",
    "No",
    "On",
    "Officials",
    "Our",
    "She",
    "Since",
    "So",
    "Some",
    "That",
    "The",
    "Their",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Two",
    "We",
    "What",
    "When",
    "While",
    "With",
    "You",
];

/// The widest line that is still taken for one that an editor wrapped, in bytes.
const WRAPPED_WIDTH: usize = 120;

/// Cuts `text` into sentences.
///
/// A blank line ends a sentence; so does a line's end, unless the lines are wrapped and the next word would not have
/// fitted. Within a line a full stop, question or exclamation mark ends one where white space follows, and then
/// something that can begin one; not after an abbreviation or an initial.
pub(crate) fn split(text: &str) -> Vec<Span> {
    let mut sentences = Vec::new();
    for block in blocks(text) {
        split_block(text, block, &mut sentences);
    }
    sentences
}

/// The runs of lines that belong together: paragraphs, headlines, list items.
fn blocks(text: &str) -> Vec<Span> {
    let lines = lines(text);
    let mut blocks: Vec<Span> = Vec::new();
    let mut paragraph = 0;
    while paragraph < lines.len() {
        let end = lines[paragraph..].iter().position(|line| line.is_empty()).map_or(lines.len(), |n| paragraph + n);
        let width = lines[paragraph..end].iter().map(|line| line.len()).max().unwrap_or(0);
        let mut open = false;
        for (i, &line) in lines[paragraph..end].iter().enumerate() {
            match blocks.last_mut() {
                Some(block) if open => *block = block.cover(line),
                _ => blocks.push(line),
            }
            let next = lines[paragraph..end].get(i + 1);
            open = next.is_some_and(|&next| is_wrapped(&text[line], &text[next], width));
        }
        paragraph = end + 1;
    }
    blocks
}

/// The lines without the white space around them, empty ones too.
fn lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = 0;
    let ends = memchr3_iter(b'\n', b'\r', SEPARATOR, text.as_bytes()).filter_map(|at| line_end(text, at));
    for end in ends.chain([text.len()]) {
        let is_crlf = &text[start..end] == "\n" && text[..start].ends_with('\r');
        if !is_crlf && start < end {
            lines.push(Span::new(start, end).trim(text));
        }
        start = end;
    }
    lines
}

/// The first byte of U+2028 and U+2029, which end a line and a paragraph.
const SEPARATOR: u8 = 0xe2;

/// The byte after the character at `at`, where it ends a line.
fn line_end(text: &str, at: usize) -> Option<usize> {
    let end = text[at..].chars().next()?;
    matches!(end, '\n' | '\r' | '\u{2028}' | '\u{2029}').then(|| at + end.len_utf8())
}

/// Whether a line ends only because the next word would not have fitted into `width`.
fn is_wrapped(line: &str, next: &str, width: usize) -> bool {
    let word = next.split_whitespace().next().unwrap_or("");
    let continues = next.starts_with(char::is_lowercase);
    let is_full = line.len() + 1 + word.len() > width && (WRAPPED_WIDTH / 3..=WRAPPED_WIDTH).contains(&width);
    (continues || is_full) && !line.ends_with(['.', '!', '?', '"', '”'])
        || (is_full && !line.ends_with(['!', '?']) && continues)
}

fn split_block(text: &str, block: Span, sentences: &mut Vec<Span>) {
    let surface = &text[block];
    let mut start = 0;
    let mut cut_at = |mark: usize, end: usize| {
        if end > start
            && let Some(cut) = cut_after(surface, start, mark, end)
        {
            push(text, block, start, cut, sentences);
            start = cut;
        }
    };
    if !has_wide_mark(surface) {
        memchr3_iter(b'.', b'!', b'?', surface.as_bytes()).for_each(|mark| cut_at(mark, mark + 1));
    } else {
        let is_mark = |c: char| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？');
        surface.match_indices(is_mark).for_each(|(mark, c)| cut_at(mark, mark + c.len()));
    }
    push(text, block, start, surface.len(), sentences);
}

/// Whether a text has a mark that ends a sentence and is none of ASCII.
fn has_wide_mark(text: &str) -> bool {
    let mut leads = memchr3_iter(WIDE_LEADS[0], WIDE_LEADS[1], WIDE_LEADS[2], text.as_bytes());
    leads.any(|at| text[at..].starts_with(['…', '。', '！', '？']))
}

/// The first bytes of the marks that are none of ASCII.
const WIDE_LEADS: [u8; 3] = [0xe2, 0xe3, 0xef];

fn push(text: &str, block: Span, start: usize, end: usize, sentences: &mut Vec<Span>) {
    let sentence = Span::new(start, end).shift(block.start()).trim(text);
    if !sentence.is_empty() {
        sentences.push(sentence);
    }
}

/// Where the sentence ends that has a mark at `mark..end`, if it does: after the closing quotes and brackets.
fn cut_after(surface: &str, start: usize, mark: usize, end: usize) -> Option<usize> {
    let rest = &surface[end..];
    let closing = rest.find(|c: char| !matches!(c, '"' | '”' | '’' | '\'' | ')' | ']' | '»' | '.' | '!' | '?'));
    let cut = end + closing.unwrap_or(rest.len());
    let after = &surface[cut..];
    let is_wide = surface[mark..].starts_with(['。', '！', '？']);
    if after.is_empty() || is_wide {
        return Some(cut);
    }
    let next = after.trim_start();
    if next.len() == after.len() || !can_open(next) {
        return None;
    }
    let is_plain_stop = surface[mark..].starts_with('.') && cut == end;
    (!is_plain_stop || stop_ends(&surface[start..mark], next)).then_some(cut)
}

/// Whether a sentence can begin with `next`.
fn can_open(next: &str) -> bool {
    let first = next.trim_start_matches(['"', '“', '‘', '\'', '(', '[', '«', '—', '–', '-', ' ']);
    first.starts_with(|c: char| !c.is_lowercase() && (c.is_alphanumeric() || !c.is_ascii()))
}

/// Whether a full stop after `before` ends a sentence, `next` being what follows.
fn stop_ends(before: &str, next: &str) -> bool {
    let word_start = before.rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '‘' | '-' | '–'));
    let word = word_start.map_or(before, |at| before[at..].trim_start_matches(|c: char| !c.is_alphanumeric()));
    let is_initials = word.split('.').all(|part| part.chars().count() == 1) && word.starts_with(char::is_alphabetic);
    if is_initials {
        let opener = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let is_name_initial = word.len() == 1 && before.len() > 1 && word != "I";
        return OPENERS.contains(&opener) && !(is_name_initial && opener.len() == 1);
    }
    let is_one_of = |list: &[&str]| list.iter().any(|listed| word.eq_ignore_ascii_case(listed));
    if word.len() > LONGEST_ABBREVIATION || !is_one_of(ABBREVIATIONS) {
        return true;
    }
    // "No." and "Co." and "Ltd." end sentences too: they stand for themselves only before a number or inside a name
    is_one_of(&["no", "nos", "co", "ltd", "jr", "sr"])
        && !next.starts_with(|c: char| c.is_ascii_digit())
        && OPENERS.contains(&next.split_whitespace().next().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn marks_end_sentences_and_abbreviations_do_not() {
        assert_eq!(
            sentences("Mr. Smith left the U.S. on Monday. Art. 5 holds! Does it? “Yes.” He did."),
            ["Mr. Smith left the U.S. on Monday.", "Art. 5 holds!", "Does it?", "“Yes.”", "He did."]
        );
        assert_eq!(
            sentences("J. R. Olsen met Gen. Ahmed in St. Petersburg."),
            ["J. R. Olsen met Gen. Ahmed in St. Petersburg."]
        );
        assert_eq!(
            sentences("They flew to the U.S. The talks failed."),
            ["They flew to the U.S.", "The talks failed."]
        );
        assert_eq!(sentences("The U.S. Senate voted."), ["The U.S. Senate voted."]);
        assert_eq!(
            sentences("It grew 3.5 per cent. 12 states agreed."),
            ["It grew 3.5 per cent.", "12 states agreed."]
        );
        assert_eq!(sentences("He said no. The vote failed."), ["He said no.", "The vote failed."]);
    }

    #[test]
    fn blank_lines_and_short_lines_end_sentences() {
        assert_eq!(sentences("Talks fail in Geneva\n\nThe envoys left"), ["Talks fail in Geneva", "The envoys left"]);
        assert_eq!(
            sentences("Talks fail\r\nEnvoys leave Geneva for good"),
            ["Talks fail", "Envoys leave Geneva for good"]
        );
    }

    #[test]
    fn wrapped_lines_stay_one_sentence() {
        let text = "The foreign ministers of the three Baltic states met on\nFriday in the Estonian capital to talk about \
                    the border,\nwhich has been closed since June.";
        assert_eq!(sentences(text).len(), 1);
    }

    #[test]
    fn odd_texts_give_valid_spans() {
        for text in
            ["", " ", "\r\n\r\n", "...", "😀", "中文。第二句。", "a\0b. C", "\u{a0}x\u{a0}", "?!", "\u{feff}Hi. Ho."]
        {
            for span in split(text) {
                assert!(!text[span].trim().is_empty());
            }
        }
        assert_eq!(sentences("中文。第二句。"), ["中文。", "第二句。"]);
    }

    #[test]
    fn no_abbreviation_is_longer_than_the_longest() {
        assert_eq!(ABBREVIATIONS.iter().map(|word| word.len()).max(), Some(LONGEST_ABBREVIATION));
    }

    proptest::proptest! {
        #[test]
        fn wide_marks_are_those_that_a_search_by_characters_finds(text in "[a.“”’—…。！？中ｆ]{0,6}") {
            proptest::prop_assert_eq!(has_wide_mark(&text), text.contains(['…', '。', '！', '？']));
        }

        #[test]
        fn lines_end_where_a_search_by_characters_ends_them(text in "[a \n\r\u{2028}\u{2029}“…中]{0,20}") {
            let parts: Vec<&str> = text.split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}']).collect();
            let is_crlf = |i: &usize| *i > 0 && parts[*i] == "\n" && parts[i - 1].ends_with('\r');
            let expected: Vec<&str> = (0..parts.len()).filter(|i| !is_crlf(i)).map(|i| parts[i].trim()).collect();
            let lines: Vec<&str> = lines(&text).into_iter().map(|line| &text[line]).collect();
            proptest::prop_assert_eq!(lines, expected);
        }

        #[test]
        fn sentences_are_ordered_and_cover_all_but_white_space(text in "[ A-Za-z.?!\n\r“”’ü中😀(0-9)]{0,80}") {
            let spans = split(&text);
            let mut end = 0;
            for span in &spans {
                proptest::prop_assert!(text[end..span.start()].trim().is_empty());
                end = span.end();
            }
            proptest::prop_assert!(text[end..].trim().is_empty());
        }
    }
}
