"""Sentences changed so that the model sees more than was written: other names of the same kind, other cases."""
import collections
import random

KEEP = {"Nationality"}


def names(sentences):
    """The names of each kind in `sentences`, as often as they occur once counted by name and not by sentence."""
    found = collections.defaultdict(set)
    for sentence in sentences:
        for start, end, kind in sentence["spans"]:
            found[kind].add(sentence["text"][start:end])
    return {kind: sorted(values) for kind, values in found.items()}


def with_other_names(sentence, pool, share=0.5):
    """`sentence` with about `share` of its mentions replaced by other names of their kind."""
    text, spans, done = "", [], 0
    for start, end, kind in sorted(sentence["spans"]):
        name = sentence["text"][start:end]
        if kind not in KEEP and random.random() < share:
            name = random.choice(pool[kind])
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
