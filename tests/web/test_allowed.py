"""Pages offer what the policies allow."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.db.location import Location
from remit.web.allowed import may
from tests.support import web_cast as cast

ASKED = {
    "AddDocument": ("", {"alice", "manager", "compliance", "vp"}),
    "OpenProductivityCase": ("own", {"alice", "manager"}),
    "SignProductivityCase": ("other", {"manager", "vp"}),
    "WithdrawFact": ("", {"alice", "manager", "compliance", "vp"}),
    "ExportRecords": ("", {"manager", "compliance", "vp"}),
    "ReassignAccount": ("", {"manager", "vp"}),
    "NoSuchAction": ("", set()),
}
WHO = {
    "alice": cast.ALICE, "manager": cast.MANAGER, "compliance": cast.COMPLIANCE, "vp": cast.VP, "admin": cast.ADMIN,
    "governance": cast.GOVERNANCE,
}  # fmt: skip


@pytest.mark.parametrize("kind", ASKED)
def test_the_policies_say_what_is_offered(settled: Location, kind: str) -> None:
    whose, expected = ASKED[kind]
    owner: Callable[[UUID], UUID | None] = {
        "": lambda _: None, "own": lambda one: one, "other": lambda _: cast.CHARLIE.id
    }[whose]  # fmt: skip
    found = {
        name
        for name, one in WHO.items()
        if may(identity.for_person(one.id, via="test"), kind, owner_id=owner(one.id))
    }
    assert found == expected


def test_nobody_is_offered_to_sign_a_case_of_their_own(settled: Location) -> None:
    scope = identity.for_person(cast.MANAGER.id, via="test")
    assert not may(scope, "SignProductivityCase", owner_id=cast.MANAGER.id)


def test_compliance_is_offered_what_the_door_grants_on_documents_and_cards(settled: Location) -> None:
    scope = identity.for_person(cast.COMPLIANCE.id, via="test")
    assert may(scope, "AddDocument") and may(scope, "WithdrawFact", "fact")
    assert may(scope, "RecordFact", "fact")
    assert not may(scope, "RecordFact", "account")  # a fact of an account is for those who sell to it


# page: what its button posts to, and who is offered it; the lists ask the policies, too
LISTS = {
    "/accounts": ("/accounts/export", {"manager", "compliance", "vp"}),
    "/quality": ("/quality/refresh", {"manager", "vp"}),
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_offers_what_the_policies_allow(as_person: Callable[..., TestClient], path: str) -> None:
    mark, expected = LISTS[path]
    pages = {name: as_person(one).get(path) for name, one in WHO.items()}
    assert {name for name, page in pages.items() if page.status_code == 200 and mark in page.text} == expected


def test_an_open_deal_is_moved_by_whom_the_policies_let(settled: Location) -> None:
    may_move = {
        name
        for name, one in WHO.items()
        if may(
            identity.for_person(one.id, via="test"), "ChangeStage", "opportunity", context={"closes": False}
        )
    }
    assert may_move == {"alice", "manager", "vp"}
