"""Facts found in pasted text: `remit eval paste [--part dev|heldout]`.

A find is right when kind, subject and the beginning of the value are. wrong = ticked and not right; abstained = not found.
A doubted find that is proposed unticked counts as nothing; one that is ticked is wrong.
"""

from __future__ import annotations

from collections import Counter
from time import perf_counter
from typing import Any

from remit.kit.intervals import lower_bound
from remit.knowledge.pasted.extract import extract
from remit.knowledge.pasted.model import Found
from tests.evals.pasted.cases import DAY, PARTS, Case, Gold, load
from tests.evals.support import Report, UnknownPart


def run(part: str | None = None) -> Report:
    """Read every text of `part`, or of all."""
    if part is not None and part not in PARTS:
        raise UnknownPart(f"The texts have the parts {', '.join(PARTS)}.")
    cases, failures = load(part), []
    right = ticked = wanted = 0
    missed_kinds: Counter[str] = Counter()
    began = perf_counter()
    for case in cases:
        found = [one for one in extract(case.text, DAY) if not one.doubt]
        gold = [one for one in case.facts if not one.doubted]
        missed = [one for one in gold if not any(_same(each, one) for each in found)]
        extra = [each for each in found if not any(_same(each, one) for one in gold)]
        right, ticked, wanted = right + len(gold) - len(missed), ticked + len(found), wanted + len(gold)
        missed_kinds.update(one.kind for one in missed)
        failures += _told(case, missed, extra)
    seconds = round(perf_counter() - began, 3)
    good = sum(1 for one in failures if one["what"] == "not there")
    more = {
        "precision": _share(ticked - good, ticked),
        "recall": _share(right, wanted),
        "missed": dict(missed_kinds),
        "texts": len(cases),
    }
    return Report("paste", wanted, right, good, wanted - right, seconds, failures, more)


def _same(found: Found, gold: Gold) -> bool:
    return (
        found.kind == gold.kind
        and found.value.casefold().startswith(gold.value.casefold())
        and found.subject.casefold().startswith(gold.subject.casefold())
    )


def _share(count: int, of: int) -> dict[str, Any]:
    return {
        "count": count,
        "of": of,
        "share": round(count / of, 4) if of else 0.0,
        "lower_bound": round(lower_bound(count, of), 4) if of else 0.0,
    }


def _told(case: Case, missed: list[Gold], extra: list[Found]) -> list[dict[str, Any]]:
    about = {"part": case.part, "text": case.text[:60]}
    return [
        *({**about, "what": "missed", "fact": f"{one.kind} | {one.subject} | {one.value}"} for one in missed),
        *(
            {**about, "what": "not there", "fact": f"{one.kind} | {one.subject} | {one.value}"}
            for one in extra
        ),
    ]
