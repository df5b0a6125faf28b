"""The ten texts that the goldens are made from: one word to more than 512 tokens."""

LONG_SENTENCE = (
    "The ministers of the twelve coastal states, who had come to Valletta by ferry, by train and, in the case of "
    "Slovenia's Tanja Fajon, by a fishing boat that had lost its way, agreed "
    + "; ".join(
        f"that {state} would keep {number} cutters between {port} and the next harbour to the {side}"
        for state, number, port, side in [
            ("Malta", 3, "Marsaxlokk", "west"),
            ("Greece", 11, "Piraeus", "south"),
            ("Cyprus", 4, "Limassol", "east"),
            ("Italy", 14, "Brindisi", "north"),
            ("Croatia", 5, "Dubrovnik", "north"),
            ("Tunisia", 6, "Sfax", "west"),
            ("Spain", 9, "Cartagena", "south"),
            ("France", 8, "Toulon", "west"),
            ("Albania", 2, "Durrës", "south"),
            ("Montenegro", 1, "Bar", "south"),
        ]
    )
    + "; and that nobody, neither Frontex nor the International Maritime Organization, would count them twice under "
    "Article 98 of the UN Convention on the Law of the Sea."
)

DAYS = [
    "On Monday President Maia Sandu told the parliament in Chişinău that Moldova would not leave the talks.",
    "The OSCE mission counted 41 lorries at Bender, two more than the Joint Control Commission had announced.",
    "Romania's foreign minister, Emil Hurezeanu, called the Transnistrian offer \"a letter without an address\".",
    "Kyiv said that Ukrainian guards had turned back a convoy near Kuchurhan under the 1997 memorandum.",
    "The Kremlin's spokesman Dmitry Peskov replied that Russia keeps every agreement it can find.",
    "In Brussels the European Commission set aside €64 million for gas, and the IMF asked for the receipts.",
]
WEEK = " ".join(f"{day} {echo}" for echo in ("Nobody objected.", "Then came the rain.", "So it went on.", "Enough.") for day in DAYS)

TEXTS = [
    "Uruguay",
    "NATO met in Türkiye.",
    "\u00a0Zürich 中国 said: 😀!\r\n\r\nThe U.S. Embassy in Peking\u00a0–\u00a0closed.\r\n",
    "LAVROV, BLINKEN TALK ARMS: NEW START OUT, U.N. IN A SPIN",
    "so i said to president tokayev that kazakhstan should sign the paris agreement and he just looked at me",
    "McDonald's e-mailed J. K. Rowling's agent: “iPhones, G7 and all”; 1,250.5 tonnes (≈ 3/4) left Côte d'Ivoire…",
    "He shouted " + "ha" * 60 + " at the Élysée\u0000 and at \u202bשלום\u202c and at Łódź, then Санкт-Петербург fell silent.",
    "Ghana and Togo ended their dispute over the mouth of the Volta on Thursday. Nana Akufo-Addo and Faure Gnassingbé "
    "signed a protocol to the Treaty of Lagos before the ECOWAS Court of Justice in Abuja; the judges, three Nigerians, "
    "a Malian and a Cape Verdean, had asked for Article 76. “We read it twice,” said Shirley Ayorkor Botchwey of Ghana.",
    LONG_SENTENCE,
    WEEK,
]
