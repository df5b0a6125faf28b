"""Chooses the sentences that the teacher labels.

    python pool.py DATA DEV TRAIN OUT.jsonl

DATA/text holds running text and DATA/labelled sets in columns, whose labels are not looked at. No sentence of DEV or TRAIN
is taken. Each source gives its share; sentences that speak of a treaty come first, since news has few of them.
"""
import pathlib
import random
import re
import sys

import text

SHARES = {
    "text/wikipedia_current_events.txt": 90000,
    "text/voa_gmb.txt": 24000,
    "text/wikinews_2019_2020.txt": 10000,
    "text/un_general_debate_1990_2022_part.txt": 18000,
    "text/us_history_state.txt": 9000,
    "text/cia_factbook.txt": 4000,
    "text/treaty_texts.txt": 3000,
    "labelled/docred.train.tsv": 9000,
    "labelled/uner_ewt.train.tsv": 8000,
    "labelled/gum_free.train.tsv": 3000,
    "labelled/re3d_free.train.tsv": 400,
    "labelled/wikigold.all.tsv": 1000,
    "labelled/crossner_literature.dev.tsv": 300,
    "labelled/crossner_science.dev.tsv": 300,
    "labelled/crossner_music.dev.tsv": 200,
    "labelled/wnut17.train.tsv": 1500,
}
TREATIES = 0.2
TREATY = re.compile(r"\b(?:Treat(?:y|ies)|Conventions?|Accords?|Protocols?|Pact|Covenants?|Charter)\b")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)]* +(?=[\"'\u201c\u2018(]?[A-Z0-9])")
ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sen|Rep|Gov|Sgt|Capt|No|vs|Art|Jr|Sr|Inc|Co|Corp|[A-Z])|\.[A-Z])\.[\"'\u201d\u2019)]*\s*$")


def sentences(paragraph):
    """The sentences of a paragraph; a full stop after an abbreviation or an initial ends none."""
    start = 0
    for match in SENTENCE_END.finditer(paragraph):
        if ABBREVIATION.search(paragraph[start : match.end()]):
            continue
        yield paragraph[start : match.end()].strip()
        start = match.end()
    yield paragraph[start:].strip()


def source(path):
    if path.suffix == ".tsv":
        for tokens in text.read_columns(path):
            yield text.join([token for token, _ in tokens])[0]
        return
    with open(path, encoding="utf8") as file:
        for line in file:
            yield from sentences(line.strip())


def key(sentence):
    return re.sub(r"\W+", "", sentence).lower()[:80]


def main(data, dev, train, out):
    random.seed(7)
    known = {key(sentence["text"]) for file in (dev, train) for sentence in text.read(file)}
    chosen = []
    for name, share in SHARES.items():
        found = []
        for sentence in source(pathlib.Path(data) / name):
            mark = key(sentence)
            if 25 <= len(sentence) <= 500 and mark not in known and re.search(r"[A-Z]", sentence[1:]):
                known.add(mark)
                found.append(sentence)
        random.shuffle(found)
        treaties = [sentence for sentence in found if TREATY.search(sentence)][: int(share * TREATIES)]
        taken = set(treaties)
        others = [sentence for sentence in found if sentence not in taken][: share - len(treaties)]
        chosen += treaties + others
        print(f"{name}: {len(found)} sentences, {len(treaties)} of treaties and {len(others)} others taken")
    random.shuffle(chosen)
    text.write(out, [{"text": sentence, "spans": []} for sentence in chosen])


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
