#!/usr/bin/env python3
"""Builds the gazetteer's tables, and checks them.

    build.py LISTS_DIR   runs each build_*.py beside this file and trim.py, then checks
    build.py --check     checks the tables that lie beside this file

LISTS_DIR is the folder of source lists that models/README.md names. Needs
Python 3.11 and no package. Prints one line a fault, and fails if there is one.

A table is UTF-8 in NFC: `#` comments, one header, tab-separated rows, none
twice. In a table of names, no name has two identifiers, each organisation,
treaty and person has one `name`, and each identifier exists in the facts.
"""
import collections
import pathlib
import re
import subprocess
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["name", "id", "form", "case"]
FORMS = {
    "country_names.tsv": {"name", "formal", "abbreviation", "former", "variant"},
    "nationalities.tsv": {"adjective", "noun", "plural"},
    "locations.tsv": {"capital", "city", "continent", "region", "constituent", "state", "water", "mountain"},
    "organisations.tsv": {"name", "alias", "acronym"},
    "treaties.tsv": {"name", "formal", "alias", "acronym"},
    "people.tsv": {"name", "alias"},
}
COLUMNS = {
    "countries.tsv": ["id", "alpha3", "numeric", "name", "formal", "status"],
    "treaty_facts.tsv": ["id", "name", "year", "unts"],
    "treaty_articles.tsv": ["treaty", "articles"],
    "treaty_bodies.tsv": ["organisation", "treaty"],
    "treaty_parties.tsv": ["treaty", "parties"],
} | {table: NAMES for table in FORMS}
ID = {table: r"[a-z0-9]+(-[a-z0-9]+)*" for table in ("organisations.tsv", "treaties.tsv", "people.tsv")}
FAULTS = []


def fault(table, line, text):
    FAULTS.append(f"{table}:{line}: {text}")


def read(table):
    """The rows of a table, each with its line; faults of form are noted."""
    rows, seen, header = [], set(), None
    for number, line in enumerate((HERE / table).read_text("utf-8").split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            if cells != COLUMNS[table]:
                fault(table, number, f"header {cells}")
            continue
        if len(cells) != len(header):
            fault(table, number, f"{len(cells)} cells")
            continue
        if line in seen:
            fault(table, number, "row stands twice")
        if line != unicodedata.normalize("NFC", line):
            fault(table, number, "not NFC")
        if any(cell != " ".join(cell.split()) for cell in cells):
            fault(table, number, "stray whitespace")
        seen.add(line)
        rows.append((number, cells))
    return rows


def check_names(table, known):
    """Checks a table of names; `known` are the identifiers that it may use, or None. Returns those it uses."""
    owner, named = {}, collections.Counter()
    for line, (name, ident, form, case) in read(table):
        if form not in FORMS[table]:
            fault(table, line, f"form {form!r}")
        if case not in ("fold", "capital", "exact"):
            fault(table, line, f"case {case!r}")
        if known is not None and ident not in known:
            fault(table, line, f"unknown identifier {ident!r}")
        if table in ID and not re.fullmatch(ID[table], ident):
            fault(table, line, f"identifier {ident!r}")
        if owner.setdefault(name, ident) != ident:
            fault(table, line, f"{name!r} is {owner[name]} and {ident}")
        if name.lower().startswith("the ") and not name.startswith("The "):
            fault(table, line, f"{name!r} has an article")
        named[ident] += form == "name"
    if table in ID:
        for ident, count in sorted(named.items()):
            if count != 1:
                fault(table, 0, f"{ident} has {count} names")
    return set(named)


def check():
    countries = {cells[0] for _, cells in read("countries.tsv")}
    treaties = {}
    for line, cells in read("treaty_facts.tsv"):
        if cells[0] in treaties:
            fault("treaty_facts.tsv", line, f"{cells[0]} stands twice")
        if not re.fullmatch(r"(\d{3,4})?", cells[2]):
            fault("treaty_facts.tsv", line, f"year {cells[2]!r}")
        treaties[cells[0]] = cells[1]
    check_names("country_names.tsv", countries)
    check_names("nationalities.tsv", countries)
    check_names("locations.tsv", countries | {"-"})
    organisations = check_names("organisations.tsv", None)
    for ident in sorted(set(treaties) - check_names("treaties.tsv", treaties)):
        fault("treaties.tsv", 0, f"{ident} has no name")
    check_names("people.tsv", None)
    for line, (ident, articles) in read("treaty_articles.tsv"):
        if ident not in treaties:
            fault("treaty_articles.tsv", line, f"unknown {ident!r}")
        if not re.fullmatch(r"[1-9]\d{0,2}", articles):
            fault("treaty_articles.tsv", line, f"number {articles!r}")
    for table, key, value in (("treaty_bodies.tsv", organisations, treaties), ("treaty_parties.tsv", treaties, None)):
        if not (HERE / table).exists():
            continue
        for line, (left, right) in read(table):
            if left not in key:
                fault(table, line, f"unknown {left!r}")
            for ident in [right] if value is not None else right.split(","):
                if ident not in (value if value is not None else countries | organisations):
                    fault(table, line, f"unknown {ident!r}")


def main(arguments):
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 2
    if arguments[0] != "--check":
        for script in sorted(HERE.glob("build_*.py")):
            subprocess.run([sys.executable, script, arguments[0]], check=True)
        subprocess.run([sys.executable, HERE / "trim.py"], check=True)
    check()
    print("\n".join(FAULTS), file=sys.stderr)
    print(len(FAULTS), "faults")
    return 1 if FAULTS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
