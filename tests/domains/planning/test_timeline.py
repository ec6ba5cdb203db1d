"""The timeline of an account, page by page: each entry once and in one order, however many share an instant."""

from __future__ import annotations

from datetime import timedelta

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
