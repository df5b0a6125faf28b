"""Sentences changed so that the model sees more than was written: other names of the same kind, other cases."""
import collections
import pathlib
import random

KEEP = {"Nationality"}
TABLES = {"Person": "people.tsv", "Organisation": "organisations.tsv", "Treaty": "treaties.tsv"}
FROM_TABLE = 0.3


def names(sentences):
    """The names of each kind, each once: in `sentences`, and in the gazetteer's table of the kind where it has one."""
    found = collections.defaultdict(set)
    for sentence in sentences:
        for start, end, kind in sentence["spans"]:
            found[kind].add(sentence["text"][start:end])
    listed = {kind: table(name) for kind, name in TABLES.items()}
    return {kind: (sorted(values), listed.get(kind, [])) for kind, values in found.items()}


def table(name):
    """The first column of a table of models/gazetteer."""
    return sorted({row[0] for row in rows(name)})


def rows(name):
    """The cells of each line of a table of models/gazetteer."""
    with open(pathlib.Path(__file__).parents[2] / "gazetteer" / name, encoding="utf8") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")][1:]


def any_name(written, listed):
    return random.choice(listed if listed and random.random() < FROM_TABLE else written)


def with_other_names(sentence, pool, share=0.5):
    """`sentence` with about `share` of its mentions replaced by other names of their kind."""
    text, spans, done = "", [], 0
    for start, end, kind in sorted(sentence["spans"]):
        name = sentence["text"][start:end]
        if kind not in KEEP and random.random() < share:
            name = any_name(*pool[kind])
        text += sentence["text"][done:start]
        spans.append([len(text), len(text) + len(name), kind])
        text += name
        done = end
    return {"text": text + sentence["text"][done:], "spans": spans}


def headline(text):
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


CASES = [(str.lower, 0.4), (str.upper, 0.4), (headline, 0.2)]


def with_other_case(text):
    """`text` in lower case, in capitals or as a headline, where that keeps the place of every character."""
    change = random.choices([case for case, _ in CASES], [weight for _, weight in CASES])[0]
    changed = change(text)
    return changed if len(changed) == len(text) else text


def changed(sentence, pool, options):
    """`sentence` as it stands, or with other names or in another case, each in its share of the sentences."""
    if random.random() < options.other_names:
        sentence = with_other_names(sentence, pool)
    if random.random() < options.other_case:
        sentence = sentence | {"text": with_other_case(sentence["text"])}
    return sentence
