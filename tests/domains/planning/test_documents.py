"""A document that is new on one of my accounts waits on Today; what I added, what is old or elsewhere does not."""

from __future__ import annotations

from datetime import timedelta

from remit.domains.planning import queries
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast


def add(cast: Cast, account: str, by: str, *, kind: str = "10-Q", days: int = 1, state: str = "live") -> str:
    made = new_id()
    cast.sql(
        "INSERT INTO remit.documents (id, account_id, access_id, kind, title, source_name, text, sha256, state, added_by, added_at)"
        " VALUES (:id, :account, :access, :kind, 'Third quarter', 'EDGAR', 'Revenue rose.', encode(sha256(CAST(:seed AS bytea)), 'hex'),"
        " :state, :by, :at)",
        id=made, account=cast.accounts[account], access=cast.access[account], kind=kind, seed=str(made).encode(), state=state,
        by=cast.people[by], at=clock.now() - timedelta(days=days),
    )  # fmt: skip
    return str(made)


def test_new_documents_of_my_accounts_are_reasons_to_write(cast: Cast) -> None:
    wanted = {add(cast, "pine", "bob"), add(cast, "oak", "olga", kind="news")}
    add(cast, "pine", "alice")  # she knows what she added herself
    add(cast, "pine", "bob", days=40)
    add(cast, "pine", "bob", kind="call_note")
    add(cast, "pine", "bob", state="removed")
    elsewhere = add(cast, "palm", "olga")
    found = {
        str(one.candidate.document_id): one
        for one in queries.list_today(cast.scope("alice"), now=clock.now()).items
    }
    assert set(found) - {"None"} == wanted
    ranked = next(one for one in found.values() if one.candidate.account == "Oak Capital")
    assert (ranked.candidate.kind, ranked.candidate.reason) == ("trigger", "New on record: news from EDGAR")
    assert ranked.factor("fit") > 1  # a key account
    theirs = queries.list_today(cast.scope("charlie"), now=clock.now()).items
    assert [str(one.candidate.document_id) for one in theirs if one.candidate.document_id] == [elsewhere]


def test_what_our_notes_say_is_told_from_news_by_its_source_not_by_whether_it_may_be_said(cast: Cast) -> None:
    """A filing that we keep to ourselves was “from our notes”."""
    filed, noted = add(cast, "pine", "alice"), add(cast, "pine", "alice", kind="call_note")
    for value, sayable, source, document in (
        ("Fewer ticks", "told_by_them", "Note of the call of 3 November 2026", None),
        ("An Oslo office", "public", "Hedge Fund Weekly", None),
        ("A quiet hire", "internal_only", "Pine 10-K", filed),
        ("Calmer mornings", "public", "A talk", noted),
    ):
        cast.sql(
            "INSERT INTO remit.facts (id, account_id, access_id, kind, value, source_name, as_of_on, sensitivity, sayable, state, document_id)"
            " VALUES (:id, :account, :access, 'need', :value, :source, :day, 'internal', :sayable, 'live', CAST(:document AS uuid))",
            id=new_id(), account=cast.accounts["pine"], access=cast.access["pine"], value=value, sayable=sayable, day=clock.today(),
            source=source, document=document,
        )  # fmt: skip
    items = queries.list_today(cast.scope("alice"), now=clock.now()).items
    kinds = {one.candidate.title.removeprefix("They need "): one.candidate.kind for one in items}
    assert (kinds["Fewer ticks"], kinds["Calmer mornings"]) == ("noted", "noted")
    assert (kinds["An Oslo office"], kinds["A quiet hire"]) == ("trigger", "trigger")
