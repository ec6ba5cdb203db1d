"""Closing overdue suggestions: somebody was faster is expected, anything else is told and stops nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import remit.wiring  # noqa: F401 - the verbs
from remit import identity
from remit.actions import Refused, perform, propose
from remit.actions.suggestions import ExpireSuggestion
from remit.domains.accounts.actions import CreateAccount
from remit.kit import clock
from remit.workflows import expire_suggestions
from tests.support.cast import Cast


def test_only_the_expected_refusal_is_passed_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [propose(cast.scope("alice"), CreateAccount(name=name)).suggestion_id for name in ("A", "B", "C")]
    cast.sql(
        "UPDATE remit.suggestions SET expires_at = :at WHERE id = ANY(:ids)",
        at=clock.now() - timedelta(hours=1), ids=ids,
    )  # fmt: skip
    codes = {ids[0]: "not_due", ids[1]: "not_permitted"}

    def refuses(scope: Any, action: ExpireSuggestion) -> Any:
        if code := codes.get(action.suggestion_id):
            raise Refused("no", code=code)
        return perform(scope, action)

    monkeypatch.setattr(expire_suggestions, "perform", refuses)
    system = identity.for_service("upkeep", via="test")
    with pytest.raises(Refused) as refused:
        expire_suggestions.close_overdue(system)
    assert refused.value.code == "not_permitted"
    states = dict(cast.sql("SELECT id, state FROM remit.suggestions WHERE id = ANY(:ids)", ids=ids))
    assert [states[one] for one in ids] == ["waiting", "waiting", "expired"]
    del codes[ids[1]]
    assert expire_suggestions.close_overdue(system) == 1
