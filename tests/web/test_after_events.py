"""After an event a message is offered to the last who came, with the template that names it, and to nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from remit.domains.campaigns.queries import Membership
from remit.web import after_events

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
ANN, BEA = uuid4(), uuid4()
TEMPLATE = uuid4()


def _member(who: UUID | None, state: str, on: date | None) -> Membership:
    return Membership(uuid4(), who, "", "Autumn forum", "Event", state, True, on, "")


def _offered(monkeypatch: pytest.MonkeyPatch, *members: Membership, names: str = "attendance") -> str:
    live = [
        SimpleNamespace(id=uuid4(), template=SimpleNamespace(facts=[])),
        SimpleNamespace(id=TEMPLATE, template=SimpleNamespace(facts=[SimpleNamespace(kind=names)])),
    ]
    monkeypatch.setattr(after_events, "list_live", lambda *_: live)
    contacts = [SimpleNamespace(id=ANN, may_email=True), SimpleNamespace(id=BEA, may_email=False)]
    found = SimpleNamespace(contacts=contacts, memberships=members)
    return after_events.after_event(SimpleNamespace(), found, NOW)  # type: ignore[arg-type]


def test_only_who_came_lately_and_may_be_written_to_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    lately, today = NOW.date() - timedelta(days=30), NOW.date()
    assert _offered(monkeypatch, _member(ANN, "Attended", lately)) == f"/library/{TEMPLATE}?contact={ANN}"
    nobody = (
        _member(BEA, "attended", today),
        _member(None, "attended", today),
        _member(ANN, "registered", today),
        _member(ANN, "no_show", today),
        _member(ANN, "attended", None),
        _member(ANN, "attended", lately - timedelta(days=1)),
        _member(ANN, "attended", today + timedelta(days=1)),
    )
    assert _offered(monkeypatch, *nobody) == ""
    assert _offered(monkeypatch, _member(ANN, "attended", today), names="meeting") == ""
