"""Promises found in call notes: who owes what until when. `remit eval commitments [--part dev|heldout]`.

A promise found counts as right when side, first words and the day by which it is due are. wrong = found and not right;
abstained = not found. Cases are the promises and the sentences without any.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from remit.kit.intervals import lower_bound
from remit.knowledge.notes.commitments import Promise, find
from tests.evals.notes.cases import DAY, PARTS, VOICES, Case, Promised, load
from tests.evals.support import Report, UnknownPart


def run(part: str | None = None) -> Report:
    """Read every sentence of `part`, or of all."""
    if part is not None and part not in PARTS:
        raise UnknownPart(f"The notes have the parts {', '.join(PARTS)}.")
    cases, failures = load(part), []
    right = found_count = wanted = quiet = false_alarms = loose = 0
    began = perf_counter()
    for case in cases:
        found = find(case.text, DAY, VOICES, speaker=case.speaker)
        good = sum(any(_same(one, gold) for one in found) for gold in case.promises)
        loose += sum(
            any(one.side == gold.side and _words(one, gold) for one in found) for gold in case.promises
        )
        right, found_count, wanted = right + good, found_count + len(found), wanted + len(case.promises)
        quiet += not case.promises and not found
        false_alarms += bool(found) and not case.promises
        if good != len(case.promises) or len(found) != len(case.promises):
            failures.append(_told(case, found))
    seconds = round(perf_counter() - began, 3)
    none = sum(not case.promises for case in cases)
    more = {
        "precision": _share(right, found_count), "recall": _share(right, wanted), "recall_without_day": _share(loose, wanted),
        "hard_negatives_quiet": _share(quiet, none), "false_alarms": false_alarms, "sentences": len(cases),
    }  # fmt: skip
    missed = wanted - right
    return Report(
        "commitments", wanted + none, right + quiet, found_count - right, missed, seconds, failures, more
    )


def _same(found: Promise, gold: Promised) -> bool:
    return (
        found.side == gold.side
        and _words(found, gold)
        and (found.due_on.isoformat() if found.due_on else "") == gold.due
        and _who(found, gold)
    )


def _who(found: Promise, gold: Promised) -> bool:
    return found.who.casefold() == gold.who.casefold()


def _words(found: Promise, gold: Promised) -> bool:
    return found.what.casefold().startswith(gold.what.casefold())


def _share(count: int, of: int) -> dict[str, Any]:
    share = round(count / of, 4) if of else 0.0
    return {
        "count": count,
        "of": of,
        "share": share,
        "lower_bound": round(lower_bound(count, of), 4) if of else 0.0,
    }


def _told(case: Case, found: list[Promise]) -> dict[str, Any]:
    return {
        "part": case.part, "text": case.text,
        "expected": [f"{one.side}|{one.who}|{one.due}|{one.what}" for one in case.promises],
        "found": [f"{one.side}|{one.who}|{one.due_on or ''}|{one.what}" for one in found],
    }  # fmt: skip
