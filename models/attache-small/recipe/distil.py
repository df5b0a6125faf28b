"""Trains the small tagger on teachers' soft labels and on annotated sentences together.

    python distil.py --base FOLDER --from WEIGHTS --soft FOLDER… --train FILE… --out FOLDER [--dev FILE] …

A word's loss is the cross entropy with the teachers' mean distribution, or with the annotated label where the sentence has
one; annotated words count `--gold-weight` times. Sentences in another case keep the targets of the text as written.
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
from network import batches, tensors
from text import LABELS


def soft_labels(folders):
    """(text, distribution of each word) of every sentence, the mean over the teachers."""
    for part in sorted(folders[0].glob("part-*.pt")):
        for opinions in zip(*(torch.load(folder / part.name) for folder in folders)):
            yield opinions[0][0], sum(values.float().softmax(-1) for _, values in opinions) / len(opinions)


def soft_rows(words, options):
    for written, targets in soft_labels(options.soft):
        shown = change.with_other_case(written) if random.random() < options.other_case else written
        row = words.encode(shown)
        if len(row["firsts"]) == len(targets):
            yield row | {"targets": targets, "weight": 1.0}


def gold_rows(words, sentences, pool, options):
    for sentence in sentences:
        row = words.encode(**change.changed(sentence, pool, options))
        labels = torch.tensor([row["labels"][first] for first in row["firsts"]], dtype=torch.long)
        targets = nn.functional.one_hot(labels, len(LABELS)).float()
        yield row | {"targets": targets, "weight": options.gold_weight}


def plan(words, options):
    """The batches of all epochs, each sentence changed anew in each."""
    sentences = [sentence for path in options.train for sentence in text.read(path)]
    pool = change.names(sentences)
    found = []
    for _ in range(options.epochs):
        rows = list(soft_rows(words, options))
        rows += gold_rows(words, sentences, pool, options)
        rows = [row for row in rows if row["firsts"]]
        found += [[rows[index] for index in batch] for batch in batches(rows, options.tokens, shuffle=True)]
    return found


def loss_of(tagger, rows):
    ids, cases, _, mask = tensors(rows)
    with torch.autocast("cpu", torch.bfloat16):
        values = tagger(ids, cases, mask)
    picked = torch.cat([values[number, row["firsts"]] for number, row in enumerate(rows)])
    targets = torch.cat([row["targets"] for row in rows])
    weights = torch.cat([torch.full((len(row["firsts"]),), row["weight"]) for row in rows])
    each = nn.functional.cross_entropy(picked, targets, reduction="none")
    return (each * weights).sum() / weights.sum()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--soft", type=pathlib.Path, nargs="+", required=True, help="what soft_label.py wrote, by teacher")
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--gold-weight", type=float, default=1.5)
    training.add_options(parser, rate=3e-4, epochs=3)
    training.main(parser.parse_args(), plan, loss_of)
