"""Invented names. Firms are two invented halves and a title; people mix first and last names of many countries.

Web addresses end in `.example`, telephone numbers lie in ranges kept for fiction (+1 … 555-01xx, +44 20 7946 0xxx).
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from remit.demo.dice import Dice


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FRONT: Final = _words(
    "Arden Alder Ander Bram Bryn Calder Carra Corvin Cress Dorn Dunmar Elm Ember Esk Fallow Fenn Garr Glen Haver Hazel"
    " Hollin Idle Inver Kelm Kestre Kirr Larch Lind Lorne Marl Merrin Mossen Nether Orrin Osmer Pell Pembr Quarr Raven"
    " Reth Rowan Sable Selk Sorrel Tarn Tern Thistle Tolland Umber Ustin Vael Verrin Wald Wether Whin Wither Yarrow Yew"
    " Zell Brack Cinder Drummel Farrow Gorse Heron Ister Juniper Kyle Lomar Mistle Nairn Orchel Pinner Rusk Saffer Teasel"
    " Ulver Vetch Wrenn Bellam Crannel Dellow Evan Fathom Greyle Hathers Jarrow Kessel Lanner Maple Norrel Ottern"
    " Plover Quill Rennel Stour Tamar Vintry Wexel Yarm"
)
_BACK: Final = _words(
    "bourne combe dale fell garth gate ham haven hurst ley mere mont moor ness reach ridge scar sedge shaw side stead"
    " stow strand thwaite ton vale wick wold worth wyke brae burn cairn crest croft den field firth ford grove"
    " holt keld lea march mead orchard pool quay rigg rise rock row slade spring tide tor wade ward water well"
)
_TITLES: Final = {
    "macro": ("Macro Partners", "Global Advisors", "Capital Management", "Macro Capital"),
    "long_short_equity": ("Capital", "Equity Partners", "Capital Partners", "Investment Partners"),
    "quantitative": ("Quantitative", "Systematic", "Research Partners", "Quant Capital"),
    "multi_strategy": ("Multi-Strategy", "Global", "Capital Group", "Strategies"),
    "credit": ("Credit Partners", "Credit Advisors", "Income Partners", "Credit Capital"),
    "asset_manager": ("Asset Management", "Investors", "Investment Management", "Funds"),
    "prop_firm": ("Trading", "Securities", "Markets", "Derivatives"),
}
_ENDINGS: Final = {
    "Americas": ("LP", "LLC"),
    "UK and Ireland": ("LLP", "Ltd"),
    "EMEA": ("SA", "AG"),
    "APAC": ("Pte. Ltd.", "Limited"),
}

FIRST_NAMES: Final = _words(
    "Adaeze Adrian Aiko Alan Aleksandra Amara Amir Ana Andrew Anika Anton Ayesha Ben Bianca Brendan Camille Carlos"
    " Catherine Cheng Chiara Christina Clara Colin Daniel Daria David Deepa Diego Dominic Edith Elena Elif Emeka Emily"
    " Erik Esther Farah Felix Fiona Francesca Gabriel Grace Graham Hana Hannah Harriet Hassan Helen Hugo Ian Imogen Ingrid"
    " Isaac Isla Ivan Jasmin Jason Jia Joanna Johan Jonas Julia Kaito Karen Kavita Keiko Kenji Laila Lars Laura Leo Liam"
    " Lin Louise Lucas Magnus Maria Mark Marta Mateo Mei Michael Mina Mira Nadia Naomi Nathan Nikhil Nina Noor Olga Oliver"
    " Omar Oscar Pablo Patrick Paula Peter Philippa Pia Priya Rachel Rafael Ravi Rebecca Rosa Rohan Ruth Sam Sana Sarah"
    " Sebastian Simon Sofia Stefan Susan Tara Thomas Tim Tomas Uma Valentina Victor Vikram Wei William Yara Yuki Yusuf Zoe"
)
LAST_NAMES: Final = _words(
    "Abara Adeyemi Ahlberg Almeida Andersson Arai Ashdown Bauer Beckett Bergqvist Bianchi Blomfield Brandt Calloway"
    " Carvalho Castellano Chakrabarti Chan Choudhury Corrigan Costa Cresswell Dahl Dang Delacroix Desai Dietrich Donnelly"
    " Duval Eastwick Ekholm Ellison Eriksen Fairweather Falk Farrell Ferreira Fontaine Forsyth Fujimoto Garrity Ghosh"
    " Gilchrist Goh Grantley Grieve Hadley Halloran Hammond Haraldsen Hartwell Hasegawa Hayashi Heaton Hoang Holloway"
    " Ibrahim Imai Iqbal Jansen Jimenez Kapoor Karlsen Kaufmann Keane Khatri Kimura Kjaer Kowalski Krause Kumar Lacey"
    " Laidlaw Langford Larsen Leclerc Lim Lindqvist Locatelli Lombardi Lund Mackay Maddox Marchetti Marlowe Matsuda"
    " McAllister Mehta Mendes Mercer Moreau Mori Mukherjee Nakagawa Navarro Ng Nilsen Novak Oakes Obi Okafor Olsen Onishi"
    " Ortega Osei Paget Patel Pereira Pettersson Pham Pritchard Quigley Raman Rasmussen Reinholt Renshaw Ribeiro Rossi"
    " Rutherford Sato Saunders Schaefer Seymour Sharma Silva Sinclair Soto Stirling Suzuki Takeda Tanaka Teixeira Thorne"
    " Tran Uchida Vasquez Venter Verma Vogel Wainwright Walsh Weller Whitlock Winslow Yamada Yeo Zanetti Zhou"
)


class Place(NamedTuple):
    """A city with what contacts there carry. `hour` is the UTC hour at which its working day begins."""

    city: str
    country: str
    time_zone: str
    jurisdiction: str
    hour: int


PLACES: Final[dict[str, tuple[Place, ...]]] = {
    "Americas": (
        Place("New York", "US", "America/New_York", "US", 13),
        Place("Greenwich", "US", "America/New_York", "US", 13),
        Place("Boston", "US", "America/New_York", "US", 13),
        Place("Chicago", "US", "America/Chicago", "US", 14),
        Place("San Francisco", "US", "America/Los_Angeles", "US", 16),
        Place("Toronto", "CA", "America/Toronto", "CA", 13),
        Place("São Paulo", "BR", "America/Sao_Paulo", "BR", 12),
    ),
    "UK and Ireland": (
        Place("London", "GB", "Europe/London", "UK", 8),
        Place("London", "GB", "Europe/London", "UK", 8),
        Place("Edinburgh", "GB", "Europe/London", "UK", 8),
        Place("Dublin", "IE", "Europe/Dublin", "EU", 8),
    ),
    "EMEA": (
        Place("Paris", "FR", "Europe/Paris", "EU", 7),
        Place("Frankfurt", "DE", "Europe/Berlin", "EU", 7),
        Place("Zürich", "CH", "Europe/Zurich", "CH", 7),
        Place("Amsterdam", "NL", "Europe/Amsterdam", "EU", 7),
        Place("Stockholm", "SE", "Europe/Stockholm", "EU", 7),
        Place("Dubai", "AE", "Asia/Dubai", "AE", 5),
        Place("Johannesburg", "ZA", "Africa/Johannesburg", "ZA", 7),
    ),
    "APAC": (
        Place("Singapore", "SG", "Asia/Singapore", "SG", 1),
        Place("Hong Kong", "HK", "Asia/Hong_Kong", "HK", 1),
        Place("Tokyo", "JP", "Asia/Tokyo", "JP", 0),
        Place("Sydney", "AU", "Australia/Sydney", "AU", 0),
    ),
}


class FirmName(NamedTuple):
    """`short` as people say it, `legal` as on a contract, `slug` for addresses."""

    short: str
    legal: str
    slug: str


def firm_name(index: int, shift: int, segment: str, territory: str, dice: Dice) -> FirmName:
    """A name for firm number `index`: unlike those of all others up to 4 × front × back halves."""
    halves = len(_FRONT) * len(_BACK)
    # 4,583 is prime and no divisor of `halves`: neighbours in number are not neighbours in name
    spot = (index * 4583 + shift) % halves
    front, back = _FRONT[spot % len(_FRONT)], _BACK[spot // len(_FRONT)]
    # titles of one segment differ from round to round, so that a half repeated is still another name
    title = _TITLES[segment][(index // halves + spot) % 4]
    stem = front + back
    if index // halves >= 4:
        stem += f" {index // (4 * halves) + 1}"
    short = f"{stem} {title}"
    slug = f"{stem}-{title}".lower().replace(" ", "-")
    return FirmName(short, f"{short} {dice.pick(_ENDINGS[territory])}", slug)


def ascii_lower(text: str) -> str:
    """`text` in lower case without accents, for the local part of an address."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(char for char in folded if char.isascii() and (char.isalnum() or char in "-.")).lower()


def telephone(place: Place, dice: Dice) -> str:
    """A number that nobody has."""
    if place.country == "GB":
        return f"+44 20 7946 0{dice.between(0, 999):03d}"
    area = dice.pick(("202", "212", "312", "415", "617", "646"))
    return f"+1 {area}-555-01{dice.between(0, 99):02d}"


COMPETITORS: Final = (  # name, what reps say of it
    ("Veldmark", "Strong order management, one prime broker per block; upgrades twice a year."),
    ("Tradewell Axis", "Cheap execution management; reporting is an extra; few Asian venues."),
    ("Corvid Systems", "Risk engine well liked by quantitative desks; no order management of its own."),
    ("Ostrava Markets", "Market data at low prices, thin history, entitlements by spreadsheet."),
    ("Pallas Prime", "Large balance sheet; slow onboarding; minimum revenue asked from small funds."),
    ("Halcyon One", "All in one for small funds; outgrown at about thirty users."),
    ("Meridian Clearing Group", "Clearing on many exchanges, margin called once a day."),
    ("In-house build", "What the client's own engineers have written and must keep alive."),
)
PRIME_BROKERS: Final = (
    "Pallas Prime", "Castellan Securities", "Wharfside Bank", "Grandmere Bank", "Lothian & Rowe", "Tidewater Securities",
    "Banque Aurelle", "Kitano Securities", "Helvion Bank", "Northlake Prime",
)  # fmt: skip
CUSTODIANS: Final = (
    "Fairholt Trust", "Stanmore Custody", "Banque Aurelle", "Wharfside Bank", "Helvion Bank", "Kestrel Trust Company",
)  # fmt: skip
ADMINISTRATORS: Final = (
    "Marlin Fund Services",
    "Ardmore Administration",
    "Sixbridge",
    "Cobalt Fund Services",
)
SYSTEMS: Final = {  # what a client runs today, by kind of system
    "OMS": ("Veldmark Trader", "Halcyon One", "an in-house order blotter", "Brightwater OMS"),
    "EMS": ("Tradewell Axis", "Quaybridge EMS", "broker front ends", "Halcyon One"),
    "PMS": ("Halcyon One", "Ledgerline", "Sable Portfolio", "an in-house book of record"),
    "risk system": ("Corvid Risk", "Sable Risk", "overnight spreadsheets", "an in-house risk engine"),
    "market data": ("Ostrava Markets", "Fathom Data", "two direct feeds", "Tidewater Data"),
}
