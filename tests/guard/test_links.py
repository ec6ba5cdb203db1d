"""Ways for an admin to become an overseer by a link of theirs. Each must fail, or be on show until somebody confirms."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import NotFound, Refused, approve, perform
from remit.db.sessions import read
from remit.domains.people import overseers, rules, set_up
from remit.domains.people.actions import ManagePeople
from tests.support.cast import Cast

PASSWORD = SecretStr("seven quiet harbours")


def _accept(token: str, code: str = "") -> set_up.AcceptInvitation:
    digest = rules.token_hash(token).hex()
    return set_up.AcceptInvitation(token_hash=digest, code=SecretStr(code), password=PASSWORD)


@pytest.fixture
def somebody_oversees(cast: Cast) -> None:
    cast.sql(
        "INSERT INTO remit.credentials (person_id, password_hash, changed_at) VALUES (:id, 'x', now())"
        " ON CONFLICT DO NOTHING",
        id=cast.people["cora"],
    )


@pytest.mark.usefixtures("somebody_oversees")
def test_an_approved_link_does_not_open_in_the_hands_of_who_asked_for_it(cast: Cast) -> None:
    issued = set_up.issue(cast.scope("adam"), "invitation", cast.people["vera"])
    assert issued.waiting is not None
    approve(cast.scope("cora"), issued.waiting.suggestion_id, issued.waiting.payload_hash)
    digest = rules.token_hash(issued.token).hex()
    code = overseers.find_code(cast.scope("cora"), digest)
    assert code is not None
    for who in ("adam", "vera", "gwen", "alice"):
        assert overseers.find_code(cast.scope(who), digest) is None, who
        with read(cast.scope(who)) as s:
            assert s.rows("SELECT code FROM remit.link_codes") == [], who
    assert cast.sql("SELECT 1 FROM remit.audit WHERE record LIKE :code", code=f"%{code}%") == []
    assert cast.sql("SELECT 1 FROM remit.actions WHERE result::text LIKE :code", code=f"%{code}%") == []
    desk = identity.for_service("sign-in", via="test")
    for wrong in ("", code[:-1], code[::-1]):
        with pytest.raises(Refused, match="opens with a code as well"):
            perform(desk, _accept(issued.token, wrong))
    perform(desk, _accept(issued.token, code.lower().replace("-", " ")))


def test_oversight_that_an_admin_gave_alone_is_on_show_until_another_overseer_confirms(cast: Cast) -> None:
    cast.sql("DELETE FROM remit.credentials")
    cast.sql("UPDATE remit.people SET alone_at = NULL")
    set_up.issue(cast.scope("adam"), "invitation", cast.people["gwen"])
    assert [one.name for one in overseers.list_alone(cast.scope("adam"))] == ["Gwen"]
    confirm = overseers.ConfirmOverseer(person_id=cast.people["gwen"], reason="met her at the board")
    for who in ("adam", "gwen", "alice", "mia"):
        with pytest.raises(Refused):
            perform(cast.scope(who), confirm)
    assert [one.name for one in overseers.list_alone(cast.scope("adam"))] == ["Gwen"]
    perform(cast.scope("cora"), confirm)
    assert overseers.list_alone(cast.scope("adam")) == []
    with pytest.raises(NotFound):
        perform(cast.scope("cora"), confirm)


def test_the_first_overseer_whom_an_admin_adds_is_marked(cast: Cast) -> None:
    cast.sql("DELETE FROM remit.credentials")
    held = cast.sql(
        "DELETE FROM remit.person_roles WHERE role IN ('compliance', 'governance', 'vp') RETURNING *"
    )
    try:
        add = ManagePeople(
            name="Nora New", email="nora@northlake.example", roles=("compliance",), reach="all"
        )
        perform(cast.scope("adam"), add)
        assert [one.name for one in overseers.list_alone(cast.scope("adam"))] == ["Nora New"]
        assert cast.sql("SELECT count(*) FROM remit.people WHERE alone_at IS NOT NULL") == [(1,)]
    finally:
        for person_id, role in held:
            cast.sql("INSERT INTO remit.person_roles VALUES (:p, :r)", p=person_id, r=role)
