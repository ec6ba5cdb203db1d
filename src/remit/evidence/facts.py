"""A stored, sourced, dated statement, and when it may be said aloud.

`KINDS` is the vocabulary that the writer can speak: what `subject` and `value` hold for each kind. Other kinds may be
stored and shown; the writer passes over them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

from remit.kit.kept import kept

Sensitivity = Literal["public", "internal", "client_confidential", "personal"]
Sayable = Literal["public", "told_by_them", "internal_only"]
Expectability = Literal["expected", "unusual", "personal"]
"""How a reader takes it that a seller knows: as a matter of course · with surprise · as something about them as a person."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of remit.facts.

    `account_id` None = a fact of our own firm (capability, proof, battle card). `topic`: the matter of such a fact. `value_minor` is in hundredths of `value_currency`.
    `valid_until_on` is the last day on which it may be used; None = until replaced.
    """

    id: UUID
    kind: str
    value: str
    source_name: str
    as_of_on: date
    subject: str = ""
    value_number: Decimal | None = None
    value_unit: str | None = None
    value_minor: int | None = None
    value_currency: str | None = None
    locator: str = ""
    quote: str = ""
    valid_until_on: date | None = None
    sensitivity: Sensitivity = "public"
    sayable: Sayable = "public"
    expectability: Expectability = "expected"
    state: str = "live"
    account_id: UUID | None = None
    contact_id: UUID | None = None
    version: int = 1
    topic: str = ""

    def live_on(self, day: date) -> bool:
        """True when nobody withdrew or corrected it and it has not run out on `day`."""
        return self.state == "live" and not self.expired_on(day)

    def expired_on(self, day: date) -> bool:
        """True when its last day of validity is before `day`."""
        return self.valid_until_on is not None and self.valid_until_on < day


@dataclass(frozen=True, slots=True)
class FactKind:
    """What one kind of fact holds. `single`: an account has one value at a time (per subject), the newest counts."""

    name: str
    subject: str
    value: str
    single: bool = False
    ours: bool = False


KINDS: Final[Mapping[str, FactKind]] = {
    kind.name: kind
    for kind in (
        FactKind(
            "aum", "", "assets under management, as written: '$4.2bn'; also in value_minor", single=True
        ),
        FactKind("prime_broker", "", "name of one prime broker (one fact each)"),
        FactKind("custodian", "", "name of one custodian (one fact each)"),
        FactKind("administrator", "", "name of one fund administrator"),
        FactKind("stack", "OMS, EMS, PMS, risk system, market data, …", "name of the system", single=True),
        FactKind("strategy", "", "noun phrase: 'global macro'"),
        FactKind("instrument", "", "what they trade, noun phrase: 'listed options'"),
        FactKind("holdings_change", "what: 'reported positions'", "how: 'rose from 212 to 291'"),
        FactKind("launch", "", "noun phrase: 'a Japan equity fund'"),
        FactKind("hire", "role: 'head of trading'", "the person: 'Marta Ellison'"),
        FactKind("office", "", "city of a new office: 'Singapore'"),
        FactKind("headcount", "'' or 'traders'", "number of people, also in value_number", single=True),
        FactKind(
            "attendance",
            "'attended'",
            "name of the event that the contact came to: 'Northlake Buyside Forum'",
        ),
        FactKind(
            "need", "topic: 'allocations'", "what they told us they need, noun phrase: 'faster locates'"
        ),
        FactKind("firm", "name", "the name we trade under; it signs every message", single=True, ours=True),
        FactKind(
            "capability",
            "product: 'Northlake OMS'",
            "verb phrase, third person: 'splits a block across prime brokers at order entry'",
            ours=True,
        ),
        FactKind(
            "proof",
            "product: 'Northlake OMS'",
            "a published result, clause in the past: 'cut breaks by 38% at a macro fund in 2025'",
            ours=True,
        ),
        # the firm's own knowledge, approved like a capability: a battle card's line
        FactKind(
            "competitor",
            "the competitor's name: 'Veldmark'",
            "verb phrase, third person: 'allocates each block to one prime broker'",
            ours=True,
        ),
        # what our products connect to: `topic` is the component (OMS, EMS, PMS, custodian, market data, …)
        FactKind(
            "integration",
            "product: 'Northlake OMS'",
            "verb phrase, third person: 'sends orders to an EMS over FIX 4.4'",
            ours=True,
        ),
        # what may be said of security, operations and continuity: `topic` is the matter (encryption, access logs, …)
        FactKind(
            "assurance",
            "what it is about: 'Northlake platform'",
            "verb phrase, third person: 'encrypts data at rest with AES-256'",
            ours=True,
        ),
        # never stored: made from the price book when a text is written
        FactKind(
            "price",
            "product: 'Northlake OMS'",
            "verb phrase: 'lists at $14,400 per user and year'",
            ours=True,
        ),
    )
}


# Text from outside that talks to a machine instead of about a firm. Such a fact is kept, and never said.
_INSTRUCTION = re.compile(
    r"""
    \b(forget|ignore|disregard)\s+(about\s+)?(everything|all|it|what|your|my|the)\b | \bpretend\b
    | \byour\s+(new|next)\s+(task|role|job|goal)\b | \bprompt\s+texts?\b
    | \b(ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(instruct\w*|prompts?|rules?|polic\w+|above|previous|prior|approv\w*|guard\w*|checks?)\b
    | \b(system|developer)\s*(prompt|message|instruction)
    | \byou\s+are\s+(now|an?\s+(ai|assistant|model|bot))\b
    | \b(as\s+an\s+ai|language\s+model|chat\s*gpt|llm\b|ai\s+assistant|assistants?\s*:)
    | \b(act|behave|respond|reply|answer)\s+(as|with|only)\b.{0,30}
    | \b(send|forward|e-?mail|bcc|cc|copy|export|upload|post)\b.{0,40}(@|https?:|\b(to|list|all|every)\b.{0,30}\b(address|mail|contacts?|clients?|accounts?|inbox)\b)
    | \b(wire|transfer|pay)\b.{0,30}\b(account|iban|usd|eur|\$)
    | \b(approve|auto-?approve|execute|run|delete|drop)\b.{0,30}\b(this|all|table|now|everything|immediately|discount|request|suggestion)\b
    | \b(do\s+not|don't|never)\s+(tell|mention|reveal|show|inform|disclose)\b
    | \b(new|updated|important)\s+instructions?\b
    | <\s{0,9}/?\s{0,9}\w[^>]{0,2000}> | \{\{ | \[\[ | ```
    | https?:// | \bwww\. | \S@[^\s@]*@{0,9}\.\S
    | [A-Za-z0-9+/]{40,}={0,2}
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_SPACED = re.compile(r"\b(?:\w[ ._\-]){4,}\w\b")
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}


def plain_line(text: str) -> str:
    """`text` as one printable line: control, bidirectional and zero-width characters out, white space to one blank."""
    kept = (" " if char in "\t\n\r\v\f\u2028\u2029\u0085" else char for char in text)
    visible = "".join(char for char in kept if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", visible).split())


@lru_cache(maxsize=32768)
def looks_like_instruction(text: str) -> bool:
    """True when a text reads as an order to software (also hidden, split or encoded), not as a statement.

    Errs on the side of yes: the price is a fact not said, never one lost.
    """
    if any(unicodedata.category(char) in {"Cf", "Co"} for char in text):
        return True  # a statement about a firm has no invisible characters
    folded = plain_line(unicodedata.normalize("NFKC", text))
    joined = _SPACED.sub(lambda found: re.sub(r"[ ._\-]", "", found.group()), folded)
    return bool(_INSTRUCTION.search(folded) or _INSTRUCTION.search(joined))


def why_not_sayable(fact: Fact, account_id: UUID | None, day: date) -> str:
    """Why `fact` may not be said to `account_id` on `day`, as a code; '' when it may.

    Codes: withdrawn · expired · not_yet · internal_only · client_confidential · personal · other_account · instruction.
    """
    if fact.state != "live":
        return "withdrawn"
    if fact.expired_on(day):
        return "expired"
    if fact.as_of_on > day:
        return "not_yet"
    if fact.sayable == "internal_only":
        return "internal_only"
    if fact.sensitivity in ("client_confidential", "personal"):
        return fact.sensitivity
    if fact.account_id is not None and fact.account_id != account_id:
        return "other_account"
    if any(looks_like_instruction(text) for text in (fact.value, fact.subject, fact.quote)):
        return "instruction"
    return ""


def superseded(facts: Iterable[Fact]) -> dict[UUID, str]:
    """Facts of single-valued kinds that a newer one replaces (`older`) or that contradict each other (`contradicted`).

    Two facts of the same kind, subject and account contradict when they are equally new and differ in value.
    """
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in facts:
        kind = KINDS.get(fact.kind)
        if kind is not None and kind.single and fact.state == "live":
            groups.setdefault((fact.kind, fact.subject.casefold(), fact.account_id), []).append(fact)
    found: dict[UUID, str] = {}
    for group in groups.values():
        newest = max(fact.as_of_on for fact in group)
        current = [fact for fact in group if fact.as_of_on == newest]
        found.update({fact.id: "older" for fact in group if fact.as_of_on < newest})
        if len({_same(fact) for fact in current}) > 1:
            found.update({fact.id: "contradicted" for fact in current})
    return found


def _same(fact: Fact) -> object:
    if fact.value_minor is not None:
        return (fact.value_minor, fact.value_currency)
    return fact.value_number if fact.value_number is not None else plain_line(fact.value).casefold()


def expectability_of(sayable: Sayable, about_person: bool) -> Expectability:
    """The class of a fact that nobody classified: what a source says about one person is personal, unless they told us."""
    return "personal" if about_person and sayable != "told_by_them" else "expected"


def usable(facts: Sequence[Fact], account_id: UUID | None, day: date) -> list[Fact]:
    """The facts that a message to `account_id` may say on `day`, newest first."""
    return [*_usable(facts, account_id, day)]


@kept(4096)  # every sentence of every draft to an account asks it of the same facts
def _usable(facts: Sequence[Fact], account_id: UUID | None, day: date) -> Sequence[Fact]:
    old = superseded(fact for fact in facts if not fact.expired_on(day))
    live = [fact for fact in facts if fact.id not in old and not why_not_sayable(fact, account_id, day)]
    return sorted(live, key=lambda fact: (-fact.as_of_on.toordinal(), str(fact.id)))


def why_secret(fact: Fact) -> str:
    """Why a fact is kept inside, whatever else holds of it (contradicted, replaced, run out); '' when it is not.

    Codes: internal_only · client_confidential · personal.
    """
    if fact.sayable == "internal_only":
        return "internal_only"
    return fact.sensitivity if fact.sensitivity in ("client_confidential", "personal") else ""
