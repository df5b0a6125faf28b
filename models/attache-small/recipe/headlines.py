"""Makes headlines, which are rare among the annotated sentences: surnames alone, acronyms, the present tense.

    python headlines.py COUNT OUT.jsonl

Each is one of TEMPLATES, written for this library, with names from the gazetteer's tables: {C} a country, {N} a
nationality, {F} a person's full name, {P} a surname alone, {O} an organisation, {A} an organisation's acronym, {T} a
treaty, {L} a capital. A name that is no whole word of its kind's table is part of the template and stays unlabelled.
"""
import random
import re
import sys

import text
from change import rows

KINDS = {"C": "Country", "N": "Nationality", "F": "Person", "P": "Person", "O": "Organisation", "A": "Organisation", "T": "Treaty", "L": "Location"}
SLOT = re.compile(r"\{([CNFPOATL])\}")
TEMPLATES = """
{C}'s {P} vows to leave {A} if {L} blocks asylum flights
{C}'s {P} skips {A} summit; {P} to meet {P} in {L}
{P}, {P} agree to resume talks after {L} summit
{C}-{C} border: {P} says troops will stay
{P} flies to {L} as {C}, {C} trade fire
{C}: {P} wins second term, {P} concedes
{P} says no to {T} vote
{P}: {C} must return to {T}
{A} chief {P} warns {C} over {T}
{C} quits {T}, {A} regrets move
{C} PM {P} in {L} for {A} meeting
{C} president {P} sacks minister {P}
Who is {P}, {C}'s new foreign minister?
{P} calls {P} 'a liar'
{P}'s party loses ground in {C} poll
{N} court frees {P} ally
{N} FM {P} heads to {L}
{P} meets {N} counterpart {P}
{C} hits back: {P} bans {N} imports
Explainer: Why {C} wants out of {T}
Analysis: {P}'s gamble on {T}
{O} to cut 3,000 jobs in {C}
{O} sues {O} over patents
{A}, {A} sign data pact in {L}
{C} joins {A} despite {N} veto threat
{P} tells {A}: 'Sanctions do not work'
{C}'s {P} urges {A} to act on famine
{L} protests: {P} urges calm
{P} in {L}: five takeaways
{P} to step down as {A} head
{F} named {A} envoy to {C}
{F} dies at 91
{F}, {C}'s longest-serving leader, dies
As it happened: {P} quizzed over {C} arms deal
{C} votes: {P} and {P} head for runoff
{P} slams {N} 'provocation' at sea
{C} recalls envoy from {L} in row over {P} remarks
Live: {P} addresses {A} assembly
{C} ratifies {T}
{P} signs {T} in {L}
{N} MPs back {T} by one vote
'We are ready': {P} on {C} ceasefire
{P} and {P} hold first call since {L} attack
{C} shares slide as {P} raises rates
{O} names {F} chief executive
{A} says {C} breached {T}
{P} warns of 'consequences' after {C} test
US's {P} in surprise {L} visit
UK's {P} survives no-confidence vote
EU's {P} rules out {C} deal
UN's {P} calls for {L} truce
{P} aide held in {L}
{P} seeks third term in {C}
Opposition leader {P} barred from {C} race
{C} frees {P} after two years
{P} v {P}: the {C} debate in quotes
{N} police raid home of ex-president {P}
Ex-{A} head {P} to lead {C} inquiry
{C}'s {O} posts record profit
{C}'s {O} to buy stake in {O}
{C}'s {A} denies blame for {L} blast
{N} giant {O} cuts forecast
{C}'s {L} hit by blackout
{C}'s {L} braces for second storm
{O} wins {C} contract, shares jump
{A} fighters seize town near {L}
{C}'s {O} fined over {L} leak
{L}'s mayor {P} quits
{O} says {P} was not told
{N} {O} unit to shut {L} plant
"""
KNOWN = {"US": "Country", "UK": "Country", "EU": "Organisation", "UN": "Organisation"}


def tables():
    people = [row[0] for row in rows("people.tsv") if row[2] == "name" and len(row[0].split()) in (2, 3)]
    capitals = [row[0] for row in rows("locations.tsv") if row[2] == "capital"]
    return {
        "C": [row[0] for row in rows("country_names.tsv") if row[2] == "name"] + ["US", "UK", "UAE", "U.S."],
        "N": [row[0] for row in rows("nationalities.tsv") if row[2] == "adjective"],
        "F": people,
        "P": [name.split()[-1] for name in people if name.split()[-1].isalpha() and len(name.split()[-1]) > 1],
        "O": [row[0] for row in rows("organisations.tsv") if row[2] == "name"],
        "A": [row[0] for row in rows("organisations.tsv") if row[2] == "acronym" and row[0].isalpha()],
        "T": [row[0] for row in rows("treaties.tsv") if len(row[0]) < 40],
        "L": capitals,
    }


def headline(template, names):
    written, spans, done = "", [], 0
    for word, kind in KNOWN.items():
        if template.startswith(word + "'s "):
            written, spans, done = word, [[0, len(word), kind]], len(word)
    for slot in SLOT.finditer(template):
        written += template[done : slot.start()]
        name = random.choice(names[slot[1]])
        spans.append([len(written), len(written) + len(name), KINDS[slot[1]]])
        written += name
        done = slot.end()
    return {"text": written + template[done:], "spans": spans}


def main(count, out):
    random.seed(13)
    names, templates = tables(), TEMPLATES.strip().split("\n")
    text.write(out, [headline(random.choice(templates), names) for _ in range(int(count))])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
