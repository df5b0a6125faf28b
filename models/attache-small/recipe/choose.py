"""Chooses the sentences of which a tagger is least sure: those that it learns most from.

    python choose.py --base FOLDER --weights FILE --text FILE.jsonl --count N --out FILE.jsonl

A sentence's doubt is the sum over its words of 1 - the probability of the likeliest label, by token; PRIOR tokens without
doubt are added, so that fragments do not come first.
"""
import argparse

from tqdm import tqdm

import text
from network import Tagger, Words, logits

PART = 1000
PRIOR = 10


def doubts(words, tagger, sentences):
    rows = [words.encode(sentence["text"]) for sentence in sentences]
    for row, values in zip(rows, logits(tagger, rows)):
        yield float((1 - values.softmax(-1).amax(-1)).sum()) / (len(row["ids"]) + PRIOR)


def main(options):
    words, tagger = Words(options.base), Tagger(options.base).load(options.weights)
    sentences, found = text.read(options.text), []
    for part in tqdm(range(0, len(sentences), PART)):
        found += doubts(words, tagger, sentences[part : part + PART])
    order = sorted(range(len(sentences)), key=lambda index: -found[index])
    text.write(options.out, [sentences[index] for index in sorted(order[: options.count])])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", required=True)
    main(parser.parse_args())
