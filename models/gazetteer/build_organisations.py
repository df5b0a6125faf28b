#!/usr/bin/env python3
"""Makes organisations.tsv and people.tsv.

usage: build_organisations.py LISTS_DIR [OUT_DIR]

LISTS_DIR is the folder of source lists (parties_factbook.tsv, leaders_*.tsv, ...);
the lines written by hand lie beside this script in curated/.
"""
import csv
import glob
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
CUR = os.path.join(HERE, "curated")
NEVER = {"IS", "US", "IT", "U.S.", "U.K.", "UK"}
PROBLEMS = []


def nfc(s):
    s = unicodedata.normalize("NFC", s).replace("\u2019", "'").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", s).strip()


def kebab(s):
    s = s.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L")
    s = s.replace("đ", "d").replace("Đ", "D").replace("ı", "i").replace("æ", "ae").replace("ð", "d")
    s = s.replace("þ", "th").replace("Þ", "Th").replace("ə", "a").replace("Ə", "A")
    s = unicodedata.normalize("NFKD", s)
    s = "".join(c for c in s if not unicodedata.combining(c)).lower()
    s = s.replace("&", " and ").replace("'", "").replace("+", " plus ").replace("ʻ", "")
    return re.sub(r"[^a-z0-9]+", "-", s).strip("-")


def tsv(path):
    with open(path, encoding="utf-8", newline="") as f:
        rows = [r for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r and not r[0].startswith("#")]
    return rows[1:]


def curated(prefix):
    for path in sorted(glob.glob(os.path.join(CUR, prefix + "_*.tsv"))):
        with open(path, encoding="utf-8") as f:
            for n, line in enumerate(f, 1):
                line = line.rstrip("\n")
                if line.strip() and not line.startswith("#"):
                    yield "%s:%d" % (os.path.basename(path), n), line


def words_file(name):
    with open(os.path.join(CUR, name), encoding="utf-8") as f:
        return {w for line in f if not line.startswith("#") for w in line.split()}


CASES = {"f": "fold", "c": "capital", "x": "exact"}
ORDINARY = words_file("ordinary_words.txt")


TAIL = re.compile(r" (Army|Navy|Air Force|Armed Forces|Parliament|Embassy|Senate|Legation|Government|Congress|House|"
                  r"Marines|Police|Supreme Court|High Court|Constitutional Court|Central Bank|Space Force)$")


def is_acronym(s):
    return " " not in s and len(s) <= 12 and bool(re.search(r"[A-Z]", s)) and not re.search(r"[a-z]{2}", s)


def default_case(s):
    """fold only for what no ordinary run of words can be."""
    if is_acronym(s):
        return "exact"
    if len(s.split()) <= 4 and TAIL.search(s):
        return "capital"              # Israeli army, US embassy: in lower case only the adjective is a name
    words = re.findall(r"[^\s\-–/,]+", s)
    if len(words) < 2:
        return "capital"
    if any(is_acronym(w) and len(w) > 1 for w in words) and len(words) < 3:
        return "capital"
    content = [w for w in words if w.lower() not in
               {"of", "the", "and", "for", "in", "on", "to", "de", "la", "a", "an", "against", "&", "with", "at", "by"}]
    if len(content) >= 3:
        return "fold"
    if all(w.lower().rstrip("'s").rstrip("'") in ORDINARY or w.lower() in ORDINARY for w in content):
        return "capital"
    return "fold" if len(content) >= 2 else "capital"


def parse(line):
    """name [@id] [!case];form [!case];... -> (name, case, id), [(form, case)]"""
    out, ident = [], None
    for part in line.split(";"):
        case = None
        toks = []
        for t in part.split():
            if t.startswith("@") and len(t) > 2 and not out:
                ident = t[1:]
            elif re.fullmatch(r"![fcx]", t):
                case = CASES[t[1]]
            else:
                toks.append(t)
        s = nfc(" ".join(toks))
        if s:
            out.append((s, case or default_case(s)))
    return ident or kebab(out[0][0]), out


class Table:
    def __init__(self):
        self.owner = {}      # surface -> id
        self.rows = {}       # (id, surface) -> [form, case]
        self.names = {}      # id -> name

    def add(self, ident, surface, form, case, where, quiet=False):
        if surface in NEVER or len(surface) < 2:
            return False
        own = self.owner.get(surface)
        if own is not None:
            if own != ident and not quiet:
                PROBLEMS.append("%s: %r is %s, not %s" % (where, surface, own, ident))
            return own == ident
        if form == "name":
            if ident in self.names:
                form = "alias"
            else:
                self.names[ident] = surface
        self.owner[surface] = ident
        self.rows[ident, surface] = [form, case]
        return True

    def write(self, path, head):
        for ident in {i for i, _ in self.rows}:
            assert ident in self.names, ident
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", ident), ident
        rows = sorted((i, f, s, c) for (i, s), (f, c) in self.rows.items())
        with open(path, "w", encoding="utf-8", newline="\n") as out:
            for h in head:
                out.write("# %s\n" % h)
            out.write("name\tid\tform\tcase\n")
            for i, f, s, c in rows:
                assert s == nfc(s) and "\t" not in s and not s.lower().startswith("the "), s
                out.write("%s\t%s\t%s\t%s\n" % (s, i, f, c))
        return rows


# States whose ministries news names often (names as in countries_factbook.tsv).
MINISTRY_STATES = """Afghanistan Albania Algeria Argentina Armenia Australia Austria Azerbaijan Bahrain Bangladesh
Belarus Belgium Brazil Bulgaria Canada Chile China Colombia Croatia Cuba Cyprus Czechia Denmark Egypt Estonia
Ethiopia Finland France Georgia Germany Greece Hungary Iceland India Indonesia Iran Iraq Ireland Israel Italy
Japan Jordan Kazakhstan Kuwait Kyrgyzstan Latvia Lebanon Libya Lithuania Malaysia Mexico Moldova Mongolia
Montenegro Morocco Nepal Netherlands Nigeria Norway Pakistan Peru Philippines Poland Portugal Qatar Romania Russia
Serbia Singapore Slovakia Slovenia Somalia Spain Sudan Sweden Switzerland Syria Tajikistan Thailand Tunisia
Turkey Turkmenistan Ukraine Uzbekistan Venezuela Vietnam Yemen""".split()
MINISTRY_ADJECTIVES = [("Saudi Arabia", "Saudi"), ("South Korea", "South Korean"), ("North Korea", "North Korean"),
                       ("Soviet Union", "Soviet"), ("Britain", "British"), ("Palestine", "Palestinian"),
                       ("Kosovo", "Kosovo"), ("South Africa", "South African"), ("Sri Lanka", "Sri Lankan"),
                       ("Türkiye", "Turkish"), ("Kyrgyzstan", "Kyrgyz"), ("Burma", "Burmese"), ("Myanmar", "Myanmar")]
# usual name, other names; {a} the adjective, {c} the country
BODIES = [
    ("{a} Foreign Ministry", "{a} Ministry of Foreign Affairs", "Ministry of Foreign Affairs of {c}",
     "Foreign Ministry of {c}", "{a} Foreign Affairs Ministry"),
    ("{a} Defence Ministry", "{a} Defense Ministry", "{a} Ministry of Defence", "{a} Ministry of Defense",
     "Ministry of Defence of {c}", "Defence Ministry of {c}", "Ministry of Defense of {c}", "Defense Ministry of {c}"),
    ("{a} Interior Ministry", "{a} Ministry of the Interior", "{a} Ministry of Interior", "{a} Ministry of Internal Affairs",
     "Interior Ministry of {c}"),
    ("{a} Finance Ministry", "{a} Ministry of Finance"),
    ("{a} Health Ministry", "{a} Ministry of Health"),
    ("{a} Justice Ministry", "{a} Ministry of Justice"),
    ("{a} Supreme Court", "Supreme Court of {c}"),
    ("{a} Constitutional Court", "Constitutional Court of {c}"),
    ("{a} Parliament", "Parliament of {c}"),
    ("{a} Government", "Government of {c}"),
    ("{a} Central Bank", "Central Bank of {c}"),
    ("{a} Armed Forces", "Armed Forces of {c}"), ("{a} Coast Guard",), ("{a} Communist Party", "Communist Party of {c}"),
    ("{a} National Assembly", "National Assembly of {c}"), ("{a} Senate", "Senate of {c}"),
    ("{a} Congress", "Congress of {c}"), ("{a} Cabinet", "Cabinet of {c}"), ("{a} Red Cross", "{a} Red Cross Society"),
    ("{a} Army",), ("{a} Navy",), ("{a} Air Force",), ("{a} Embassy", "Embassy of {c}"),
]


def ministries(t, lists):
    adjectives = {}
    for r in tsv(os.path.join(lists, "countries_factbook.tsv")):
        a = nfc(r[4].split(" or ")[0].split(",")[0].split(";")[0].split("(")[0])
        if r[0] in MINISTRY_STATES and a:
            adjectives[r[0]] = a
    adjectives.update({"Czechia": "Czech", "Turkey": "Turkish", "Kyrgyzstan": "Kyrgyz"})
    missing = [c for c in MINISTRY_STATES if c not in adjectives]
    if missing:
        PROBLEMS.append("no adjective: %s" % missing)
    the = {"Netherlands": "the Netherlands", "Philippines": "the Philippines", "Soviet Union": "the Soviet Union"}
    pairs = list(adjectives.items()) + MINISTRY_ADJECTIVES
    for country, adj in sorted(set(pairs)):
        for body in BODIES:
            usual = body[0].format(a=adj)
            ident = t.owner.get(usual) or kebab(usual)
            for k, b in enumerate(body):
                s = b.format(a=adj, c=the.get(country, country))
                if b in ("{a} Government", "{a} Parliament", "{a} Army", "{a} Navy", "{a} Air Force", "{a} Embassy",
                         "Government of {c}", "{a} Central Bank"):
                    case = "capital"      # in lower case only the adjective is a name
                else:
                    case = "capital"
                t.add(ident, s, "name" if k == 0 else "alias", case, "ministries", quiet=True)


PARTY_WORDS = re.compile(
    r"\b(Party|Union|Front|Movement|Alliance|Rally|Congress|Coalition|Democrats|League|Bloc|Forum|Unity|Block|"
    r"Partido|Partai|Parti|Assembly|Democracy|Socialists|Liberals|Greens)\b")


# Names too vague, and acronyms that are words or given names.
VAGUE = {"Grand Party", "New Party", "Our Party", "Good Party", "Party Movement", "Movement Party", "New Movement",
         "Movement Now", "Country Alliance", "Forward Party", "Blue Party", "Orange Party", "Red Party", "Action Party",
         "Service Party", "Women's Party", "Future Party", "Growth Party", "People Movement", "Union for Change"}
WORD_ACRONYMS = set("""CADRE PATRIE AVANZA BESA CREO DEVA ALYANS NIKI NOVO NOVA NAMA MIRA MIRN PERI RETO AGIR GANA LIDER
TISZA MUDA MOCA ELAM HATEM EZEMA PERT AMAR SADI GRUP HIWAR MAIE APRE GAGASAN MOUNI AMANAH PEJUANG MUST CASA PROS HOPE
UNIR MEND MILF ASMA""".split())


def parties(t, lists):
    """Full names of parties of two words or more; acronyms of four letters or more that one party alone has."""
    names, acronyms = {}, {}
    for party, country in (r[:2] for r in tsv(os.path.join(lists, "parties_factbook.tsv"))):
        p = re.sub(r"[;:].*", "", nfc(party))
        p = re.sub(r"\s*[\[(][^)\]]*[)\]]", "", p).strip()
        parts = [x.strip(" ,") for x in re.split(r"\s+or\s+", p)]
        name = re.sub(r"^(The|the)\s+", "", parts[0])
        if len(name.split()) < 2 or len(name) > 70 or not name[0].isupper() or re.search(r"[\d\"/,+]|\bnote\b", name):
            continue
        if re.search(r" [A-Z]{3,}$|^[A-Z]{3,} ", name) or name in VAGUE:
            continue
        if not PARTY_WORDS.search(name) or re.search(r"\b(candidates?|members?|parties|includes?|led|formerly)\b", name):
            continue
        names.setdefault(name, set()).add(country)
        for a in parts[1:]:
            if re.fullmatch(r"[A-Z]{4,8}(-[A-Z]+)?", a) and a.lower() not in ORDINARY and a not in WORD_ACRONYMS:
                acronyms.setdefault(a, set()).add(name)
    for name in sorted(names):
        ident = t.owner.get(name)
        if ident is None:
            ident = kebab(name)
            if ident in t.names:
                t.add(ident, name, "alias", default_case(name), "parties", quiet=True)
            else:
                t.add(ident, name, "name", default_case(name), "parties", quiet=True)
    for a in sorted(acronyms):
        if len(acronyms[a]) == 1:
            name = next(iter(acronyms[a]))
            t.add(t.owner[name], a, "acronym", "exact", "parties", quiet=True)


def dotted(t):
    """A straight and a folded spelling of what has marks above its letters."""
    for (ident, s), (form, case) in list(t.rows.items()):
        plain = ascii_form(s)
        if plain != s and plain.lower() not in ORDINARY:
            t.add(ident, plain, "acronym" if is_acronym(plain) else "alias", case, "plain letters", quiet=True)


def ascii_form(s):
    for a, b in zip("łŁøØđĐıßæÆðÐþÞəƏœŒ–—", ["l", "L", "o", "O", "d", "D", "i", "ss", "ae", "Ae", "d", "D", "th", "Th",
                                            "a", "A", "oe", "Oe", "-", "-"]):
        s = s.replace(a, b)
    s = "".join(c for c in unicodedata.normalize("NFKD", s) if not unicodedata.combining(c))
    return nfc(s)


def organisations(lists, out):
    t = Table()
    for where, line in curated("organisations"):
        ident, forms = parse(line)
        for k, (s, case) in enumerate(forms):
            form = "name" if k == 0 else "acronym" if is_acronym(s) else "alias"
            t.add(ident, s, form, case, where)
    ministries(t, lists)
    parties(t, lists)
    dotted(t)
    return t.write(os.path.join(out, "organisations.tsv"), [
        "Organisations that English news names: usual name, other names, acronyms.",
        "Written by hand (licence of the library); party names also from the CIA World Factbook",
        "(public domain), as are the adjectives in the names of ministries. Made by build_organisations.py.",
        "form: name (one per id) | alias | acronym. case: fold (any letter case) | capital (its capitals",
        "or all upper case) | exact (only as written).",
    ])


PARTICLES = {"von", "van", "der", "den", "de", "del", "della", "da", "dos", "das", "do", "di", "la", "le", "el", "al",
             "bin", "bint", "ibn", "abu", "ould", "of", "y", "e", "ter", "ten", "zu", "af", "arap", "wa"}
ROMAN = re.compile(r"(II|III|IV|VI|VII|VIII|IX|X|XI|XII|XIII|XIV|XVI|XXIII|V)\.?$")


def person_case(word, first):
    """SURNAME -> Surname"""
    if not word.isupper() or len(word) < 2 or ROMAN.match(word):
        return word
    if re.fullmatch(r"([A-Z]\.)+", word):
        return word
    if word.lower() in PARTICLES and not first:
        return word.lower()

    def part(x):
        if not x:
            return x
        y = x[0] + x[1:].lower()
        m = re.match(r"(Mc|O'|D'|L'|N')(.)(.*)", y)
        if m:
            y = m.group(1) + m.group(2).upper() + m.group(3)
        return y
    bits = re.split(r"(-)", word)
    out = []
    for k, b in enumerate(bits):
        out.append("al" if b in ("AL",) and len(bits) > 1 and k == 0 else "el" if b == "EL" and len(bits) > 1 and k == 0
                   else b if b == "-" else part(b))
    return "".join(out)


def restore(name):
    name = nfc(re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", name)).strip(" ,;")
    return nfc(" ".join(person_case(w, k == 0) for k, w in enumerate(name.split())))


GOOD_NAME = re.compile(r"^[^\W\d_a-z][\w'’.\-]*( [\w'’.\-]+)+$")
NOT_NAMES = re.compile(r"\b(Pope|President|Prime|Minister|King|Queen|Prince|Emperor|Sultan|Emir|General|Gen\.|Col\.|Sheikh|Council|"
                       r"represented|Governor|Acting|Prefect|Commissioner|Amir|vacant|Ambassador|Lt\.|Dr\.|Sir|Dame|Lord|"
                       r"Commissioners|Administrator|Representative|Republic|Committee|Government|Presidency|Co-prince)\b")


def person_form_case(s):
    words = [w.lower().rstrip(".") for w in s.split()]
    if len(words) < 2 or ROMAN.match(s.split()[-1]) and len(words) == 2:
        return "capital"
    if all(w in ORDINARY or w in NAME_WORDS or len(w) < 3 for w in words):
        return "capital"
    return "fold"


NAME_WORDS = words_file("ordinary_name_words.txt")


def realms(out):
    """The names of countries: "of Jordan" stays outside the name of Abdullah II, since Jordan is a country of its own."""
    rows = tsv(os.path.join(out, "countries.tsv")) + tsv(os.path.join(out, "country_names.tsv"))
    return {cell for row in rows for cell in row if len(cell) > 3}


def people(lists, out):
    t = Table()
    countries = realms(HERE)

    def without_realm(s):
        name, of, realm = s.rpartition(" of ")
        return name if of and realm.removeprefix("the ") in countries else s
    for where, line in curated("people"):
        ident, forms = parse(line)
        for k, (s, case) in enumerate(forms):
            given = re.search(r"!([fcx])", line.split(";")[k]) if line.count(";") + 1 == len(forms) else None
            if without_realm(s) != s:
                continue
            t.add(ident, s, "name" if k == 0 else "alias", case if given else person_form_case(s), where)
    dotted(t)
    by_ends = {}
    for ident, name in t.names.items():
        toks = [x for x in kebab(name).split("-")]
        by_ends.setdefault((toks[0], toks[-1]), []).append((set(toks), ident))

    def source(names, where, link=True):
        for raw in names:
            s = without_realm(restore(raw))
            if len(s.split()) < 2 or len(s.split()) > 7 or not GOOD_NAME.match(s) or NOT_NAMES.search(s):
                continue
            if s in t.owner:
                continue
            ident = kebab(s)
            if ident in t.names:
                t.add(ident, s, "alias", person_form_case(s), where, quiet=True)
                continue
            toks = ident.split("-")
            same = [i for have, i in by_ends.get((toks[0], toks[-1]), []) if have < set(toks)] if link else []
            if len(same) == 1:
                t.add(same[0], s, "alias", person_form_case(s), where, quiet=True)
            else:
                t.add(ident, s, "name", person_form_case(s), where, quiet=True)

    def column(name, test=lambda r: True, want=0):
        return [r[want] for r in tsv(os.path.join(lists, name)) if test(r)]
    source(column("leaders_wikidata.tsv"), "leaders_wikidata")
    source(column("leaders_factbook.tsv"), "leaders_factbook")
    source(column("leaders_archigos.tsv", lambda r: int(r[4]) >= 1945 and r[0] != r[1]), "leaders_archigos")
    with open(os.path.join(CUR, "officials_in_news.txt"), encoding="utf-8") as f:
        source([x.strip() for x in f if x.strip() and not x.startswith("#")], "officials")
    source(column("us_congress_current.tsv"), "us_congress_current", link=False)
    dotted(t)
    return t.write(os.path.join(out, "people.tsv"), [
        "People that English news names, by full name: usual name and other spellings.",
        "Written by hand (licence of the library); leaders from Wikidata (CC0), the CIA World Factbook and CIA Chiefs of",
        "State (public domain), Archigos (names of leaders since 1945: facts), the US Congress (public domain).",
        "Made by build_organisations.py.",
        "form: name (one per id) | alias. case: fold (any letter case) | capital (its capitals or all upper case).",
    ])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    lists = sys.argv[1]
    out = sys.argv[2] if len(sys.argv) > 2 else HERE
    rows = organisations(lists, out)
    print("organisations.tsv: %d rows, %d organisations" % (len(rows), len({r[0] for r in rows})))
    rows = people(lists, out)
    print("people.tsv: %d rows, %d people" % (len(rows), len({r[0] for r in rows})))
    for p in PROBLEMS:
        print("problem:", p, file=sys.stderr)


if __name__ == "__main__":
    main()
