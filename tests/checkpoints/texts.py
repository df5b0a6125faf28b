"""The sentences that the tokenizers of the checkpoints are trained on, and the texts that the goldens are made of."""

CORPUS = [
    "Ada Quill flew from Peru to Chile on Monday.",
    "The ministers of Poland and Estonia met in Tallinn with NATO officials.",
    "President Ionesco asked the United Nations for help with the harvest.",
    "Article 5 of the North Atlantic Treaty was read aloud in the chamber.",
    "A court in Nairobi heard the case against the Harbour Company.",
    "Türkiye and Georgia signed the agreement after three years of talks.",
    "The World Health Organization sent doctors to the islands.",
    "Fishermen from Iceland sold herring, cod and haddock at the market.",
    "Marta Oyelaran, who leads the union, spoke to reporters in Lagos.",
    "Parliament in Ottawa debated the Paris Agreement until midnight.",
    "Snow closed the road between the villages and the railway station.",
    "The bank lowered its rates, and the currency of Norway fell.",
    "Córdoba's mayor thanked the engineers who rebuilt the bridge.",
    "Two ships of the navy left the port before the storm came.",
    "She said the treaty would bind Kenya, Uganda and Tanzania.",
]

SHORT = "Ada Quill flew from Peru to Chile"
PUNCTUATED = "Marta Oyelaran, who leads the Harbour Company, met NATO officials in Lagos."
UNICODE = "Türkiye and Córdoba’s mayor thanked 中 and the Zürich \U0001f600 engineers"
ODD_SPACES = "President  Ionesco\u00a0asked\tthe United Nations for help"
# One sentence that no window of the checkpoints holds.
LONG = " ".join(sentence.rstrip(".").replace(",", "") for sentence in CORPUS[:6])

TEXTS = [SHORT, PUNCTUATED, UNICODE, ODD_SPACES, LONG]
