"""What Remit finds in the demo firm's documents, beside what the manifest says is in them: figures, kind by kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from remit.demo import own_facts
from remit.demo.firm import Firm
from remit.demo.generate import Summary
from remit.demo.papers import Expected
from remit.demo.tables import Document
from remit.domains.documents import holdings
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.outside import warnings_in_parts, warnings_shown
from remit.evidence.support import check
from remit.llm.embedded.summary.model import Kind, Text
from remit.llm.embedded.summary.summarise import summarise
from remit.llm.handling.classify import classify
from remit.llm.handling.policy import current

# As which kind of text the summary reads a kind of document; a kind that is not here has no reader of figures yet.
_READ_AS: Final[dict[str, Kind]] = {
    "10-K": "10-K", "call_transcript": "earnings-call", "news": "news", "call_note": "meeting", "meeting_note": "meeting",
}  # fmt: skip


@dataclass
class Judged:
    """Counts of one kind of expectation. `not_read`: nothing in Remit reads these yet, so they count on neither side."""

    of: int = 0
    found: int = 0
    not_read: int = 0
    missed: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As `demo generate --check` prints it; the first ten misses."""
        return {"of": self.of, "found": self.found, "not_read": self.not_read, "missed": self.missed[:10]}


def judge(firm: Firm, summary: Summary) -> dict[str, Any]:
    """Every expectation of a generated firm, and how many plain documents were warned of as if they held orders."""
    written = {each.id: each for each in summary.papers}
    finder = _Finder(firm, written)
    kinds: defaultdict[str, Judged] = defaultdict(Judged)
    for each in summary.expected:
        found = finder.finds[each.kind](written[each.document_id], each)
        counted = kinds[each.kind]
        if found is None:
            counted.not_read += 1
            continue
        counted.of += 1
        counted.found += found
        if not found:
            counted.missed.append(f"{written[each.document_id].title}: {each.text[:80]}")
    ordered = {each.document_id for each in summary.expected if each.kind == "order"}
    plain = [each for each in summary.papers if each.id not in ordered]
    false = [each.title for each in plain if warnings_shown(each.text, file=each.title)]
    alarms = {"of": len(plain), "found": len(false), "titles": false[:10]}
    return {**{kind: one.document() for kind, one in sorted(kinds.items())}, "false_order_alarms": alarms,
            "documents": dict(sorted(Counter(each.kind for each in summary.papers).items()))}  # fmt: skip


class _Finder:
    """One question for each kind of expectation; None when nothing in Remit reads it yet."""

    def __init__(self, firm: Firm, written: dict[str, Document]) -> None:
        self.firm, self.written = firm, written
        self.facts = tuple(_facts(firm))
        self.finds: dict[str, Callable[[Document, Expected], bool | None]] = {
            "figure": self.figure, "commitment": self.commitment, "confidential": self.confidential, "order": self.order,
            "false_capability": self.false_capability, "superseded": self.superseded,
        }  # fmt: skip

    def figure(self, one: Document, each: Expected) -> bool | None:
        """The figure stands in the summary; positions new and closed are counted right."""
        if each.outcome["read_by"] == "holdings":
            before = max(
                (other for other in self.written.values() if other.kind == "13F" and other.account_id == one.account_id and other.id < one.id),
                key=lambda other: other.id,
            )  # fmt: skip
            moved, _ = holdings.moves(holdings.from_text(one.text), holdings.from_text(before.text))
            return (str(len(moved.new)), str(len(moved.closed))) == (
                each.outcome["new"],
                each.outcome["closed"],
            )
        if each.outcome["read_by"] != "summary":
            return None
        return any(each.text in line for line in _summary(one))

    def commitment(self, one: Document, each: Expected) -> bool:
        """The promise is among the lines of the note's summary. Owner and day are not read here."""
        return any(each.text.rstrip(".") in line for line in _summary(one))

    def confidential(self, one: Document, each: Expected) -> bool:
        """Words of that class are found where they stand, and the policy decides for each destination as expected."""
        end, policy = each.start + len(each.text), current()
        classes = {
            found.data_class for found in classify(one.text) if found.start < end and each.start < found.end
        }
        wanted = each.outcome["data_class"]
        decided = {name: policy.decision(wanted, name) for name in ("embedded", "own_server", "provider")}
        return wanted in classes and all(decided[name] == each.outcome[name] for name in decided)

    def order(self, one: Document, each: Expected) -> bool:
        """A reader of the document is warned; of halves, a reader of both."""
        if each.outcome["how"] != "split":
            return bool(warnings_shown(one.text, file=one.title))
        parts = sorted(
            (other for other in self.written.values() if other.account_id == one.account_id and "of 2," in other.title),
            key=lambda other: other.title,
        )  # fmt: skip
        return bool(warnings_in_parts([part.text for part in parts]))

    def false_capability(self, _one: Document, each: Expected) -> bool:
        """No fact on file backs the sentence."""
        return check(f"{each.text}.", self.facts, Context(self.firm.as_of, None)).state != "supported"

    def superseded(self, one: Document, each: Expected) -> bool:
        """The card that says so is no longer live, and no live one says it."""
        live = (other for other in self.written.values() if other.state == "live")
        return one.state == "superseded" and not any(each.text in other.text for other in live)


@lru_cache(maxsize=1024)
def _lines(text: str, kind: Kind) -> tuple[str, ...]:
    found = summarise(Text(text), kind)
    quotes = (span.quote for bullet in found.bullets for span in bullet.citations)
    return (*(bullet.text for bullet in found.bullets), *quotes)


def _summary(one: Document) -> tuple[str, ...]:
    return _lines(one.text, _READ_AS[one.kind])


def _facts(firm: Firm) -> Iterable[Fact]:
    """What Northlake may say of itself, as the evidence module takes it."""
    for row in own_facts.own_facts(firm):
        yield Fact(
            UUID(row.id), row.kind, row.value, row.source_name, row.as_of_on, row.subject, locator=row.locator, quote=row.quote,
            valid_until_on=row.valid_until_on, sensitivity=row.sensitivity, sayable=row.sayable, state=row.state,  # type: ignore[arg-type]
        )  # fmt: skip
