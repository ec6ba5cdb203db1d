"""Checking a draft again after an edit: one sentence changed, against 60 facts of the account and 60 of ours.

The other side is splitting and typing the same text without looking at a fact: what a check costs at the very least.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from uuid import UUID

from benchmarks.support import Row, percentile, row
from remit.evidence.claims import Context, split, type_sentence
from remit.evidence.facts import Fact
from remit.evidence.support import check_text
from remit.kit.ids import new_id

RUNS = 60
FACTS = 60
DAY = date(2026, 11, 23)
ACCOUNT = UUID(int=1)
_THINGS = (
    "positions",
    "brokers",
    "orders",
    "reports",
    "limits",
    "baskets",
    "swaps",
    "locates",
    "feeds",
    "files",
)
_BODY = """Hi Elena,

Your Form ADV of 30 September 2026 names Halden Prime and Morrow Securities as prime brokers. Your assets were about $4.2bn.

Your reported swaps rose by 14 to 120 in the third quarter. Together your reported swaps and reported feeds come to 242.

Northlake OMS sends orders to 12 brokers every 3 minutes. Northlake never recalls a share. How do you split blocks today?

You employ {edit} people, about a third of them traders.

Would 20 minutes next week be worth it?

Best regards,
Daniel Reyes"""


def facts() -> list[Fact]:
    """An account with prime brokers, assets and many figures, and as many statements of ours."""
    names = [("prime_broker", "Halden Prime"), ("prime_broker", "Morrow Securities")]
    found = [_fact(kind, value) for kind, value in names]
    found.append(_fact("aum", "$4.21bn", value_minor=421_000_000_000, value_currency="USD"))
    for number in range(FACTS):
        thing = _THINGS[number % len(_THINGS)]
        found.append(
            _fact(
                "holdings_change",
                f"rose from {100 + number} to {114 + number}",
                subject=f"reported {thing}",
            )
        )
        value = f"sends {thing} to {10 + number} brokers every {number + 1} minutes at order entry"
        found.append(_fact("capability", value, subject="Northlake OMS", account_id=None))
    return found


def _fact(kind: str, value: str, **more: object) -> Fact:
    given: dict[str, object] = {
        "id": new_id(), "kind": kind, "value": value, "source_name": "Form ADV", "as_of_on": date(2026, 9, 30), "account_id": ACCOUNT,
    }  # fmt: skip
    return Fact(**(given | more))  # type: ignore[arg-type]


def _times(work: Callable[[str], object]) -> list[float]:
    """Milliseconds of each run, every run on a text that was not seen before."""
    taken = []
    for edit in range(RUNS):
        text = _BODY.format(edit=1000 + edit)
        began = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def run() -> list[Row]:
    """Median and 95th percentile in milliseconds, and the first check of all, with no fact prepared."""
    known, context = (
        facts(),
        Context(
            DAY, ACCOUNT, "Alder Point Capital", "Northlake Systems", frozenset({"Elena", "Daniel", "Reyes"})
        ),
    )
    began = time.perf_counter()
    check_text(_BODY.format(edit=1), known, context)
    first = (time.perf_counter() - began) * 1000
    ours = _times(lambda text: check_text(text, known, context))
    least = _times(lambda text: [type_sentence(text[start:end], context) for start, end in split(text)])
    what, other = (
        f"check a draft of 12 sentences against {len(known)} facts after an edit",
        "typing the sentences only",
    )
    return [
        row(
            "claims_recheck_median",
            what,
            percentile(ours, 0.5),
            percentile(least, 0.5),
            other,
            "ms",
            runs=RUNS,
            n=len(known),
        ),
        row(
            "claims_recheck_p95",
            what,
            percentile(ours, 0.95),
            percentile(least, 0.95),
            other,
            "ms",
            runs=RUNS,
            n=len(known),
        ),
        row(
            "claims_first",
            "the first check, no fact prepared",
            first,
            percentile(ours, 0.5),
            "check again",
            "ms",
            runs=1,
            n=len(known),
        ),
    ]
