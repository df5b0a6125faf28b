"""Trains a tagger on labelled sentences.

    python fine_tune.py --base FOLDER --train FILE… --out FOLDER [--from WEIGHTS] [--dev FILE] …

Ends with OUT/weights.safetensors and the scores on dev; run again, it goes on where it stopped.
"""
import argparse

import torch
from torch import nn

import change
import text
import training
from network import IGNORED, batches, tensors


def plan(words, options):
    """The batches of all epochs, each sentence changed anew in each."""
    sentences = [sentence for path in options.train for sentence in text.read(path)]
    pool, steps = change.names(sentences), []
    for _ in range(options.epochs):
        found = [words.encode(**change.changed(sentence, pool, options)) for sentence in sentences]
        steps += [[found[index] for index in batch] for batch in batches(found, options.tokens, shuffle=True)]
    return steps


def loss_of(tagger, rows):
    ids, cases, labels, mask = tensors(rows)
    with torch.autocast("cpu", torch.bfloat16):
        values = tagger(ids, cases, mask)
    return nn.functional.cross_entropy(values.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", nargs="+", required=True)
    training.add_options(parser, rate=3e-4, epochs=4)
    training.main(parser.parse_args(), plan, loss_of)
