"""The sentence plans that say a fact, ask for a meeting, and close. Slots in braces are filled by `slots`.

`{cite}` names the source with its date, `{account}` the firm, `{value}` and `{subject}` the fact's own words, `{values}`
several facts of one kind. A plan adds no statement of its own (tests check every plan against its own fact).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPENINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "prime_broker": (
        "{cite} lists {values} as prime {brokers}.",
        "{cite} names {values} as {account}’s prime {brokers}.",
        "I saw {values} listed as prime {brokers} in {cite}.",
        "I am writing because {cite} lists {values} as prime {brokers}.",
        "{account} names {values} as prime {brokers} in {cite}.",
    ),
    "custodian": (
        "{cite} lists {values} as {custodians}.",
        "I saw {values} named as {account}’s {custodians} in {cite}.",
        "{account} lists {values} as {custodians} in {cite}.",
    ),
    "administrator": (
        "{cite} names {values} as fund {administrators}.",
        "I saw {values} listed as {account}’s fund {administrators} in {cite}.",
    ),
    "launch": (
        "I saw in {cite} that {account} is launching {value}.",
        "{cite} says that {account} is launching {value}.",
        "I am writing about {account}’s launch of {value}, which I read about in {cite}.",
        "The launch of {value}, in {cite}, is the reason I am writing.",
    ),
    "hire": (
        "I read in {cite} that {value} has joined {account} as {subject}.",
        "{cite} says that {value} joined {account} as {subject}.",
        "I saw in {cite} that {account} hired {value} as {subject}.",
    ),
    "office": (
        "I saw in {cite} that {account} has a new office in {value}.",
        "{cite} says that {account} has a new office in {value}.",
        "I am writing about {account}’s new office in {value}, which I read about in {cite}.",
    ),
    "holdings_change": (
        "In {cite}, {subject} {value}.",
        "I read {cite}: {subject} {value}.",
        "{cite} shows that {subject} {value}.",
    ),
    "aum": (
        "{cite} puts assets under management at {value}.",
        "{account} reports {value} under management in {cite}.",
        "I read in {cite} that {account} manages {value}.",
    ),
    "stack": (
        "{cite} names {value} as the {subject} at {account}.",
        "I saw {value} named as your {subject} in {cite}.",
        "{cite} mentions {value} as your {subject}.",
    ),
    "strategy": (
        "{cite} describes the strategy of {account} as {value}.",
        "I read in {cite} that the strategy of {account} is {value}.",
    ),
    "instrument": (
        "{cite} says that {account} trades {value}.",
        "I read in {cite} that {account} trades {value}.",
    ),
    "need": (
        "You told us in {month} that you need {value}.",
        "In {month} you mentioned that you need {value}.",
        "You told us in {month} about your need for {value}.",
    ),
}
# A warm mail congratulates where there is something to congratulate on; everything else opens as a direct one does.
WARM_OPENINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "launch": (
        "Congratulations on the launch of {value}, which I read about in {cite}.",
        "I read in {cite} that {account} is launching {value}. Congratulations.",
    ),
    "hire": (
        "Congratulations on hiring {value} as {subject}, which I read about in {cite}.",
        "I read in {cite} that {value} has joined {account} as {subject}. Congratulations.",
    ),
    "office": (
        "Congratulations on the new office in {value}, which I read about in {cite}.",
        "I saw in {cite} that {account} has a new office in {value}. Congratulations.",
    ),
}
# What they told us themselves: no source to name, only that they said it, and when.
TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "prime_broker": ("When we spoke in {month}, you named {values} as prime {brokers}.",),
    "custodian": ("When we spoke in {month}, you named {values} as {custodians}.",),
    "administrator": ("When we spoke in {month}, you named {values} as fund {administrators}.",),
    "stack": (
        "When we spoke in {month}, you named {value} as your {subject}.",
        "You mentioned in {month} that your {subject} is {value}.",
    ),
    "launch": ("You mentioned in {month} that {account} is launching {value}.",),
    "office": ("You mentioned {account}’s new office in {value} in {month}.",),
    "instrument": ("You mentioned in {month} that {account} trades {value}.",),
    "need": OPENINGS["need"],
}
ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "prime_broker": ("It also lists {values} as prime {brokers}.",),
    "custodian": ("It also lists {values} as {custodians}.", "It names {values} as {custodians} too."),
    "administrator": ("It also names {values} as fund {administrators}.",),
    "aum": (
        "It puts assets under management at {value}.",
        "It also puts your assets under management at {value}.",
    ),
    "stack": ("It also mentions {value} as your {subject}.",),
    "strategy": ("It describes the strategy as {value}.",),
    "instrument": ("It also says that you trade {value}.",),
}

CAPABILITY: Final = (
    "{product} {value}.",
    "What we do there: {product} {value}.",
    "Where we come in: {product} {value}.",
    "On our side, {product} {value}.",
    "The reason I ask: {product} {value}.",
)
CAPABILITY_ALSO: Final = ("It also {value}.", "And it {value}.")
CAPABILITY_AS_WRITTEN: Final = "{value}."
CAPABILITY_NAMED: Final = "{product}: {value}."
PROOF: Final = ("A published result: {product} {value}.", "One published result: {product} {value}.")
# a result at a firm of the reader's own kind counts for more
ALIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "macro": ("macro",),
    "long_short_equity": ("equity", "long/short"),
    "quantitative": ("quant", "systematic"),
    "multi_strategy": ("multi-strategy", "multi-manager"),
    "credit": ("credit",),
    "asset_manager": ("asset manager",),
    "prop_firm": ("prop firm", "proprietary"),
}

ASKS: Final[Mapping[str, tuple[str, ...]]] = {
    "trading": (
        "Could I walk you through it on your own order types, in 20 minutes next week?",
        "Would 20 minutes with one of your traders next week be worth it?",
        "Are you open to a 20-minute walk through a trading day on it next week?",
    ),
    "operations": (
        "Could we take one of last week’s files and walk through it in 20 minutes?",
        "Would 20 minutes next week be worth it, with your own daily checklist as the agenda?",
        "Are you open to a 20-minute look at it with the person who runs this day to day?",
    ),
    "technology": (
        "May I send you the interface specification, and take your questions in 20 minutes next week?",
        "Would 20 minutes with one of our solutions engineers next week be worth it?",
        "Could I send the API documentation before we speak?",
    ),
    "risk": (
        "Could I walk you through it on a sample book in 20 minutes next week?",
        "Would 20 minutes next week be worth it, with your own limits as the example?",
    ),
    "portfolio": (
        "Could I walk you through it on a sample portfolio in 20 minutes next week?",
        "Would 20 minutes next week be worth it, before or after the market?",
    ),
    "executive": (
        "Would 20 minutes next week be worth it, or is there someone on your team I should ask?",
        "Could we speak for 20 minutes next week?",
        "Are you open to a 20-minute call next week?",
    ),
}
WARM_ASKS: Final = (
    "Would it help to look at it together for 20 minutes next week?",
    "I would be glad to walk you through it. Would 20 minutes next week suit you?",
    "Happy to go through it with you for 20 minutes next week, whenever suits you.",
    "Would you have 20 minutes next week to talk about it?",
    "I would be glad to hear how you see it. Would a short call next week suit you?",
)
"""For a warm mail, beside the questions of the reader's job that are no less friendly."""
OUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "direct": (
        "If this sits with somebody else, please tell me who to ask.",
        "If it is not a topic now, tell me and I will leave it there.",
        "",
        "",
    ),
    "warm": (
        "If this is not the right time, just tell me.",
        "If this is for somebody else at your firm, please tell me who.",
        "No answer needed if this is not a topic.",
        "",
    ),
}
GREETINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "direct": ("Hi {first_name},", "Hello {first_name},", "Dear {first_name},"),
    "warm": ("Hi {first_name},", "Hello {first_name},"),
}
SIGN_OFFS: Final[Mapping[str, tuple[str, ...]]] = {
    "direct": ("Best regards,", "Kind regards,", "Regards,"),
    "warm": ("Kind regards,", "Best wishes,", "Warm regards,", "With kind regards,"),
}


def asks(persona: str, tone: str) -> tuple[str, ...]:
    """What a mail may ask for at its end."""
    return WARM_ASKS if tone == "warm" else ASKS.get(persona, ASKS["executive"])


SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "prime_broker": ("{values}: a question on {noun}", "{values} and {noun}", "{noun} across {values}"),
    "custodian": ("{values} and {noun}", "{noun} with {values}"),
    "administrator": ("{values} and {noun}",),
    "launch": ("{value}: a question", "Your launch and {noun}", "{noun} for {value}"),
    "hire": ("{value} and {noun}", "A question on {noun} for your desk"),
    "office": ("{noun} from {value}", "Your office in {value}", "{value}: a question on {noun}"),
    "holdings_change": ("Your {subject}: a question", "A question on {noun} after your filing", "{noun} and your filing"),
    "aum": ("{noun} at {value}", "A question on {noun} at {account}"),
    "stack": ("{value}: a question", "{value} and {noun}", "Your {subject} and {noun}"),
    "strategy": ("{noun} for {value}", "A question on {noun} at {account}"),
    "instrument": ("{noun} for {value}", "{value} at {account}: a question"),
    "need": ("What you told us in {month}", "{value}, which you mentioned"),
}  # fmt: skip
SUBJECTS_ANY: Final = (
    "A question on {noun}",
    "{noun} at {account}",
    "{account}: a question on {noun}",
    "Twenty minutes on {noun}?",
)
"""Fill up to the three that are offered."""
