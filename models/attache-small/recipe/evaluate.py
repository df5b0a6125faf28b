"""Scores weights on annotated sentences, and says how far a mention's score can be trusted.

    python evaluate.py --base FOLDER --weights FILE --sentences FILE.jsonl [--temperature T] [--plot FILE.png]

Prints strict F1 by kind as written, in lower case and in capitals, with bootstrap intervals; the temperature that fits
best; and the expected calibration error, for the temperature given and for the best one, fitted on one half of the
sentences and measured on the other. A mention's score is the least of its words' probabilities of the mention's kind,
B- and I- together, of the logits divided by the temperature.
"""
import argparse
import random

import torch

import text
from network import Tagger, Words, describe, f1, logits, mentions

BINS = 10
DRAWS = 1000
TEMPERATURES = [0.8 + 0.05 * step for step in range(40)]


def interval(sentences, found):
    """The middle 95 % of F1 over all kinds when sentences are drawn again with replacement."""
    pairs = list(zip([sentence["spans"] for sentence in sentences], found))
    draws = sorted(f1(*zip(*random.choices(pairs, k=len(pairs))))["all"] for _ in range(DRAWS))
    return draws[int(0.025 * DRAWS)], draws[int(0.975 * DRAWS) - 1]


def scored(sentences, rows, values, found, temperature):
    """(score, whether right) of every mention that the model finds."""
    for sentence, row, scores, spans in zip(sentences, rows, values, found):
        gold = {tuple(span) for span in sentence["spans"]}
        probabilities = (scores / temperature).softmax(-1)
        for start, end, kind in spans:
            first = 1 + 2 * text.KINDS.index(kind)
            inside = [n for n, (a, b) in enumerate(row["places"]) if start <= a and b <= end]
            yield float(probabilities[inside, first : first + 2].sum(-1).min()), (start, end, kind) in gold


def bins(pairs):
    """(mean score, share right, count) of the mentions in each tenth of the scores."""
    found = [[] for _ in range(BINS)]
    for value, right in pairs:
        found[min(int(value * BINS), BINS - 1)].append((value, right))
    return [(sum(v for v, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for b in found if b]


def error(pairs):
    """The expected calibration error."""
    pairs = list(pairs)
    return sum(abs(mean - right) * count for mean, right, count in bins(pairs)) / len(pairs)


def loss(pairs):
    pairs = [(min(max(value, 1e-6), 1 - 1e-6), right) for value, right in pairs]
    return -sum(torch.tensor(value if right else 1 - value).log().item() for value, right in pairs) / len(pairs)


def best_temperature(*parts):
    return min(TEMPERATURES, key=lambda temperature: loss(scored(*parts, temperature)))


def plot(pairs, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(4.2, 4.2), dpi=110)
    points = bins(pairs)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot([mean for mean, _, _ in points], [right for _, right, _ in points], "o-", color="#1f6f8b")
    for mean, right, count in points:
        axes.annotate(str(count), (mean, right), textcoords="offset points", xytext=(6, -10), fontsize=7)
    axes.set(xlabel="mean score of the mentions", ylabel="share of them that is right", xlim=(0, 1), ylim=(0, 1))
    figure.tight_layout()
    figure.savefig(path)


def main(options):
    random.seed(1)
    words, tagger = Words(options.base), Tagger(options.base).load(options.weights)
    sentences = text.read(options.sentences)
    for name, change in (("as written", str), ("lower", str.lower), ("upper", str.upper)):
        rows = [words.encode(change(sentence["text"]), longest=510) for sentence in sentences]
        values = logits(tagger, rows)
        found = [mentions(row, scores) for row, scores in zip(rows, values)]
        low, high = interval(sentences, found)
        print(name, describe(f1([sentence["spans"] for sentence in sentences], found)), f"95 % {low:.1f} to {high:.1f}")
        if name == "as written":
            parts = (sentences, rows, values, found)
    even, odd = (tuple(part[half::2] for part in parts) for half in (0, 1))
    print(f"calibration error at {options.temperature}: {error(scored(*parts, options.temperature)):.4f}")
    for fitted, held in ((even, odd), (odd, even)):
        temperature = best_temperature(*fitted)
        print(f"fitted on one half {temperature:.2f}: error on the other {error(scored(*held, temperature)):.4f}")
    print(f"fitted on all: {best_temperature(*parts):.2f}")
    if options.plot:
        plot(list(scored(*parts, options.temperature)), options.plot)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--sentences", required=True)
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--plot")
    main(parser.parse_args())
