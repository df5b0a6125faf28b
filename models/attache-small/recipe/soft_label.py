"""Labels sentences with a teacher: for each word of a sentence the teacher's logits.

    python soft_label.py --base FOLDER --weights FILE --text FILE.jsonl --out FOLDER [--first N]

Writes OUT/part-000.pt and so on, 1,000 sentences each, and goes on after the last that is there.
"""
import argparse
import pathlib

import torch
from tqdm import tqdm

import text
from network import Tagger, Words, logits

PART = 1000


def main(options):
    words, teacher = Words(options.base), Tagger(options.base).load(options.weights)
    sentences = text.read(options.text)[: options.first]
    options.out.mkdir(parents=True, exist_ok=True)
    for part in tqdm(range(0, len(sentences), PART)):
        path = options.out / f"part-{part // PART:03}.pt"
        if path.exists():
            continue
        written = [sentence["text"] for sentence in sentences[part : part + PART]]
        rows = [words.encode(sentence) for sentence in written]
        half = path.with_suffix(".half")
        torch.save(list(zip(written, [values.half() for values in logits(teacher, rows)])), half)
        half.rename(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--first", type=int, help="how many sentences of the file; all without it")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    main(parser.parse_args())
