"""Evidence of a productivity case is of the work that was timed, and not timed before it was made."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, perform
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.summaries import SaveSummary
from remit.domains.productivity.actions import OpenProductivityCase, SubmitProductivityCase
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast


def _done(cast: Cast, action: Any) -> dict[str, Any]:
    done = perform(cast.scope("alice"), action)
    assert isinstance(done, Performed)
    return dict(done.result)


def _summaries(cast: Cast) -> list[str]:
    made = []
    for number in range(5):
        kept = _done(
            cast,
            AddDocument(
                account_id=cast.accounts["pine"], document_kind="call_note", title="Call", source_name="me",
                text=f"They are happy, {new_id()} {number}.", published_on=date(2026, 1, 5),
            ),
        )  # fmt: skip
        bullets: Any = [{"text": "They are happy", "spans": [(0, 14)]}]
        saved = _done(
            cast, SaveSummary(document_id=kept["document_id"], writer="embedded writer", bullets=bullets)
        )
        made.append(saved["summary_id"])
    return made


def _submitted(cast: Cast, motion: str, day: date) -> None:
    rows: Any = [{"side": "before", "minutes": 30 + n, "observed_on": date(2026, 1, 5)} for n in range(5)]
    rows += [
        {"side": "with_ai", "minutes": 1 + n / 10, "observed_on": day, "artefact_id": one}
        for n, one in enumerate(_summaries(cast))
    ]
    asked = OpenProductivityCase(title="Faster", motion=motion, method="stopwatch", observations=rows)
    case = _done(cast, asked)
    perform(cast.scope("alice"), SubmitProductivityCase(case_id=case["case_id"], expected_version=1))


def test_evidence_is_of_the_kind_of_work_that_was_timed(cast: Cast) -> None:
    with pytest.raises(Refused, match="5 artefacts are of another kind of work"):
        _submitted(cast, "outreach", clock.today())


def test_evidence_is_not_timed_before_it_was_made(cast: Cast) -> None:
    with pytest.raises(Refused, match="5 times are dated before"):
        _submitted(cast, "summary", date(2020, 1, 1))


def test_evidence_that_fits_is_taken(cast: Cast) -> None:
    _submitted(cast, "summary", clock.today())
