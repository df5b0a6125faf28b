#!/usr/bin/env python3
"""Makes treaties.tsv, treaty_facts.tsv, treaty_articles.tsv, treaty_bodies.tsv and treaty_parties.tsv.

usage: build_treaties.py LISTS_DIR [OUT_DIR]

LISTS_DIR holds treaties_untc.tsv (titles of the UN depositary list).  The
curated lines stand in curated/treaties_*.tsv beside this script: the columns
  name  year  names  id  unts
where `names` are separated by "; ", {a/b} expands, a leading mark says
  f:  formal      =  acronym, exact      !  exact      ^  needs its capitals
  ~  any case     y:  only with its year, before or after (many share the name)
  u:  also with "UN", "U.N." and "United Nations" in front
(marks may be joined: "f:u:").  No mark: an alias, its case found by rule.
An empty id is the kebab case of the name.
"""
import csv, glob, os, re, sys, unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
LISTS = sys.argv[1]
OUT = sys.argv[2] if len(sys.argv) > 2 else HERE
CUR = os.path.join(HERE, "curated")

WORDS = set("""treaty treaties convention conventions protocol protocols accord accords agreement
agreements pact pacts charter covenant covenants statute armistice memorandum compact settlement
truce peace deal statutes constitution act concordat capitulation final""".split())
STOP = set("of the on in and for to a an with against between by its at from as or no".split())
GENERIC = set("""comprehensive general interim framework global political open skies peace free trade
economic partnership withdrawal cooperation co-operation security defense defence mutual basic
reconciliation national revitalized supplementary additional optional first second third fourth
final constitutive new reform state transitional strategic reciprocal access association
north south east west northern southern eastern western central european american african asian
international world united nations universal friendship stability articles minerals extradition
inter-american pacific atlantic fiscal migration border boundary environmental industrial high
seas transit prisoners hostage ceasefire cease-fire cessation hostilities status forces moon black
red dead holy eternal perpetual great lakes continental shelf pandemic cybercrime good friday
""".split())

FOLD_OK = re.compile(r"""^(?:un|u\.n\.|united nations)\ (?!charter of)
 |chemical\ weapons|biological\ weapons|arms\ trade\ treaty|genocide\ |cluster\ (?:munition|bomb)|(?:land)?mines?\ (?:ban\ )?|land\ mines?\ |anti-?personnel
 |non-?\ ?proliferation|nuclear[ -](?:arms\ |weapons?\ )?non|nuclear[ -]test|partial\ |threshold\ |limited\ (?:nuclear\ )?test|outer\ space|test-?\ ?ban|refugee\ convention|torture\ |anti-torture|apartheid\ conv
 |convention\ (?:on|against|for|relating)|treaty\ (?:on|for)\ .*(?:nuclear|arms|weapons|outer)|comfort\ women|.*stability\ and\ growth|growth\ and|euro\ |world\ heritage|visiting\ forces|energy\ charter\ t
 |new\ start\ |child(?:ren)?'?s?\ rights|climate\ change\ conv|anti-ballistic|intermediate|strategic\ (?:arms|offensive)|treaty\ on\ strategic|indigenous\ and|general\ agreement\ on|civil\ and\ political|covenant\ on|fissile|racial
 |four-power\ agreement\ on|destroyers|two[ -]plus|peaceful\ nuclear|straddling|disability\ rights|women's|migrant\ workers|postal|anti-bribery|nuclear\ (?:ban|weapons?\ (?:ban|prohib))|law\ of\ the\ sea|hostages?\ conv""", re.X)
ORDINARY = set("""accession accidents acid additional admission age agencies aid amended anti apartheid arms arrest as
asbestos assistance asylum au aviation ban bases basic bear bilateral biodiversity bird birds bomb
bombing bombings bombs boundary boxer bribery bunker cable cables ceasefire channel chemical child
children cites civil claims climate closer clothing cluster cocoa coffee collective collision
comfort communications community competitiveness compromise condominium consent consular container
containers continental conventional cooperation copyright corruption crime cultural cyber cybercrime
deep destroyers development dialogue digital diplomatic disability disabled disappearance
disappearances disasters discrimination dispute document domestic doping drug drugs dumping early
economic education electronic employment enduring energy enforced enhanced equal establishment euro
exchange explosions explosive explosives eyes facilitation federal financing firearms firm fish
fishing fissile five food forces founding four freedom freedoms fresh fuel fundamental future
genocide governors growth guarantee halibut harassment harmonized headquarters health heritage
hijacking home hours humanitarian immunity implementation incendiary industry information informed
inhumane intervention investment is island issue issues labor labour land landmine landmines lasting
law lease lend liability limitation limited line lines load lodge marriage material materials
measures medicine mercenaries mercenary mercury merger meter metre migrant migrants migratory
military mine mines minimum missile missions model multilateral munition munitions name nationwide
natural neutrality nice night nine nonproliferation notification nuclear occupation ocean offensive
opium organized outer ozone partial partnership passenger patent pay payment peaceful peoples
permanent personnel persons plant plastic plastics pledge plurilateral plus point polar policy port
postal power powers prevention prior privacy private procurement program programme promotion
property racial racism rain record reduction reductions refugee refugees registration regulations
relations remnants removal reparations rescue rest rights road rubber sabotage safe safeguards
safety salt salvage sar sea search seed sentenced separation services settlement sharing shelf
shield ships single six slavery smuggling social soldiers sort space special spent split sports
start state stockpiling stocks straddling succession sugar swift system taking technical technology
television temporary termination terrorism terrorist test textiles three threshold tip tobacco
torture trade traffic trafficking transfer transitional transport trips tuna tunas tunnel twelve two
umbrella understanding unification violence visiting wage war warming water waters weapons weekly
wetlands whaling wheat who winter women work workers wreck year""".split())

def ascii_fold(s):
    s = s.translate(str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i"}))
    return "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))

def kebab(s):
    s = ascii_fold(s).lower().replace("u.s.", "us").replace("'", "").replace("’", "").replace(".", "")
    return re.sub(r"[^a-z0-9]+", "-", s).strip("-")

def key(s):
    return ascii_fold(s).casefold().replace("–", "-").replace("’", "'")

def braces(s):
    m = re.search(r"\{([^{}]*)\}", s)
    if not m:
        return [re.sub(r"\s+", " ", s).strip()]
    return [x for a in m.group(1).split("/") for x in braces(s[:m.start()] + a + s[m.end():])]

def tokens(s):
    return [t for t in re.split(r"[\s,()–/]+", s) if t]

def case_of(name):
    t = [x.lower().strip(".'’") for x in tokens(name)]
    rest = [x for x in t if x not in STOP and x not in WORDS and not x.isdigit()]
    if not any(x in WORDS for x in t):
        return "fold" if len(t) >= 6 else "capital"
    if t and t[0] in ("convention", "treaty", "protocol") and len(t) >= 5 and t[1] != "of":
        return "fold"
    if not rest or all(x in GENERIC or x in ("i", "ii", "iii", "iv") for x in rest):
        return "capital"
    low = name.lower()
    parts = [p for x in rest for p in x.split("-")]
    if len(rest) <= 3 and all(p in ORDINARY or p in GENERIC or p in ("i", "ii", "iii", "iv") or p.isdigit() for p in parts) \
            and not FOLD_OK.match(low):
        return "capital"
    return "fold"

SPELL = [("rganisation", "rganization"), ("isation", "ization"), ("Defence", "Defense"), ("Labour", "Labor"),
         ("Neighbour", "Neighbor"), ("Co-operation", "Cooperation"), ("Non-Proliferation", "Nonproliferation"),
         ("Non-Proliferation", "Non Proliferation"), ("Test-Ban", "Test Ban"), ("Sulphur", "Sulfur"),
         ("Anti-Ballistic", "Antiballistic"), ("Nuclear-Weapon-Free", "Nuclear Weapon Free"), ("Favour", "Favor"),
         ("Nuclear-Weapon-Free", "Nuclear Weapons Free"), ("Programme", "Program"), ("Honour", "Honor"), ("Harbour", "Harbor"),
         ("Intermediate-Range", "Intermediate Range"), ("Civilisation", "Civilization"), ("Ceasefire", "Cease-fire")]

def variants(name):
    """Spellings of the same name, found by rule."""
    seen = [name]
    def add(x):
        if x not in seen:
            seen.append(x)
    for a, b in SPELL:
        for x in list(seen):
            for p, q in ((a, b), (b, a)):
                if p in x:
                    y = x.replace(p, q)
                    if "Organisation for Economic" not in y or True:
                        add(y)
    for x in list(seen):
        if "–" in x:
            add(x.replace("–", "-"))
        elif re.search(r"\b(US|U\.S\.|EU|UK|[A-Z][a-z]{2,})-[A-Z]", x):
            if not re.search(r"\b(?:Anti|Non|Four|Five|Nine|Three|Two|Twelve|Six|Test|Euro|Lend|Trans|Inter|Co|Wide|Sea|Land|Long|All|Al|El|Cut|Guadalupe|Brest|Saint|Al|Sharm|Sub|Pan|Self|Free|Price|Post|Semi|Multi|Pre|Re|Mid|Power|Nuclear|Non|Dual|Asia|Indo|Third|Anti|Hostage|Cease|Aix|San|Pre|Cross|Trade|Whole)-", x):
                add(re.sub(r"(?<=[A-Za-z.])-(?=[A-Z][A-Za-z])", "–", x))
    for x in list(seen):
        if re.search(r"\bUS\b", x):
            add(re.sub(r"\bUS\b", "U.S.", x))
        elif "U.S." in x:
            add(x.replace("U.S.", "US"))
        if re.search(r"\bUN\b", x):
            add(re.sub(r"\bUN\b", "U.N.", x))
    for x in list(seen):
        if "'" in x:
            add(x.replace("'", "’"))
        add(ascii_fold(x))
    for x in list(seen):
        m = re.fullmatch(r"(Treaty|Peace|Convention|Truce|Pact|Protocol|Agreement|Accords?|Charter|Armistice|Statute) of ((?:Saint |St\. |San |Fort |The |Den |Le |El |Santa |New |Rio de |Puerto |Al-)?[A-ZÀ-Ž][\w’'\-]+)", x)
        if m and m.group(2) not in NOT_PLACE:
            w = m.group(1)
            place = m.group(2)[4:] if m.group(2).startswith("The ") else m.group(2)
            add(f"{place} {w}" if w != "Peace" else f"{place} Peace Treaty")
            if w == "Peace":
                add(f"Treaty of {m.group(2)}")
        m = re.fullmatch(r"([A-ZÀ-Ž][\w’'\-]+) (Treaty)", x)
        if m and m.group(1) in PLACES:
            add(f"Treaty of {m.group(1)}")
    return seen

SMALL_NOUN = set("Nice Split Moon Space Refugee Ozone Metre".split())
NOT_PLACE = set("Friendship Peace Commerce Amity Alliance Union Guarantee Mutual Extradition Establishment Perpetual Human Paris Nations Rights Cooperation Limits Reciprocity Navigation Limitation".split())
PLACES = set()

class Table:
    def __init__(self):
        self.rows = {}      # id -> {name: (form, case)}
        self.facts = {}     # id -> (name, year, unts)
        self.owner = {}     # key -> (id, explicit)
        self.auto = []
        self.errors = []
        self.dated = set()   # names with their year, asked for by y:

    def add(self, tid, name, form, case, explicit):
        name = unicodedata.normalize("NFC", name)
        k = key(name)
        got = self.owner.get(k)
        if got and got[0] != tid:
            if explicit and got[1]:
                self.errors.append(f"two ids: {name!r}: {got[0]} and {tid}")
            return
        self.owner[k] = (tid, explicit)
        names = self.rows.setdefault(tid, {})
        if name not in names:
            names[name] = (form, case or ("exact" if form == "acronym" else case_of(name)))

    def entry(self, name, year, names, tid, unts):
        forms = []
        first = True
        for raw in [name] + [n for n in names.split(";") if n.strip()]:
            raw = raw.strip()
            form, case, un, yr = ("name" if first else "alias"), None, False, False
            while True:
                if raw.startswith("f:"): form, raw = ("name" if first else "formal"), raw[2:]
                elif raw.startswith("u:"): un, raw = True, raw[2:]
                elif raw.startswith("y:"): yr, raw = True, raw[2:]
                elif raw[0] == "=": form, case, raw = ("name" if first else "acronym"), "exact", raw[1:]
                elif raw[0] == "!": case, raw = "exact", raw[1:]
                elif raw[0] == "^": case, raw = "capital", raw[1:]
                elif raw[0] == "~": case, raw = "fold", raw[1:]
                else: break
            for one in braces(raw):
                if yr:
                    if first:
                        disp, tid = f"{one} ({year})", tid or kebab(f"{one} {year}")
                        forms.append((disp, form, case))
                        first, form = False, "alias"
                    for y in (f"{one} of {year}", f"{year} {one}", f"{one} ({year})"):
                        self.dated.add(y)
                        if y != disp:
                            forms.append((y, form, case))
                    continue
                forms.append((one, form, case))
                if first:
                    disp, tid = one, tid or kebab(one)
                    first, form = False, "alias"
                if un:
                    for p in ("UN ", "United Nations "):
                        forms.append((p + one, "alias" if form == "name" else form, case))
        if tid in self.facts:
            self.errors.append(f"id twice: {tid}")
            return
        self.facts[tid] = (unicodedata.normalize("NFC", disp), year, unts)
        for n, form, case in forms:
            self.add(tid, n, form, case, True)
        for n, form, case in forms:
            if form == "acronym" or case == "exact":
                continue
            if n.startswith("United Nations "):
                self.auto.append((tid, "UN " + n[15:], "alias", case))
                self.auto.append((tid, "U.N. " + n[15:], "alias", case))
            for v in variants(n):
                if v != n:
                    self.auto.append((tid, v, "alias" if form == "name" else form, case))

    def finish(self):
        for tid, n, form, case in self.auto:
            self.add(tid, n, form, case, False)
        for tid, names in self.rows.items():
            for n, (form, case) in list(names.items()):
                # "Open Skies treaty", "WHO constitution": a name that needs its capitals, with a small noun
                head, _, noun = n.rpartition(" ")
                if case != "capital" or noun.lower() not in WORDS or noun == noun.lower() or form == "formal":
                    continue
                if re.search(r"\b(?:%s)\b" % "|".join(WORDS), head.lower()):
                    continue
                t = head.split()
                if (len(t) > 1 and all(x[0].isupper() or x[0].isdigit() for x in t)) or \
                        (len(t) == 1 and (t[0].isupper() and len(t[0]) > 1 or t[0] in SMALL_NOUN)):
                    names.setdefault(head + " " + noun.lower(), ("alias", "capital"))

def read(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield [c.strip() for c in line.split("\t")]

def write(name, comments, header, rows):
    with open(os.path.join(OUT, name), "w", encoding="utf-8", newline="\n") as f:
        for c in comments:
            f.write("# " + c + "\n")
        f.write("\t".join(header) + "\n")
        for r in rows:
            f.write("\t".join(r) + "\n")

def main():
    t = Table()
    for path in sorted(glob.glob(os.path.join(CUR, "treaties_*.tsv"))):
        for c in read(path):
            if c[0] == "name" and c[1:2] == ["year"]:
                continue
            c += [""] * (5 - len(c))
            t.entry(*c[:5])
    extra(t)
    t.finish()
    for tid, ns in t.rows.items():
        if [n for n, (form, case) in ns.items() if form == "name"] != [t.facts[tid][0]]:
            t.errors.append(f"not one name: {tid}")
    for tid in set(t.facts) - set(t.rows):
        t.errors.append(f"no name: {tid}")
    src = ["Titles, years and registration numbers are facts; names chosen by hand,",
           "some titles from the UN depositary list. Made by build_treaties.py."]
    for tid, ns in t.rows.items():      # the year stays outside a name that is known without it
        for n in [n for n, (form, case) in ns.items() if form != "name"]:
            m = re.fullmatch(r"(?:(?:1[5-9]|20)\d\d )?(.+?)(?: (?:of|in) (?:1[5-9]|20)\d\d)?", n)
            if m.group(1) != n and any(key(m.group(1)) == key(x) for x in ns) and n not in t.dated:
                del ns[n]
    rows = sorted((tid, form, n, case) for tid, ns in t.rows.items() for n, (form, case) in ns.items())
    write("treaties.tsv", ["Treaties that English news names: usual name, formal names, other names, acronyms."] + src,
          ["name", "id", "form", "case"], [(n, tid, form, case) for tid, form, n, case in rows])
    write("treaty_facts.tsv", ["One row a treaty: display name, year of signature, UN Treaty Series registration number."] + src,
          ["id", "name", "year", "unts"], sorted((tid,) + f for tid, f in t.facts.items()))
    for name, cur, what, head in (
            ("treaty_bodies.tsv", "bodies_treaties.tsv", "Organisation id and the treaty that its articles or its charter mean.", ["organisation", "treaty"]),
            ("treaty_articles.tsv", "articles_treaties.tsv", "The number of a treaty's last article, as its text has it today.", ["treaty", "articles"]),
            ("treaty_parties.tsv", "parties_treaties.tsv", "Parties or signatories of treaties with few: ISO 3166 codes and organisation ids.", ["treaty", "parties"])):
        p = os.path.join(CUR, cur)
        if not os.path.exists(p):
            continue
        got = sorted(set(tuple(c[:2]) for c in read(p) if c[0] != head[0]))
        col = 1 if head[0] == "organisation" else 0
        for r in got:
            if r[col] not in t.facts:
                t.errors.append(f"{cur}: unknown treaty {r[col]}")
        if len({r[0] for r in got}) != len(got):
            t.errors.append(f"{cur}: a key stands twice")
        write(name, [what, "Facts, gathered by hand. Made by build_treaties.py."], head, got)
    for e in t.errors:
        print(e, file=sys.stderr)
    print(len(t.facts), "treaties,", len(rows), "names,", len(t.errors), "errors", file=sys.stderr)
    return 1 if t.errors else 0

SKIP = re.compile(r"amend|^annex|revised text|^declaration|^protocol$|^protocol of signature|extension|memorandum|\\bas (?:extended|modified)|draft|continuation|regulation no|provisional|pallets|wagons|measurement|vessel|inland|commercial road|aircraft and pleasure|registration of|obscene|opium|coffee|sugar|\\btin\\b|olive|to the 1979|western germany|dangerous drugs|broadcasting development|terms of reference|think tank|copyright royalties|acquisition of nationality|advertising", re.I)

def extra(t):
    """Titles of the UN depositary list that no curated line has."""
    t.finish()
    t.auto = []
    with open(os.path.join(LISTS, "treaties_untc.tsv"), encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            title = re.sub(r"\s*\([^)]*(?:deposited|Convention)[^)]*\)", "", row["title"]).replace("*", "")
            title = re.sub(r",? ?(?:concluded|signed|done) at .*", "", title).strip(" .,")
            title = re.sub(r", \d{4}$", "", title)
            n = len(title.split())
            if SKIP.search(title) or not 4 <= n <= 14 or '"' in title or key(title) in t.owner or kebab(title) in t.facts:
                continue
            if not re.match(r"(?:[A-Z][\w-]+ ){0,4}(?:Agreement|Convention|Protocol|Treaty|Charter|Constitution|Statutes?|Act)\b", title):
                continue
            title = re.sub(r"\b(for|of|on|the|to) (the )?(establishment|protection|suppression|facilitation|international)\b", lambda m: m.group(0), title)
            year = re.findall(r"\b1[89]\d\d|20\d\d", row["date"])
            if year and "1946" <= year[0] <= "1949":
                year = []       # the row may be a treaty of the past as amended
            t.entry(title, year[0] if year else "", "", "", "")

if __name__ == "__main__":
    sys.exit(main())
