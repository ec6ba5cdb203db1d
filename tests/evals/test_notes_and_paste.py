"""Promises in notes and facts in pasted text: the figures of docs/quality.md do not fall."""

from __future__ import annotations

import pytest

from tests.evals import commitments, paste


@pytest.mark.parametrize(
    ("part", "right", "false_alarms"), [("dev", 34, 0), ("heldout", 30, 0), ("blind", 20, 0)]
)
def test_promises(part: str, right: int, false_alarms: int) -> None:
    found = commitments.run(part).more
    assert found["recall"]["count"] >= right, found
    assert found["false_alarms"] <= false_alarms
    assert found["precision"]["share"] >= 0.94


@pytest.mark.parametrize(("part", "right"), [("dev", 63), ("heldout", 59), ("blind", 29)])
def test_facts_of_pasted_text(part: str, right: int) -> None:
    found = paste.run(part)
    assert (found.correct, found.wrong) >= (right, 0), found.failures
    assert found.wrong == 0, found.failures
