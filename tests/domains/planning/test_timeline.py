"""The timeline of an account, page by page: each entry once and in one order, however many share an instant."""

from __future__ import annotations

from datetime import datetime, timedelta

from remit.actions import perform
from remit.domains.facts.actions import RecordFact
from remit.kit import clock
from remit.kit.ids import new_id
from remit.web.dossier import TIMELINE_ROWS, get_dossier
from tests.support.cast import Cast


def test_pages_of_the_timeline_split_no_instant(cast: Cast) -> None:
    at, wanted = clock.now() - timedelta(days=2), 2 * TIMELINE_ROWS + 7
    for number in range(wanted):  # as an import leaves them: a day, no time
        cast.sql(
            "INSERT INTO remit.activities (id, at, kind, subject, account_id, access_id, owner_id)"
            " VALUES (:id, :at, 'note', :subject, :account, :access, :owner)",
            id=new_id(), at=at, subject=f"Note {number}", account=cast.accounts["pine"], access=cast.access["pine"],
            owner=cast.people["alice"],
        )  # fmt: skip
    scope, place = cast.scope("alice"), cast.accounts["pine"]
    page = get_dossier(scope, place)
    seen = [one.title for one in page.timeline]
    while page.next_before is not None:
        page = get_dossier(scope, place, before=page.next_before[0], before_id=page.next_before[1])
        seen += [one.title for one in page.timeline]
    notes = [title for title in seen if title.startswith("Note ")]
    assert len(notes) == wanted and set(notes) == {f"Note {number}" for number in range(wanted)}


def test_news_since_a_meeting_is_a_value_and_marked_where_it_is_ours(cast: Cast) -> None:
    scope, place, met_at = cast.scope("alice"), cast.accounts["oak"], clock.now() - timedelta(days=20)
    said = "the fund manages $2.4bn in New York, and is going to sell 300,000 shares of Tesla next week"

    def add(kind: str, at: datetime, direction: str | None = None) -> None:
        cast.sql(
            "INSERT INTO remit.activities (id, at, kind, direction, subject, account_id, access_id, owner_id)"
            " VALUES (:id, :at, :kind, :direction, 'Something', :account, :access, :owner)",
            id=new_id(), at=at, kind=kind, direction=direction, account=place, access=cast.access["oak"], owner=cast.people["alice"],
        )  # fmt: skip

    add("meeting", met_at)
    for kind, direction in (("email", "in"), ("email", "in"), ("note", None), ("note", "in")):
        add(kind, met_at + timedelta(days=1), direction)
    for kind, value, sensitivity, sayable in (
        ("aum", "$2.4bn", "client_confidential", "internal_only"), ("office", "New York", "internal", "told_by_them"),
    ):  # fmt: skip
        perform(scope, RecordFact(
            account_id=place, fact_kind=kind, value=value, source_name="E-mail", quote=said, as_of_on=clock.today(),
            sensitivity=sensitivity, sayable=sayable, **({"value_minor": 240_000_000_000, "value_currency": "USD"} if kind == "aum" else {}),
        ))  # fmt: skip
    since = get_dossier(scope, place).since
    assert since is not None
    assert {(line.text, line.why_not) for line in since.lines} == {
        ("New: aum: $2.4bn", "for our eyes only"), ("New: office: New York", ""), ("2 e-mails in", ""), ("1 note", ""), ("1 text from outside", ""),
    }  # fmt: skip
