"""Corrects the labels of the public sets where a tagger that never saw them is sure of another.

    python correct.py --base FOLDER --weights WEIGHTS --sentences FILE --out FILE [--sure 0.9] [--show 20]

The tagger's mentions of a sentence take the place of its own where every word's best label has a probability of `--sure`
or more; a sentence that it is less sure of stays as it is. Prints, for each kind, how many mentions the old labels and the
new have and how many they share, and `--show` of the changed sentences.
"""
import argparse
import collections
import random

import text
from network import Tagger, Words, logits, mentions


def corrected(sentence, row, scores, sure):
    """The tagger's mentions where it is sure of every word and has read all of them, else those of the sentence."""
    read_whole = row["firsts"] and row["places"][-1][1] == len(sentence["text"].rstrip())
    if read_whole and scores.float().softmax(-1).max(-1).values.min() >= sure:
        return mentions(row, scores)
    return sentence["spans"]


def main(options):
    random.seed(0)
    words, tagger = Words(options.base), Tagger(options.base).load(options.weights)
    sentences = text.read(options.sentences)
    rows = [words.encode(sentence["text"]) for sentence in sentences]
    counts, changed = collections.defaultdict(lambda: [0, 0, 0]), []
    for sentence, row, scores in zip(sentences, rows, logits(tagger, rows)):
        old = {tuple(span) for span in sentence["spans"]}
        new = {tuple(span) for span in corrected(sentence, row, scores, options.sure)}
        for spans, place in ((old, 0), (new, 1), (old & new, 2)):
            for span in spans:
                counts[span[2]][place] += 1
        if old != new:
            changed.append((sentence["text"], sorted(old - new), sorted(new - old)))
            sentence["spans"] = sorted(map(list, new))
    print(f"{len(changed)} of {len(sentences)} sentences changed")
    for kind, (old, new, both) in sorted(counts.items()):
        print(f"{kind}: {old} before, {new} after, {both} in both")
    for written, gone, come in random.sample(changed, min(options.show, len(changed))):
        named = lambda spans: [f"{written[start:end]} {kind}" for start, end, kind in spans]
        print(written, "\n   −", named(gone), "\n   +", named(come))
    text.write(options.out, sentences)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--sentences", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--sure", type=float, default=0.9)
    parser.add_argument("--show", type=int, default=20)
    main(parser.parse_args())
