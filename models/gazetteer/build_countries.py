#!/usr/bin/env python3
"""Builds countries.tsv, country_names.tsv, nationalities.tsv and locations.tsv.

    build_countries.py LISTS_DIR [OUT_DIR]

LISTS_DIR holds countries_pddl.tsv, countries_factbook.tsv and
countries_countryinfo.tsv. What is decided by hand stands in curated/countries_*
beside this script. Needs the standard library only.
"""
import csv
import re
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
CURATED = HERE / "curated"
FORMS = ["name", "formal", "abbreviation", "former", "variant",
         "adjective", "noun", "plural",
         "capital", "city", "continent", "region", "constituent", "state", "water", "mountain"]

# Names made of a direction or of an administrative word need their capitals: "southern Sudan" and
# "Helmand province" are other spans than "Southern Sudan" and "Helmand Province".
GENERIC = re.compile(r"^(North|South|East|West|Central|Northern|Southern|Eastern|Western|State|New|County|Upper|Lower"
                     r"|Republic|Kingdom|Great|Lake|Blue|White)\b"
                     r"|\b(Province|Oblast|State|City|County|Governorate|Prefecture|Krai|Region|Republic|Kingdom"
                     r"|Empire|Square|Island|Islands|Airport|Base|Beach|Gate|Prison)$")


def nfc(text):
    return unicodedata.normalize("NFC", text)


def plain(text):
    """Without accents, with letters that do not decompose spelt out."""
    text = text.translate(str.maketrans(
        {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss",
         "æ": "ae", "Æ": "Ae", "ð": "d", "þ": "th", "ə": "a", "ʻ": "'", "ʼ": "'"}))
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def rows(path):
    with open(path, encoding="utf-8") as f:
        lines = [l for l in f if not l.startswith("#") and l.strip()]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def curated_rows(name):
    return rows(CURATED / name)


def curated_set(name):
    with open(CURATED / name, encoding="utf-8") as f:
        return {nfc(l.strip()) for l in f if l.strip() and not l.startswith("#")}


class Table:
    """Rows (id, form, name, case); the first form given to a name stays."""

    def __init__(self, no_plain=()):
        self.by_name = {}
        self.clashes = []
        self.no_plain = set(no_plain)

    def add(self, ident, form, name, case=None):
        name = nfc(name.strip())
        if not name or name == "-":
            return
        old = self.by_name.get(name)
        if old is None:
            self.by_name[name] = [ident, form, case]
        elif old[0] != ident:
            self.clashes.append((name, old[0], ident))

    def spell_out(self):
        """Adds the same names without accents and with the typographic apostrophe."""
        for name, (ident, form, case) in list(self.by_name.items()):
            forms = {name}
            if plain(name) != name and name not in self.no_plain:
                forms.add(plain(name))
            for n in list(forms):
                if "'" in n:
                    forms.add(n.replace("'", "\u2019"))
            for n in forms - {name}:
                if n not in self.by_name:
                    self.by_name[n] = [ident, form if plain(n) == plain(name).replace("'", "\u2019") and plain(name) == name
                                       else "variant" if form in ("name", "former") else form, case]

    def write(self, path, comments, decide):
        lines, folded = [], set()
        for name, (ident, form, case) in self.by_name.items():
            case = case or decide(name, form)
            if case == "fold":
                if name.lower() in folded:
                    continue  # the first spelling matches this one too
                folded.add(name.lower())
            lines.append((ident, form, name, case))
        lines.sort()
        with open(path, "w", encoding="utf-8", newline="\n") as f:
            for c in comments:
                f.write(f"# {c}\n")
            f.write("name\tid\tform\tcase\n")
            for ident, form, name, case in lines:
                f.write(f"{name}\t{ident}\t{form}\t{case}\n")
        print(path.name, len(lines))
        for c in sorted(set(self.clashes)):
            print("  clash, first kept:", *c)


def saints(name):
    if re.search(r"\bSaint ", name):
        yield name.replace("Saint ", "St. ")
        yield name.replace("Saint ", "St ")


def countries(out):
    iso = curated_rows("countries_iso.tsv")
    iso.sort(key=lambda r: r["id"])
    with open(out / "countries.tsv", "w", encoding="utf-8", newline="\n") as f:
        f.write("# Countries: ISO 3166-1 (and XK, user-assigned) and ISO 3166-3, with news short name and formal name.\n"
                "# Sources: ISO 3166 codes (facts, cross-checked with pycountry), datasets/country-codes (PDDL),\n"
                "# CIA World Factbook (public domain); names chosen by hand. Made by build_countries.py.\n")
        f.write("id\talpha3\tnumeric\tname\tformal\tstatus\n")
        for r in iso:
            f.write(nfc("\t".join(r[k] or "" for k in ("id", "alpha3", "numeric", "name", "formal", "status"))) + "\n")
    print("countries.tsv", len(iso))
    return iso


def country_names(lists, out, iso):
    skip = {r["name"]: r["id"] for r in curated_rows("countries_skip.tsv")}
    capital = curated_set("countries_case_capital.txt")
    extra = curated_rows("countries_names.tsv")
    t = Table(no_plain={"Réunion", "Ísland"})

    def add(ident, form, name, case=None):
        if skip.get(name) not in ("*", ident):
            t.add(ident, form, name, case)

    for r in iso:
        add(r["id"], "name", r["name"])
    for r in iso:
        add(r["id"], "formal", r["formal"])
        if " of the " in r["formal"]:
            add(r["id"], "formal", r["formal"].replace(" of the ", " of ", 1))
        if " of The " in r["formal"]:
            add(r["id"], "formal", r["formal"].replace(" of The ", " of the ", 1))
    for r in extra:
        for name in r["names"].split("; "):
            case = None
            if r["form"] == "abbreviation":
                case = "fold" if len(re.findall(r"[A-Z]\.", name)) >= 2 and name.endswith(".") else "exact"
            add(r["id"], r["form"], name, case)
    known = {r["id"] for r in iso}
    for r in rows(lists / "countries_pddl.tsv"):
        ident = r["ISO3166-1-Alpha-2"]
        for k in ("UNTERM_English_Short", "UNTERM_English_Formal", "official_name_en", "CLDR_display_name"):
            name = re.sub(r"\s*\((the|The)\)|\s*\*+", "", r[k] or "").strip()
            name = re.sub(r"^[Tt]he ", "", name)
            if ident in known and name and not re.search(r"[(),]| - ", name) and len(name) > 3:
                add(ident, "formal" if "Formal" in k else "variant", name)
    for name, (ident, form, case) in list(t.by_name.items()):
        if case is None:
            for n in saints(name):
                add(ident, "variant", n)
            if " and " in name and form == "name":
                add(ident, "variant", name.replace(" and ", " & "))
    for name, (ident, form, case) in list(t.by_name.items()):
        if case is None and name.startswith(("St. ", "St ")) and " and " in name:
            add(ident, "variant", name.replace(" and ", " & "))
    t.spell_out()

    def decide(name, form):
        return "capital" if name in capital or len(name) < 5 else "fold"

    t.write(out / "country_names.tsv", [
        "Names of countries: news name, formal, abbreviated, former, variant and foreign names.",
        "Sources: datasets/country-codes (PDDL), CIA World Factbook (public domain), ISO 3166 (facts),",
        "country-info (MIT); chosen by hand. Made by build_countries.py.",
        "A name of the past with an ISO 3166-3 code goes to that code, save Burma, which goes to MM."], decide)
    return t

def nationalities(out, iso):
    known = {r["id"] for r in iso}
    capital = curated_set("countries_case_capital_words.txt")
    t = Table(no_plain={"Nig\u00e9rien", "Nig\u00e9riens"})
    for r in curated_rows("countries_nationalities.tsv"):
        ident = r["id"]
        assert ident in known, ident
        names = {k: [n for n in r[k].split("; ") if n != "-"] for k in ("adjective", "noun", "plural")}
        for n in names["adjective"]:
            t.add(ident, "adjective", n)
        for n in names["noun"]:
            t.add(ident, "noun", n)
        if names["plural"] == ["s"]:
            names["plural"] = [n + "s" for n in names["noun"]]
        elif names["plural"] == ["="]:
            names["plural"] = []
        for n in names["plural"]:
            t.add(ident, "plural", n)
    t.spell_out()

    def decide(name, form):
        return "capital" if name in capital or len(name) < 5 else "fold"

    t.write(out / "nationalities.tsv", [
        "Adjectives and nouns for a country's people and things. A word that is both adjective and noun",
        "stands once, as adjective; no ethnic, regional, religious or continental ones.",
        "Sources: CIA World Factbook (public domain), country-info (MIT); chosen by hand. Made by build_countries.py."],
        decide)
    return t


def locations(lists, out, iso, taken):
    known = {r["id"] for r in iso} | {"-"}
    capital = curated_set("countries_case_capital_places.txt")
    t = Table(no_plain={"Kobanî", "M\u00fcnster", "Liège", "Iași"})
    missing = {}
    for r in rows(lists / "countries_pddl.tsv"):
        if r["Capital"]:
            missing[r["ISO3166-1-Alpha-2"]] = r["Capital"]
    for r in curated_rows("countries_places.tsv"):
        assert r["id"] in known and r["form"] in FORMS, r
        if r["form"] == "capital":
            missing.pop(r["id"], None)
        for name in r["names"].split("; "):
            if name not in taken:
                t.add(r["id"], r["form"], name)
    t.spell_out()
    for name in taken:
        t.by_name.pop(name, None)
    print("  capitals left out:", ", ".join(f"{k} {v}" for k, v in sorted(missing.items())))

    def decide(name, form):
        if name.isupper() and len(name) < 6:
            return "exact"
        if len(name) < 6 or name in capital or GENERIC.search(name):
            return "capital"
        return "fold"

    t.write(out / "locations.tsv", [
        "Places that are no country: capitals, cities, continents, regions, constituent countries, states, waters,",
        "mountains; id is the country a place lies in, or - for several. Names that are common words or names of",
        "people are left out. Sources: CIA World Factbook (public domain), datasets/country-codes (PDDL), geographic",
        "facts; chosen by hand. Made by build_countries.py."], decide)


def main():
    lists = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE
    iso = countries(out)
    names = country_names(lists, out, iso)
    if (CURATED / "countries_nationalities.tsv").exists():
        words = nationalities(out, iso)
    if (CURATED / "countries_places.tsv").exists():
        locations(lists, out, iso, set(names.by_name) | set(words.by_name))


if __name__ == "__main__":
    main()
