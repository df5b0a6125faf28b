"""Trains a tagger on labelled sentences.

    python fine_tune.py --base FOLDER --train FILE… --out FOLDER [--from WEIGHTS] [--dev FILE] …

Ends with OUT/weights.safetensors and the scores on dev; run again, it goes on where it stopped.
"""
import argparse
import pathlib
import random

import torch
from torch import nn

import change
import text
import training
from network import IGNORED, Tagger, Words, batches, tensors


def rows(words, sentences, pool, options):
    """One epoch's rows: each sentence as it stands or changed."""
    for sentence in sentences:
        if random.random() < options.other_names:
            sentence = change.with_other_names(sentence, pool)
        written = sentence["text"]
        if random.random() < options.other_case:
            written = change.with_other_case(written)
        yield words.encode(written, sentence["spans"])


def plan(words, options):
    """The batches of all epochs."""
    sentences = [sentence for path in options.train for sentence in text.read(path)]
    pool, steps = change.names(sentences), []
    for _ in range(options.epochs):
        found = list(rows(words, sentences, pool, options))
        steps += [[found[index] for index in batch] for batch in batches(found, options.tokens, shuffle=True)]
    return steps


def loss_of(tagger, rows):
    ids, cases, labels, mask = tensors(rows)
    with torch.autocast("cpu", torch.bfloat16):
        values = tagger(ids, cases, mask)
    return nn.functional.cross_entropy(values.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)


def main(options):
    training.seed(options.seed)
    words, tagger = Words(options.base), Tagger(options.base)
    if options.start:
        tagger.load(options.start)
    training.train(tagger, plan(words, options), loss_of, options, pathlib.Path(options.out))
    if options.dev:
        training.report(tagger, words, options.dev)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", nargs="+", required=True)
    training.add_options(parser, rate=3e-4, epochs=4)
    main(parser.parse_args())
