"""Takes the sentences of a pool that were annotated later out of it, and labels them.

    python standoff.py POOL.jsonl TABLE.tsv OUT.jsonl HELD.jsonl

A line of TABLE is a sentence's mark, TAB, its mentions as `start-end-kind` in characters, with spaces between; the mark is
the first 16 digits of the sentence's SHA-256, so that the table holds no text. One sentence of eight goes to HELD, to score
on; POOL is written anew without any of them.
"""
import hashlib
import sys

import text

HELD = ("0", "1")  # the first digit of a mark


def mark(sentence):
    return hashlib.sha256(sentence.encode()).hexdigest()[:16]


def read_table(path):
    """The mentions of each mark."""
    found = {}
    with open(path, encoding="utf8") as file:
        for line in file:
            if not line.startswith("#"):
                name, spans = line.rstrip("\n").split("\t")
                parts = [span.split("-") for span in spans.split()]
                found[name] = [[int(start), int(end), kind] for start, end, kind in parts]
    return found


def main(pool, table, out, held):
    known, rest, labelled = read_table(table), [], {}
    for sentence in text.read(pool):
        name = mark(sentence["text"])
        if name in known:
            labelled[name] = sentence | {"spans": known[name]}
        else:
            rest.append(sentence)
    if len(labelled) < len(known):
        print(f"{len(known) - len(labelled)} sentences of {table} are not in {pool}: has it been made from other text?")
    text.write(pool, rest)
    text.write(out, [sentence for name, sentence in labelled.items() if not name.startswith(HELD)])
    text.write(held, [sentence for name, sentence in labelled.items() if name.startswith(HELD)])


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
