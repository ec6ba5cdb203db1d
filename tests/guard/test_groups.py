"""Ways to get power by a group of the identity provider, or by its word alone. Each must fail."""

from __future__ import annotations

import pytest

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Conflict, NotFound, Performed, Refused, Waiting, approve, perform
from remit.domains.people.groups import MapGroup
from remit.domains.people.sign_on import AdmitPerson, ApplyGroups, LinkSignOn, UnlinkSignOn
from remit.scope import Scope
from tests.support.cast import Cast

ISSUER = "https://login.northlake.example"


@pytest.fixture(autouse=True)
def somebody_oversees_and_can_sign_in(cast: Cast) -> None:
    cast.sql(
        "INSERT INTO remit.credentials (person_id, password_hash, changed_at) VALUES (:id, 'x', now()) ON CONFLICT DO NOTHING",
        id=cast.people["cora"],
    )


def _desk() -> Scope:
    return identity.for_service("sign-on", via="test")


def _map(cast: Cast, group: str, *roles: str, by: str = "cora", version: int = 0, **more: object) -> None:
    act = MapGroup.model_validate({"group": group, "roles": roles, "expected_version": version, **more})
    answer = perform(cast.scope("adam"), act)
    if isinstance(answer, Waiting):
        approve(cast.scope(by), answer.suggestion_id, answer.payload_hash)


def _admit(name: str, *groups: str) -> None:
    address = f"{name}@northlake.example"
    perform(_desk(), AdmitPerson(issuer=ISSUER, subject=name, email=address, name=name, groups=groups))


def _roles(cast: Cast, name: str) -> list[str]:
    found = cast.sql(
        "SELECT role FROM remit.person_roles r JOIN remit.people p ON p.id = r.person_id WHERE email = :e ORDER BY 1",
        e=f"{name}@northlake.example",
    )
    return [role for (role,) in found]


@pytest.mark.parametrize(
    "gives",
    [
        {"roles": ("compliance",)},
        {"roles": ("sdr", "vp")},
        {"roles": ("ae",)},
        {"roles": ("sdr",), "reach": "all"},
        {"roles": ("sdr",), "territories": ("North",)},
        {"roles": ("sdr",), "territories": ("A new one",)},
    ],
)
def test_an_admin_alone_gives_a_group_no_power(cast: Cast, gives: dict[str, object]) -> None:
    answer = perform(cast.scope("adam"), MapGroup.model_validate({"group": "Puppets", **gives}))
    assert isinstance(answer, Waiting)
    assert cast.sql("SELECT 1 FROM remit.sign_on_groups WHERE name = 'Puppets'") == []
    for who in ("adam", "alice", "mia"):
        with pytest.raises(Refused):
            approve(cast.scope(who), answer.suggestion_id, answer.payload_hash)


def test_no_group_makes_an_admin_and_an_admin_gets_nothing_by_a_group(cast: Cast) -> None:
    with pytest.raises(ValueError, match="no group gives admin"):
        MapGroup(group="Root", roles=("admin",))
    _map(cast, "Helpers", "sdr")
    cast.sql(
        "INSERT INTO remit.sign_on_subjects (issuer, subject, person_id, linked_at) VALUES (:i, 'adam', :id, now())",
        i=ISSUER, id=cast.people["adam"],
    )  # fmt: skip
    perform(_desk(), ApplyGroups(issuer=ISSUER, subject="adam", groups=("Helpers",)))
    assert _roles(cast, "adam") == ["admin"]


def test_whoever_is_in_the_group_does_not_agree_to_what_it_gives(cast: Cast) -> None:
    cast.sql(
        "INSERT INTO remit.sign_on_subjects (issuer, subject, person_id, groups, linked_at) VALUES (:i, 'vera', :id, '{Board}', now())",
        i=ISSUER, id=cast.people["vera"],
    )  # fmt: skip
    answer = perform(cast.scope("adam"), MapGroup(group="Board", roles=("governance",)))
    assert isinstance(answer, Waiting)
    with pytest.raises(Refused):
        approve(cast.scope("vera"), answer.suggestion_id, answer.payload_hash)
    approve(cast.scope("cora"), answer.suggestion_id, answer.payload_hash)
    assert _roles(cast, "vera") == ["governance", "vp"]
    taken = perform(cast.scope("adam"), MapGroup(group="Board", expected_version=1))
    assert isinstance(taken, Waiting), "power is taken from who oversees by two people, too"


def test_only_the_sign_on_desk_speaks_for_the_provider(cast: Cast) -> None:
    acts = (
        AdmitPerson(issuer=ISSUER, subject="x", email="x@northlake.example", name="X", groups=()),
        ApplyGroups(issuer=ISSUER, subject="x", groups=("Board",)),
        LinkSignOn(person_id=cast.people["cora"], issuer=ISSUER, subject="x"),
    )
    for act in acts:
        for scope in (
            cast.scope("adam"),
            cast.scope("cora"),
            cast.scope("robo"),
            identity.for_service("sign-in", via="test"),
        ):
            with pytest.raises(Refused):
                perform(scope, act)


def test_the_provider_alone_neither_takes_over_nor_wakes_anybody(cast: Cast) -> None:
    for name in ("cora", "gwen", "mia", "alice"):  # power, or a wide view
        answer = perform(
            _desk(), LinkSignOn(person_id=cast.people[name], issuer=ISSUER, subject=f"thief of {name}")
        )
        assert isinstance(answer, Waiting), name
        with pytest.raises(Refused):
            approve(cast.scope(name), answer.suggestion_id, answer.payload_hash)
    cast.sql("UPDATE remit.people SET active = false WHERE id = :id", id=cast.people["charlie"])
    try:
        with pytest.raises(NotFound):
            perform(_desk(), LinkSignOn(person_id=cast.people["charlie"], issuer=ISSUER, subject="c"))
        with pytest.raises(NotFound):
            perform(_desk(), LinkSignOn(person_id=cast.people["robo"], issuer=ISSUER, subject="r"))
    finally:
        cast.sql("UPDATE remit.people SET active = true WHERE id = :id", id=cast.people["charlie"])


def test_an_unused_link_of_a_rep_does_not_open_who_they_have_become(cast: Cast) -> None:
    _map(cast, "Starters", "sdr")
    _map(cast, "Leads", "manager")
    _admit("luke", "Starters")
    [(luke,)] = cast.sql("SELECT id FROM remit.people WHERE email = 'luke@northlake.example'")
    cast.sql(
        "INSERT INTO remit.setup_links (token_hash, purpose, person_id, created_at, expires_at)"
        " VALUES ('\\x01', 'invitation', :id, now(), now() + interval '1 day')",
        id=luke,
    )
    perform(_desk(), ApplyGroups(issuer=ISSUER, subject="luke", groups=("Leads",)))
    assert _roles(cast, "luke") == ["manager"]
    assert (
        cast.sql("SELECT 1 FROM remit.setup_links WHERE person_id = :id AND expires_at > now()", id=luke)
        == []
    )


def test_the_last_overseer_is_not_taken_away_by_the_provider(cast: Cast) -> None:
    _map(cast, "Watch", "compliance", by="vera")
    _admit("watcher", "Watch")
    others = "UPDATE remit.people SET active = :on WHERE id = ANY(:ids)"
    ids = [cast.people[name] for name in ("cora", "vera", "gwen")]
    cast.sql(others, on=False, ids=ids)
    try:
        with pytest.raises(Refused) as caught:
            perform(_desk(), ApplyGroups(issuer=ISSUER, subject="watcher", groups=()))
        assert caught.value.code == "last_oversight"
    finally:
        cast.sql(others, on=True, ids=ids)
    assert _roles(cast, "watcher") == ["compliance"]


def test_an_ended_sign_on_takes_back_what_groups_gave_and_an_old_form_changes_nothing(cast: Cast) -> None:
    _map(cast, "Starters two", "sdr")
    _admit("una", "Starters two")
    [(una,)] = cast.sql("SELECT id FROM remit.people WHERE email = 'una@northlake.example'")
    with pytest.raises(Refused):
        perform(cast.scope("alice"), UnlinkSignOn(person_id=una, issuer=ISSUER))
    assert isinstance(perform(cast.scope("adam"), UnlinkSignOn(person_id=una, issuer=ISSUER)), Performed)
    assert _roles(cast, "una") == []
    with pytest.raises(Conflict):
        perform(cast.scope("adam"), MapGroup(group="Starters two", roles=("se",), expected_version=0))
