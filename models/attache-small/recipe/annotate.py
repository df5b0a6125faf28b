"""Reads annotated sentences, `source TAB sentence in the gold notation` a line.   python annotate.py FILE OUT.jsonl"""
import sys

import text


def main(path, out):
    with open(path, encoding="utf8") as file:
        text.write(out, [text.read_notation(line.rstrip("\n").split("\t", 1)[1]) for line in file])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
