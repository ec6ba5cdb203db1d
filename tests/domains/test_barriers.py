"""Accounts are put behind an information barrier by one person, and let out by two; only the admitted see them there."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit.actions import Action, Performed, Refused, Waiting, approve, perform
from remit.domains.accounts.actions import UpdateAccount
from remit.domains.accounts.barriers import MoveBehindBarrier
from tests.support.cast import Cast


def code(cast: Cast, who: str, action: Action) -> str:
    with pytest.raises(Refused) as refused:
        perform(cast.scope(who), action)
    return refused.value.code


def group_of(cast: Cast, account: UUID) -> tuple[str, str | None]:
    return cast.sql(
        "SELECT t.name, b.name FROM remit.accounts a JOIN remit.access_groups g ON g.id = a.access_id"
        " JOIN remit.territories t ON t.id = g.territory_id LEFT JOIN remit.barriers b ON b.id = g.barrier_id WHERE a.id = :id",
        id=account,
    )[0]


def test_in_by_one_out_by_two_and_seen_by_the_admitted_only(cast: Cast) -> None:
    palm = cast.accounts["palm"]
    territory, _ = group_of(cast, palm)
    move = MoveBehindBarrier(account_id=palm, expected_version=1, barrier="merger", reason="talks")
    assert code(cast, "mia", move) == "not_permitted_by_policy"
    assert code(cast, "cora", move) == "not_found"  # compliance, but not admitted behind that barrier
    cast.sql("INSERT INTO remit.person_barriers VALUES (:id, 101)", id=cast.people["cora"])
    assert isinstance(perform(cast.scope("cora"), move), Performed)
    assert group_of(cast, palm) == (territory, "Merger")
    touched = UpdateAccount(account_id=palm, expected_version=2, city="Oslo")
    assert code(cast, "charlie", touched) == "not_found"  # its own owner, who is not admitted
    out = MoveBehindBarrier(account_id=palm, expected_version=2, reason="announced")
    waiting = perform(cast.scope("cora"), out)
    assert isinstance(waiting, Waiting) and group_of(cast, palm) == (territory, "Merger")
    with pytest.raises(Refused):
        approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    cast.sql("INSERT INTO remit.person_roles VALUES (:id, 'governance')", id=cast.people["bob"])
    cast.sql("UPDATE remit.people SET reach = 'all' WHERE id = :id", id=cast.people["bob"])
    approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert group_of(cast, palm) == (territory, None)
    assert isinstance(
        perform(cast.scope("charlie"), touched.model_copy(update={"expected_version": 3})), Performed
    )


def test_standing_there_already_is_said(cast: Cast) -> None:
    pine = cast.accounts["pine"]
    stay = MoveBehindBarrier(account_id=pine, expected_version=1, reason="x")
    assert code(cast, "cora", stay) == "nothing_to_change"
