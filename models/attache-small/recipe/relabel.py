"""Maps the labels of public sets in columns to the six kinds by rules.

    python relabel.py FOLDER OUT.jsonl

The rules know countries and nationalities by the gazetteer's tables, treaties by the shape of their names, and cut a
title from the front of a person's name. What they get wrong the second stage, on annotated sentences, sets right.
"""
import pathlib
import re
import sys

import text

GAZETTEER = pathlib.Path(__file__).resolve().parents[2] / "gazetteer"
FILES = [
    "gmb.train", "gmb.dev", "docred.train", "docred.dev", "docred.test", "uner_ewt.train", "wikigold.all",
    *(f"crossner_{topic}.{part}" for topic in ("literature", "science", "music", "ai") for part in ("train", "dev")),
]
LONGEST = 110
PEOPLE = {"per", "PER", "person", "politician", "writer", "musicalartist", "scientist", "researcher"}
ORGANISATIONS = {"org", "ORG", "organisation", "politicalparty", "band", "university", "magazine"}
PLACES = {"geo", "gpe", "LOC", "country", "location"}
OTHERS = {"MISC", "OTH", "misc"}
BODIES = {"U.N.", "UN", "EU", "European Union", "African Union", "NATO"}
AMBIGUOUS = {"Georgia", "Jordan", "Chad"}
TITLES = set(
    "President Prime Minister Mr. Mrs. Ms. Dr. Senator Sen. Secretary King Queen Prince Princess Pope General Gen. Colonel "
    "Col. Chancellor Vice Former Foreign Defense Defence Chief Justice Judge Sir Lord Lady Sheikh Ayatollah Ambassador "
    "Governor Mayor Chairman Rev. Reverend Captain Capt. Lieutenant Lt. Premier Deputy Interior Finance Commander Emperor "
    "Sultan Imam Archbishop Bishop Cardinal President-elect Crown Congressman Representative Rep. Attorney".split()
)
SMALL = {"The", "the", "of", "on", "and", "for", "in", "In", "On", "For", "And"}
TREATY = re.compile(
    r"(?:(?:(?:[A-Z][\w'\u2019-]+|of|on|the|and|for|in) )*(?:[A-Z][\w'\u2019-]+) )"
    r"(?:Treat(?:y|ies)|Conventions?|Accords?|Protocols?|Pact|Covenant)\b"
    r"(?: (?:of|on|for|against|relating to) (?:the )?(?:[A-Z][\w'\u2019-]+(?: (?:of|the|and|on) )?)(?: ?[A-Z][\w'\u2019-]+)*)?"
    r"|Treat(?:y|ies) of (?:the )?[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)*"
)


def column(table):
    lines = (GAZETTEER / table).read_text("utf8").splitlines()
    return {line.split("\t")[0] for line in lines if line and not line.startswith("#")}


class Rules:
    def __init__(self):
        self.nationalities = column("nationalities.tsv")
        self.countries = column("country_names.tsv") - self.nationalities - AMBIGUOUS

    def kind(self, label, name):
        """The kind of a mention with a set's label, or None where it has none of ours."""
        if name in BODIES:
            return "Organisation"
        if label in PEOPLE:
            return "Person"
        if label in ORGANISATIONS:
            if TREATY.fullmatch(name) and "Warsaw Pact" not in name:
                return "Treaty"
            return "Country" if name in self.countries else "Organisation"
        if label in PLACES:
            if name in self.nationalities:
                return "Nationality"
            if name in self.countries:
                return "Country"
            return None if label == "gpe" else "Location"
        if label in OTHERS:
            if name in self.nationalities:
                return "Nationality"
            return "Treaty" if TREATY.fullmatch(name) else None
        return None

    def spans(self, tokens, tags):
        """(first, end, kind) of the mentions, disjoint: treaties by shape win, then what the set labels."""
        found = treaties(tokens)
        taken = {place for first, end, _ in found for place in range(first, end)}
        for first, end, label in text.runs(tags):
            if tokens[first].lower() == "the" and end - first > 1:
                first += 1
            while label in PEOPLE and first < end and tokens[first] in TITLES:
                first += 1
            kind = self.kind(label, " ".join(tokens[first:end])) if first < end else None
            if kind and taken.isdisjoint(range(first, end)):
                found.append((first, end, kind))
                taken.update(range(first, end))
        for place, token in enumerate(tokens):
            if place not in taken and token in self.nationalities:
                found.append((place, place + 1, "Nationality"))
        return sorted(found)


def treaties(tokens):
    starts, line = [], ""
    for token in tokens:
        starts.append(len(line))
        line += token + " "
    found = []
    for match in TREATY.finditer(line):
        inside = [n for n, start in enumerate(starts) if match.start() <= start and start + len(tokens[n]) <= match.end()]
        while inside and tokens[inside[0]] in SMALL:
            inside.pop(0)
        if len(inside) > 1 and not re.match(r" (?:Organi[sz]ation|Cent(?:er|re))\b", line[match.end() :]):
            found.append((inside[0], inside[-1] + 1, "Treaty"))
    return found


def main(folder, out):
    rules, relabelled = Rules(), []
    for name in FILES:
        before = len(relabelled)
        for sentence in text.read_columns(pathlib.Path(folder) / f"{name}.tsv"):
            tokens, tags = [token for token, _ in sentence], [tag for _, tag in sentence]
            if len(tokens) > LONGEST:
                continue
            written, places = text.join(tokens)
            spans = [[places[first][0], places[end - 1][1], kind] for first, end, kind in rules.spans(tokens, tags)]
            relabelled.append({"text": written, "spans": spans})
        print(f"{name}: {len(relabelled) - before} sentences")
    text.write(out, relabelled)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
