"""Pages offer what the policies allow."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from remit import identity
from remit.db.location import Location
from remit.web.allowed import may
from tests.support import web_cast as cast

ASKED = {
    "AddDocument": ("", {"alice", "manager", "compliance", "vp"}),
    "OpenProductivityCase": ("own", {"alice", "manager"}),
    "SignProductivityCase": ("other", {"manager", "vp"}),
    "WithdrawFact": ("", {"alice", "manager", "compliance", "vp"}),
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
