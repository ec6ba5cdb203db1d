"""Documents through the door: kept once, seen by who sees the account, moved with it, never rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from remit.actions import Conflict, NotFound, Performed, Refused, perform
from remit.db.location import Role
from remit.db.sessions import read
from remit.domains.documents import queries
from remit.domains.documents.actions import AddDocument, RemoveDocument
from remit.kit import clock
from tests.support.cast import Cast

TEXT = "Pine Capital reported revenue of $4.2 billion.\nIt rose 12% on the year."


def add(cast: Cast, by: str = "alice", account: str | None = "pine", **more: Any) -> Performed:
    given = {
        "document_kind": "news",
        "title": "Pine reports",
        "source_name": "pasted by Alice",
        "text": TEXT,
        "published_on": date(2026, 4, 28),
    } | more
    action = AddDocument(account_id=cast.accounts[account] if account else None, **given)
    done = perform(cast.scope(by), action)
    assert isinstance(done, Performed)
    return done


def added(cast: Cast, by: str = "alice", account: str | None = "pine", **more: Any) -> UUID:
    return UUID(add(cast, by, account, **more).result["document_id"])


@pytest.mark.parametrize("kind", ["8-K", "10-K", "news", "call_note"])
def test_a_document_of_a_day_is_not_kept_without_one(cast: Cast, kind: str) -> None:
    with pytest.raises(Refused, match="Say on which day it was published"):
        add(cast, document_kind=kind, published_on=None, undated=kind != "news")


def test_the_same_text_is_kept_once_for_an_account(cast: Cast) -> None:
    first, again = add(cast), add(cast, by="bob", title="Another title")
    assert (first.result["added"], again.result["added"]) == (True, False)
    assert first.result["document_id"] == again.result["document_id"]
    assert add(cast, account="oak").result["document_id"] != first.result["document_id"]
    found = queries.get_document(cast.scope("bob"), UUID(first.result["document_id"]))
    assert (found.text, found.head.account, found.head.added_by) == (TEXT, "Pine Capital", "Alice")


def test_the_record_of_the_act_holds_no_text(cast: Cast) -> None:
    done = add(cast, text="A very particular sentence about Pine.")
    bodies = cast.sql("SELECT record FROM remit.audit WHERE action_id = :id", id=done.action_id)
    assert bodies
    assert all("very particular" not in str(body) for body in bodies)


def test_who_does_not_see_the_account_sees_no_document_of_it(cast: Cast) -> None:
    made = added(cast, text="For North only.")
    behind = added(cast, "bob", "wall", text="Behind the wall.")
    for name, document in (("charlie", made), ("alice", behind), ("mia", behind), ("adam", made)):
        with pytest.raises(NotFound):
            queries.get_document(cast.scope(name), document)
        with pytest.raises((NotFound, Refused)):
            perform(cast.scope(name), RemoveDocument(document_id=document, expected_version=1, reason="mine"))
    assert queries.list_of_account(cast.scope("charlie"), cast.accounts["pine"]) == []
    with pytest.raises(NotFound):
        add(cast, "charlie", "pine", text="From outside.")


def test_a_document_moves_with_its_account(cast: Cast) -> None:
    made = added(cast, "charlie", "palm", text="About Palm.")
    cast.sql("UPDATE remit.accounts SET access_id = 101 WHERE id = :id", id=cast.accounts["palm"])
    try:
        assert queries.get_document(cast.scope("alice"), made).text == "About Palm."
        with pytest.raises(NotFound):
            queries.get_document(cast.scope("charlie"), made)
    finally:
        cast.sql("UPDATE remit.accounts SET access_id = 102 WHERE id = :id", id=cast.accounts["palm"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": " "}, "title"),
        ({"source_name": ""}, "where the document is from"),
        ({"text": " \n "}, "no text"),
        ({"accession_number": "12-3"}, "no accession number"),
        ({"published_on": clock.today() + timedelta(days=3)}, "in the future"),
        ({"published_on": date(2026, 1, 2), "period_end_on": date(2026, 3, 31)}, "after it was published"),
        ({"headings": (0, 9_999)}, "headings"),
    ],
)
def test_an_unfit_document_is_refused_with_what_mends_it(
    cast: Cast, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused) as refused:
        add(cast, **changes)
    assert refused.value.code == "check_failed"
    assert says in refused.value.message


def test_what_is_about_no_account_comes_from_enablement_or_compliance(cast: Cast) -> None:
    with pytest.raises(Refused, match="enablement or compliance"):
        add(cast, account=None, document_kind="battle_card")
    with pytest.raises(Refused, match="about an account"):
        add(cast, "cora", None, document_kind="10-K")
    made = added(cast, "cora", None, document_kind="battle_card", text="How to answer Vertex.")
    assert queries.get_document(cast.scope("charlie"), made).head.account_id is None


def test_no_agent_adds_or_removes_documents(cast: Cast) -> None:
    with pytest.raises(Refused):
        add(cast, "robo")


def test_the_previous_of_its_kind_is_the_one_before_by_its_day(cast: Cast) -> None:
    made = {
        year: added(
            cast, account="oak", document_kind="10-K", text=f"Year {year}", period_end_on=date(year, 12, 31)
        )
        for year in (2023, 2025, 2024)
    }
    added(cast, account="oak", document_kind="10-Q", text="A quarter", period_end_on=date(2025, 9, 30))
    with read(cast.scope("alice")) as s:
        newest = queries.load_document(s, made[2025])
        before = queries.find_previous(s, newest)
        assert before is not None and before.id == made[2024]
        first = queries.load_document(s, made[2023])
        assert queries.find_previous(s, first) is None


def test_a_removed_document_is_unlisted_and_stays_readable(cast: Cast) -> None:
    scope, made = cast.scope("alice"), added(cast, text="Added by mistake.")
    perform(scope, RemoveDocument(document_id=made, expected_version=1, reason="wrong account"))
    assert made not in {row.id for row in queries.list_of_account(scope, cast.accounts["pine"])}
    assert queries.get_document(scope, made).head.state == "removed"
    with pytest.raises(Refused, match="already"):
        perform(scope, RemoveDocument(document_id=made, expected_version=2, reason="again"))
    assert add(cast, text="Added by mistake.").result["added"] is True


def test_a_better_copy_supersedes_only_a_copy_of_the_same_account(cast: Cast) -> None:
    scope, old = cast.scope("alice"), added(cast, text="First scan.")
    fresh = added(cast, text="Better scan.", supersedes_id=old)
    before = queries.get_document(scope, old)
    assert (before.head.state, before.replaced_by) == ("superseded", fresh)
    with pytest.raises(NotFound):
        add(cast, account="oak", text="Of another account.", supersedes_id=fresh)
    with pytest.raises(Conflict):
        perform(scope, RemoveDocument(document_id=fresh, expected_version=7, reason="stale"))


def test_even_the_writer_cannot_rewrite_a_text(cast: Cast) -> None:
    made = added(cast, text="As it was.")
    engine = create_engine(cast.location.url(Role.WRITER), poolclass=NullPool)
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
        connection.execute(text("UPDATE remit.documents SET text = 'other' WHERE id = :id"), {"id": made})


def test_all_documents_page_by_key(cast: Cast) -> None:
    scope = cast.scope("alice")
    seen: list[UUID] = []
    after = None
    while True:
        page = queries.list_documents(scope, after=after, size=3)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) > 6


def test_an_amendment_is_not_compared_with_what_it_amends(cast: Cast) -> None:
    days = ((date(2025, 3, 31), "Q1."), (date(2025, 6, 30), "Q2."), (date(2025, 6, 30), "Q2 amended."))
    first, _, amended = (
        added(cast, account="oak", document_kind="10-Q", text=text, period_end_on=day) for day, text in days
    )
    with read(cast.scope("alice")) as s:
        before = queries.find_previous(s, queries.load_document(s, amended))
    assert before is not None and before.id == first
