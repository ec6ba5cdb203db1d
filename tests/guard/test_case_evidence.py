"""Open: evidence of a productivity case that is of other work, or is timed before it was made."""

from __future__ import annotations

from typing import Any

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, perform
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.summaries import SaveSummary
from remit.domains.productivity.actions import OpenProductivityCase, SubmitProductivityCase
from tests.support.cast import Cast


def _done(cast: Cast, action: Any) -> dict[str, Any]:
    done = perform(cast.scope("alice"), action)
    assert isinstance(done, Performed)
    return dict(done.result)


def _summaries(cast: Cast, motion: str) -> list[str]:
    made = []
    for number in range(5):
        kept = _done(
            cast,
            AddDocument(
                account_id=cast.accounts["pine"], document_kind="call_note", title="Call", source_name="me",
                text=f"They are happy, {motion} {number}.",
            ),
        )  # fmt: skip
        bullets: Any = [{"text": "They are happy", "spans": [(0, 14)]}]
        saved = _done(
            cast, SaveSummary(document_id=kept["document_id"], writer="embedded writer", bullets=bullets)
        )
        made.append(saved["summary_id"])
    return made


@pytest.mark.xfail(
    strict=True, reason="productivity.actions._evidence asks neither for the kind of work nor for the day"
)
@pytest.mark.parametrize(("motion", "day"), [("outreach", "2026-11-28"), ("summary", "2020-01-01")])
def test_evidence_is_of_the_work_that_was_timed(cast: Cast, motion: str, day: str) -> None:
    rows: Any = [{"side": "before", "minutes": 30 + n, "observed_on": "2026-01-05"} for n in range(5)]
    rows += [
        {"side": "with_ai", "minutes": 1 + n / 10, "observed_on": day, "artefact_id": one}
        for n, one in enumerate(_summaries(cast, motion))
    ]
    with pytest.raises(Refused):
        case = _done(
            cast, OpenProductivityCase(title="Faster", motion=motion, method="stopwatch", observations=rows)
        )
        perform(cast.scope("alice"), SubmitProductivityCase(case_id=case["case_id"], expected_version=1))
