"""Sentences and their mentions: the notation, columns of tokens and tags, the case of words, joined tokens.

A sentence is `{"text": str, "spans": [[start, end, kind], …]}`, offsets in characters; a file holds one a line.
"""
import json
import re

KINDS = ["Person", "Country", "Organisation", "Treaty", "Location", "Nationality"]
LABELS = ["O"] + [prefix + kind for kind in KINDS for prefix in ("B-", "I-")]
LABEL_ID = {label: number for number, label in enumerate(LABELS)}

MARK = re.compile(r"\[\[|\]\]|\[((?:[^\[\]]|\[\[|\]\])+)\]\((" + "|".join(KINDS) + r")((?:=|@)(?:[^()]|\([^)]*\))*)?\)")
NO_SPACE_BEFORE = set(".,;:!?)]}%'\u2019\u201d") | {"n't", "'s", "'S", "\u2019s", "'re", "'ve", "'ll", "'d", "'m", "''"}
NO_SPACE_AFTER = set("([{$#\u00a3\u20ac\u201c\u2018`")
BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}


def read_notation(line):
    """One sentence in the notation of the gold files, `[name](Kind=identifier)`; `[[` and `]]` are brackets."""
    text, spans, done = "", [], 0
    for match in MARK.finditer(line):
        text += line[done : match.start()]
        done = match.end()
        if match.group(1) is None:
            text += match.group()[0]
            continue
        start = len(text)
        text += match.group(1).replace("[[", "[").replace("]]", "]")
        spans.append([start, len(text), match.group(2)])
    return {"text": text + line[done:], "spans": spans}


def read_columns(path):
    """The sentences of a file of `token TAB … TAB tag` lines, as lists of (token, tag)."""
    sentence = []
    with open(path, encoding="utf8") as file:
        for line in file:
            if line.strip():
                columns = line.rstrip("\n").split("\t")
                sentence.append((columns[0], columns[-1]))
            elif sentence:
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def runs(tags):
    """The (first, end, type) of each mention in BIO or IO tags; a type that changes begins a new one."""
    found, first, kind = [], None, None
    for place, tag in enumerate([*tags, "O"]):
        if first is not None and (tag == "O" or tag[0] == "B" or tag[2:] != kind):
            found.append((first, place, kind))
            first = None
        if tag != "O" and first is None:
            first, kind = place, tag[2:]
    return found


def join(tokens):
    """Tokens as the text that they were cut from, as far as rules can tell, and the place of each."""
    text, places, in_quotes, glued = "", [], False, True
    for token in tokens:
        word = BRACKETS.get(token, token)
        space = "" if glued or token in NO_SPACE_BEFORE or word in NO_SPACE_BEFORE else " "
        glued = word in NO_SPACE_AFTER
        if word == '"':
            space = "" if in_quotes else space
            glued = not in_quotes
            in_quotes = not in_quotes
        start = len(text) + len(space)
        text += space + word
        places.append((start, len(text)))
    return text, places


def case_class(word):
    """The case of a word, as `attache` has it: 0 lower, 1 capitalised, 2 upper, 3 one upper-case letter, 4 mixed."""
    letters = [letter for letter in word if letter.isalpha()]
    upper = sum(letter.isupper() for letter in letters)
    if upper == 0:
        return 0
    if upper == len(letters):
        return 2 if upper > 1 else 3
    return 1 if upper == 1 and letters[0].isupper() else 4


def read(path):
    with open(path, encoding="utf8") as file:
        return [json.loads(line) for line in file]


def write(path, sentences):
    with open(path, "w", encoding="utf8") as file:
        for sentence in sentences:
            file.write(json.dumps(sentence, ensure_ascii=False) + "\n")
    print(f"{len(sentences)} sentences in {path}")
