"""Questionnaires: what the demo firm's answers say to questions in a buyer's own words, and where they have to say nothing.

Right: the right answer in the right state (proposed, out of date, contradicted), or rightly nothing. Wrong: another answer, or one
where there is none, or a current one where it is stale or contradicted. Abstained: nothing, where an answer was there.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import UUID, uuid5

from remit.demo import quotable, rfps
from remit.domains.questionnaires.answers import Answer
from remit.domains.questionnaires.papers import Paper
from remit.domains.questionnaires.shelf import Drafted, Library, drafted, shelf_of
from remit.kit.intervals import lower_bound
from remit.knowledge.questionnaires import find
from remit.knowledge.questionnaires.match import Entry, Index
from remit.knowledge.questionnaires.model import Question
from tests.evals.support import Report, UnknownPart

DAY: Final = date(2026, 11, 23)
CASES: Final = Path(__file__).parent / "questionnaires"
SPACE: Final = UUID(int=1)
AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=2)
def library(*, papers: bool = False) -> tuple[Library, dict[str, str]]:
    """The demo firm's answers as of DAY, and the key of each by its id; with `papers` those that it may be quoted from, too."""
    known, names = {}, {}
    for one in (each for part in rfps.said() for each in part):
        key = str(uuid5(SPACE, one.key))
        as_of = DAY - timedelta(days=one.age)
        names[key] = one.key
        known[key] = Answer(
            UUID(key), one.question, one.short, one.answer, one.product, "", None, "", "", SPACE, "", as_of, as_of + timedelta(days=one.review),
            "live", SPACE, "", AT, SPACE, "", AT, None, "", 1, 0,
        )  # fmt: skip
    entries = [
        Entry(key, "answer", one.question, one.answer, one.short, one.product) for key, one in known.items()
    ]
    before = {one.before for one in quotable.PAPERS}
    kept = [_paper(one) for one in quotable.PAPERS if one.file not in before] if papers else []
    given = {str(each.id): each for each in kept}
    return Library(Index(entries), known, {}, DAY, given, shelf_of(given.values(), DAY)), names


def _paper(one: quotable.OwnPaper) -> Paper:
    of_on = DAY - timedelta(days=one.age)
    return Paper(
        uuid5(SPACE, one.file), one.title, quotable.text_of(one.file), (), (), of_on, SPACE, "", SPACE, "", AT, DAY + timedelta(days=one.review),
        "released", "", True, 1,
    )  # fmt: skip


def ask(books: Library, text: str) -> Drafted:
    """What comes of a question in a cell that takes any words."""
    return drafted(books, Question("", "", text, find.kind_of(text, ()), "", "1:1", "1:2"))


def run(part: str | None = None) -> Report:
    """The cases of one part, or of all."""
    parts = [path.stem.removeprefix("cases_") for path in sorted(CASES.glob("cases_*.toml"))]
    if part is not None and part not in parts:
        raise UnknownPart(f"The eval of questionnaires has the parts {', '.join(parts)}.")
    books, names = library()
    began, counts, failures = perf_counter(), Counter[str](), list[dict[str, Any]]()
    for name in [part] if part else parts:
        for question, keys, state in tomllib.loads((CASES / f"cases_{name}.toml").read_text("utf-8"))[
            "cases"
        ]:
            line = ask(books, question)
            found = names[line.found.entry.id] if line.found and line.state != "gap" else ""
            verdict = _verdict(found, line.state, keys, state)
            counts[verdict] += 1
            counts["answered"] += bool(found)
            counts["answerable"] += bool(keys)
            counts["answered rightly"] += verdict == "right" and bool(found)
            if verdict != "right":
                failures.append(
                    {
                        "part": name,
                        "what": verdict,
                        "question": question,
                        "got": f"{line.state} {found}".strip(),
                        "wanted": f"{state} {keys}".strip(),
                    }
                )
    return _report(counts, failures, round(perf_counter() - began, 2))


def _verdict(found: str, state: str, keys: str, wanted: str) -> str:
    if not found:
        return "abstained" if keys else "right"
    return "right" if found in keys.split("|") and state == wanted else "wrong"


def _report(counts: Counter[str], failures: list[dict[str, Any]], seconds: float) -> Report:
    cases = counts["right"] + counts["wrong"] + counts["abstained"]
    more = {
        "precision": round(counts["answered rightly"] / max(1, counts["answered"]), 3), "answered": counts["answered"],
        "precision_at_least": round(lower_bound(counts["answered rightly"], counts["answered"]), 3) if counts["answered"] else 0,
        "coverage": round(counts["answered rightly"] / max(1, counts["answerable"]), 3), "answerable": counts["answerable"],
    }  # fmt: skip
    return Report(
        "questionnaires",
        cases,
        counts["right"],
        counts["wrong"],
        counts["abstained"],
        seconds,
        failures,
        more,
    )
