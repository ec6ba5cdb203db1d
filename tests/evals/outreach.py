"""Cold outreach to 200 accounts of the demo firm: is every claim of every draft backed, and is it about its reader?

wrong = a draft with a claim or subject that no fact backs; abstained = an account for which nothing was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from uuid import UUID

from remit import identity
from remit.db.sessions import read
from remit.demo import load
from remit.domains.outreach import rules
from remit.domains.outreach.material import examine, gather
from remit.evidence.claims import split
from remit.kit import clock
from remit.kit.runs import all_shared
from remit.llm.embedded.outreach import MOST_WORDS, Length, NothingToSay, Tone, compose
from tests.evals.support import Report, UnknownPart

CASES = 200
TONES: tuple[Tone, ...] = ("direct", "warm")
TEXT_CHECKS = ("claims-supported", "subject-supported", "subject-form", "body-form", "no-slots-left")
_ONE_EACH = """
SELECT DISTINCT ON (a.id) c.id AS contact, a.owner_id AS owner FROM remit.accounts a JOIN remit.contacts c ON c.account_id = a.id
WHERE a.owner_id IS NOT NULL AND c.email IS NOT NULL ORDER BY a.id, c.id LIMIT :cases
"""


@dataclass(frozen=True)
class Case:
    """One draft and what was found about it."""

    subject: str
    body: str
    words: int
    checks: dict[str, bool]
    personalisation: float
    trigger: str
    account_id: UUID


def write(cases: int = CASES, length: Length = "short", tone: Tone = "direct") -> list[Case]:
    """A draft to one contact of each of the first accounts, in the database in use, which has the demo firm."""
    found = []
    with read(identity.for_service("console", via="eval")) as s:
        for row in s.rows(_ONE_EACH, {"cases": cases}):
            now = clock.now()
            material = gather(s, row.contact, row.owner, now)
            try:
                text = compose(
                    material.reader,
                    material.writer,
                    material.facts,
                    material.context,
                    length=length,
                    tone=tone,
                )
            except NothingToSay:
                continue  # counted as abstained
            seen = examine(s, material, text.subject, text.body, now)
            checks = {check.id: check.passed for check in seen.checks}
            personal = rules.personalisation(seen.sentences, material.facts, material.context)
            words = sum(len(one.text.split()) for one in seen.sentences if one.kind != "courtesy")
            found.append(
                Case(text.subject, text.body, words, checks, personal, text.trigger, material.account_id)
            )
    return found


def overlap(drafts: Sequence[Case]) -> dict[str, float]:
    """Shares of five-word runs that two drafts have in common (Jaccard), over all pairs: median, 95 %, most.

    Greeting and signature count: that is how a reader who gets two of them sees it.
    """
    shares = all_shared([one.body for one in drafts])
    at = {"median": len(shares) // 2, "p95": int(len(shares) * 0.95), "most": len(shares) - 1}
    return {name: round(shares[place], 3) for name, place in at.items()}


def most_said(drafts: Sequence[Case], count: int = 10) -> list[tuple[str, float]]:
    """The sentences that stand in most of the drafts, with the share of drafts."""
    said: Counter[str] = Counter()
    for one in drafts:
        said.update({one.body[start:end] for start, end in split(one.body)})
    return [(line, round(times / len(drafts), 3)) for line, times in said.most_common(count)]


def run(part: str | None = None) -> Report:
    """Make the demo firm in a server of its own, and write."""
    from benchmarks.support import durable_server

    if part is not None:
        raise UnknownPart("The outreach eval has no parts.")
    with durable_server():
        load.load_demo(0.5, 7, as_of=date(2026, 11, 23))
        began = perf_counter()
        drafts = write()
        seconds = round(perf_counter() - began, 3)
        styles = {
            f"{length}, {tone}": write(length=length, tone=tone) for length in MOST_WORDS for tone in TONES
        }
    bad = [one for one in drafts if not all(one.checks[check] for check in TEXT_CHECKS)]
    failures = [
        {"subject": one.subject, "not passed": [name for name, passed in one.checks.items() if not passed]}
        for one in bad
    ]
    personal = sorted(one.personalisation for one in drafts)
    told = {
        name: {
            "drafts": len(found),
            "backed": sum(all(one.checks[check] for check in TEXT_CHECKS) for one in found),
            **overlap(found),
        }
        for name, found in styles.items()
    }
    more = {
        "overlap": told, "most_said": most_said(drafts),
        "personalisation_least": personal[0], "personalisation_median": personal[len(personal) // 2], "ms_each": round(seconds / len(drafts) * 1000),
        "stopped": dict(Counter(name for one in drafts for name, passed in one.checks.items() if not passed)),
    }  # fmt: skip
    return Report(
        "outreach", CASES, len(drafts) - len(bad), len(bad), CASES - len(drafts), seconds, failures, more
    )
