"""The claim check on the claim set: false sentences must be stopped, true ones in other words must pass.

wrong = a false sentence let through; abstained = a true one refused.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from remit.evidence.claims import type_sentence
from remit.evidence.support import check
from remit.kit.intervals import lower_bound
from tests.evals.evidence.cases import PARTS, Case, load
from tests.evals.support import Report, UnknownPart


def run(part: str | None = None) -> Report:
    """Check every case of `part` (dev, heldout, blind, mixed), or of all."""
    if part is not None and part not in PARTS:
        raise UnknownPart(f"The claim set has the parts {', '.join(PARTS)}.")
    cases = load(part)
    began = perf_counter()
    found = [(case, *_passes(case)) for case in cases]
    seconds = round(perf_counter() - began, 3)
    failures = [_told(case, reason) for case, passed, reason in found if passed != case.holds]
    stopped = sum(not passed for case, passed, _ in found if not case.holds)
    accepted = sum(passed for case, passed, _ in found if case.holds)
    false, true = sum(not case.holds for case in cases), sum(case.holds for case in cases)
    more = {
        "false_stopped": _share(stopped, false),
        "true_accepted": _share(accepted, true),
        "fact_sets": len({(case.part, case.account) for case in cases}),
    }
    return Report(
        "claims", len(cases), stopped + accepted, false - stopped, true - accepted, seconds, failures, more
    )


def _passes(case: Case) -> tuple[bool, str]:
    """Whether the sentence could be sent as backed by facts; a false one that is no claim would be sent unseen."""
    if type_sentence(case.text, case.context).kind != "claim":
        return not case.holds, "not taken for a claim"
    support = check(case.text, case.facts, case.context)
    return support.state == "supported", support.reason


def _share(count: int, of: int) -> dict[str, Any]:
    return {
        "count": count,
        "of": of,
        "share": round(count / of, 4),
        "lower_bound": round(lower_bound(count, of), 4),
    }


def _told(case: Case, reason: str) -> dict[str, Any]:
    return {
        "part": case.part, "account": case.account, "text": case.text, "expected": "supported" if case.holds else f"stopped ({case.why})",
        "found": reason,
    }  # fmt: skip
