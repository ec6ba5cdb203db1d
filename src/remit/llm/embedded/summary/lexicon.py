"""Words of the field: what is measured, what qualifies it, how it moved, which period."""

from __future__ import annotations

import re
from typing import Final

# class of a measure → the words that name it; longer names first within one pattern
MEASURES: Final[tuple[tuple[str, str], ...]] = (
    ("eps", r"(?:earnings|income|loss|profit|(?:net\s+)?investment\s+income)\s+per\s+(?:common\s+|diluted\s+)*share|eps"),
    ("ffo", r"(?:a?ffo|funds\s+from\s+operations|nareit\s+ffo|cad|distributable\s+earnings)(?:\s+per\s+(?:diluted\s+)?(?:common\s+)?(?:share|unit))?"),
    ("book", r"(?:book\s+value|nav|net\s+asset\s+value)(?:\s+per\s+(?:common\s+|diluted\s+)*share)?"),
    ("same_store", r"(?:same|comparable|comp)[-\s](?:store|sales|property|restaurant|club|location|hotel|shop|center|community|salon)s?(?:\s+(?:sales|revenues?|noi))?|comparable\s+sales|comps?\s+sales|revpar"),
    ("ebitda", r"(?:ebitdar?e?|ebita?|ebitdax)"),
    ("dividend", r"dividends?|distributions?"),
    ("buyback", r"(?:share|stock)\s+(?:repurchases?|buybacks?)(?:\s+(?:program|authorization|programme))?|repurchases?"),
    ("capex", r"capital\s+(?:expenditures?|spending|investments?|program|expenses?)|capex"),
    ("cash_flow", r"(?:free\s+|operating\s+)?cash\s+flows?(?:\s+from\s+operations)?"),
    ("orders", r"orders|bookings|backlog|billings|order\s+intake|book-to-bill"),
    ("interest", r"net\s+interest\s+(?:income|margin)|premiums\s+written|combined\s+ratio|loss\s+ratio|medical\s+care\s+ratio|benefit\s+ratio"),
    ("credit", r"(?:provisions?|allowances?)\s+for\s+(?:credit|loan)\s+losses|net\s+charge-offs?|loan\s+losses"),
    ("margin", r"(?:[a-z]+\s+)?margins?"),
    ("profit", r"(?:net\s+|operating\s+|gross\s+|underwriting\s+|pre-?tax\s+)*(?:income|earnings|loss|profits?|noi)"),
    ("revenue", r"(?:net\s+)?(?:revenues?|sales|turnover)"),
    ("volume", r"production|shipments|deliveries|volumes?|subscribers|customers|members|users|stores|units|aum|assets\s+under\s+management|net\s+(?:in|out)flows|deposits|loans|occupancy|collections|rents?|liquidity|inventory|inventories|tax\s+rate|costs?|expenses|savings|synergies|debt|leverage"),
)  # fmt: skip
MEASURE: Final = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in MEASURES) + r")(?![\w-])",
    re.IGNORECASE,
)
# Words that belong to the measure's name when they stand right before it
QUALIFIERS: Final = frozenset(
    """adjusted reported operating recurring normalized consolidated underlying united diluted fully-diluted unadjusted
    recast banking trading financing lending manufacturing advertising marketing consulting processing drilling mining
    shipping licensing clearing underwriting servicing gaming housing packaging building engineering testing streaming
    leasing investing brokerage pricing cloud-computing outsourcing staffing dining lodging trucking""".split()  # noqa: SIM905
)
# Words that never belong to a measure's name; any other word before it does ('glass revenues', 'new product sales')
NOT_NAME: Final = frozenset(
    """a an the our your their its his her my this that these those such all some any each both every another other same
    and or but nor so yet as if when while because since although though than then thus hence also only just even still
    of in on at by for to from with within without into onto over under about above below between during through per
    after before until against across along around among via versus vs toward towards including excluding despite due
    i we you they he she it us them who which what where how there here is are was were be been being am has have had
    having do does did will would shall should can could may might must not no yes up down out off more less most least
    much many very quite really strong strongest record robust solid excellent impressive outstanding great good better
    best significant significantly meaningful higher lower high low highest lowest new-found first second third fourth
    first-quarter second-quarter third-quarter fourth-quarter full-year
    quarter quarters fiscal full year years half month months q1 q2 q3 q4 fy now today again approximately nearly roughly
    deliver delivers drive drives driven grow grows grew generate generates see sees saw show shows expect expects
    anticipate project forecast report reports post increase increases increased decrease decreases decline declines
    rise rose fall fell gain gains reduce reduces improve improves achieve exceed exceeds earn earn earned produce
    produces our double-digit single-digit mid-single-digit low-single-digit high-single-digit million billion thousand
    thousands millions percent dollars year-over-year sequential sequentially overall result results resulting further
    additional incremental because thereof well one two three four five six seven eight nine ten based prior previous
    current last next continued turning looking moving let's company's companys impact remaining least represents record-breaking
    represent rate said quarterly annualized early late positive negative favorable unfavorable solid healthy target targets guidance outlook range expectation expectations forecast anticipates""".split()  # noqa: SIM905
)
UP: Final = r"increas(?:e|ed|es|ing)|rose|rise|rising|gr(?:e|o)w(?:n|th|s|ing)?|up|higher|climbed|improv(?:ed|ement|ing)|gain(?:ed)?|expan(?:ded|sion|ding)|jumped|surged|raised"
DOWN: Final = r"decreas(?:e|ed|es|ing)|lower(?:ed|ing)|fell|fall|fallen|declin(?:e|ed|es|ing)|down|lower|dropped|drop|reduc(?:e|ed|es|ing|tion)|contracted|contraction|decelerated"
RISE: Final = re.compile(rf"\b(?:{UP})\b", re.IGNORECASE)
FALL: Final = re.compile(rf"\b(?:{DOWN})\b", re.IGNORECASE)
GUIDING: Final = re.compile(
    r"\b(?:expect(?:s|ed|ing|ations?)?|anticipat(?:e|es|ed|ing)|guid(?:ance|ing|e)|outlook|forecast(?:s|ing)?|project(?:s|ed|ing|ion)?|"
    r"target(?:s|ing|ed)?|estimate(?:s|d)?|will\s+be|should\s+be|plan(?:s|ned|ning)?\s+to|would\s+be)\b",
    re.IGNORECASE,
)
COMPARED: Final = re.compile(
    r"\b(?:versus|vs\.?|compared?(?:\s+(?:to|with))?|against|from|over|prior|previous(?:ly)?|last\s+year|year\s+ago|relative\s+to|than)\b",
    re.IGNORECASE,
)
NEGATED: Final = re.compile(r"\b(?:not|no|never|neither|nor|without|cannot)\b|n't\b", re.IGNORECASE)
ORDINALS: Final = {
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "1st": "1",
    "2nd": "2",
    "3rd": "3",
    "4th": "4",
}
PERIOD: Final = re.compile(
    r"""
    (?P<q>\bQ[1-4]\b|\b(?:first|second|third|fourth|1st|2nd|3rd|4th)(?:\s+fiscal|\s+calendar)?[-\s]quarters?\b)
      (?:\s+(?:of\s+)?(?:the\s+)?(?:fiscal\s+|calendar\s+|full\s+)?(?:year\s+)?(?P<qy>(?:19|20)\d\d|'\d\d|[’]\d\d))?
    | (?P<fy>\b(?:full[-\s]+(?:fiscal[-\s]+)?year|fiscal(?:[-\s]+full)?(?:[-\s]+year)?)\b|\bFY)(?:\s*(?P<fyy>(?:19|20)\d\d|['’]\d\d)\b)?
    | (?P<half>\b(?:first|second)\s+half\b|\b[12]H\b|\bH[12]\b)(?:\s+(?:of\s+)?(?P<hy>(?:19|20)\d\d))?
    | (?P<this>\b(?:the|this|our|reported|current)\s+quarter\b|\bquarterly\b)
    | (?P<year>\b(?:in|for|of|during|our|this)\s+(?:the\s+)?(?:year|(?P<y>20\d\d))\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
