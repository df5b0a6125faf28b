"""What build.py does to the tables after they were built: names that do more harm than good go.

- names that curated/dropped.tsv lists; one that differs from such a name in its capitals alone must have them in a text;
- a treaty's name with a year before it, or with a word that belongs to the sentence ("adapted CFE Treaty", "Paris
  Agreement on climate change"), and the shorthand of the Factbook ("Climate Change-Kyoto Protocol"): the name without
  them takes its place;
- of several display names of one thing all but the first become aliases;
- of names that the matcher cannot tell apart (accents, hyphens, dashes and apostrophes fold) one stays;
- a treaty's name that begins with New or Adapted must have its capitals: "the new Strategic Arms Reduction Treaty".
"""
import pathlib
import re
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
BEFORE = re.compile(r"^(?:\d{4} |adapted |draft |new |Climate Change-|Marine Dumping-)(?=\S)")
AFTER = re.compile(r"(Kyoto Protocol|Kyoto Treaty|Paris Agreement|Paris Accord) on climate change$")


def dropped():
    lines = (HERE / "curated" / "dropped.tsv").read_text("utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(table, folded(name)) for table, name in cells}


def folded(name):
    """The name as the matcher sees it, but for its letter case."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return re.sub(r"[\s\-–]+", " ", plain.replace("’", "'"))


def bare(name):
    return AFTER.sub(r"\1", BEFORE.sub("", name))


def trim(table, drop):
    path = HERE / table
    lines = path.read_text("utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    header, *rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    rows = [row for row in rows if (table, folded(row[0])) not in drop]
    lower = {name.lower() for of, name in drop if of == table}
    for row in rows:
        if folded(row[0]).lower() in lower and row[3] == "fold":
            row[3] = "capital"
    if table == "treaties.tsv":
        rows = without_years(rows)
        for row in rows:
            if row[0].startswith(("New ", "Adapted ")) and row[3] == "fold":
                row[3] = "capital"
    rows = one_of_each(one_name(rows))
    rows.sort(key=lambda row: (row[1], row[2] != "name", row[2], row[0]))
    path.write_text("\n".join(head + ["\t".join(row) for row in [header] + rows]) + "\n", "utf-8")


def without_years(rows):
    """Rows whose name is bare; a name that is not gives its bare form where that is free."""
    taken = {row[0] for row in rows if bare(row[0]) == row[0]}
    kept = []
    for row in rows:
        name = bare(row[0])
        if name == row[0]:
            kept.append(row)
        elif name not in taken and " " in name:
            taken.add(name)
            kept.append([name, *row[1:]])
    return kept


def one_of_each(rows):
    """Rows without those that fold to another one's name; display names stay before others, accents before none."""
    best = {}
    for row in sorted(rows, key=lambda row: (row[2] != "name", row[0].isascii(), row[0])):
        letters = folded(row[0])
        best.setdefault(letters.lower() if row[3] == "fold" else letters, row)
    kept = {id(row) for row in best.values()}
    return [row for row in rows if id(row) in kept]


def one_name(rows):
    """Rows in which each identifier has exactly one display name: its first, or else its first formal or other name."""
    order = {"name": 0, "formal": 1, "alias": 2, "acronym": 3}
    if any(row[2] not in order for row in rows):
        return rows
    first = {}
    for row in sorted(rows, key=lambda row: (order[row[2]], row[0].startswith(("U.N. ", "UN ")))):
        first.setdefault(row[1], row)
    for row in rows:
        if row is first[row[1]]:
            row[2] = "name"
        elif row[2] == "name":
            row[2] = "alias"
    return rows


def main():
    drop = dropped()
    for table in ("country_names.tsv", "locations.tsv", "organisations.tsv", "treaties.tsv", "people.tsv"):
        trim(table, drop)
    names = {line.split("\t")[1] for line in (HERE / "treaties.tsv").read_text("utf-8").splitlines() if "\t" in line}
    facts = (HERE / "treaty_facts.tsv").read_text("utf-8").splitlines()
    kept = [line for line in facts if line.startswith(("#", "id\t")) or line.split("\t")[0] in names]
    (HERE / "treaty_facts.tsv").write_text("\n".join(kept) + "\n", "utf-8")


if __name__ == "__main__":
    main()
