"""A template from draft to superseded: who may take which step, and that nothing is written from one that is not live (S1-R1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Performed, Refused, perform
from remit.domains.library import actions, keeping, markdown, queries, using
from remit.domains.library.actions import (
    ApproveTemplates,
    ExpireDueTemplates,
    ReturnTemplates,
    ReviewTemplates,
    SubmitTemplates,
)
from remit.domains.library.writing import WriteTemplates
from remit.domains.outreach.queries import preview
from remit.kit import clock
from tests.support.cast import Cast
from tests.support.desk import Desk

SHIPPED = Path(__file__).resolve().parents[3] / "library"
COLD = (SHIPPED / "sdr-cold-multi-prime-coo.md").read_text("utf-8")


def wrote(cast: Cast, who: str, *sources: str) -> list[tuple[UUID, int]]:
    done = perform(cast.scope(who), WriteTemplates(sources=sources))
    assert isinstance(done, Performed)
    return [(UUID(one["version_id"]), one["number"]) for one in done.result["written"]]


def step(cast: Cast, who: str, kind: type[actions.Named], version_id: UUID, **more: str) -> None:
    seen = queries.get_version(cast.scope(who), version_id).version
    perform(cast.scope(who), kind(version_ids=(version_id,), expected_versions=(seen,), **more))


def live(cast: Cast, source: str, maker: str = "mia") -> UUID:
    [(version_id, _)] = wrote(cast, maker, source)
    step(cast, maker, SubmitTemplates, version_id)
    step(cast, "vera", ReviewTemplates, version_id)
    step(cast, "cora", ApproveTemplates, version_id)
    return version_id


def named(key: str, source: str = COLD) -> str:
    return source.replace("id: sdr-cold-multi-prime-coo", f"id: {key}")


def state(cast: Cast, version_id: UUID) -> str:
    return queries.get_version(cast.scope("cora"), version_id).state


def test_life_and_who_may_take_which_step(desk: Desk) -> None:
    cast = desk.cast
    [(version_id, number)] = wrote(cast, "mia", COLD)
    assert number == 1 and state(cast, version_id) == "draft"
    # what says nothing new makes no version, also read back from our own export
    exported = markdown.render(queries.get_version(cast.scope("mia"), version_id).template)
    assert wrote(cast, "mia", COLD) == wrote(cast, "mia", exported) == []
    step(cast, "mia", SubmitTemplates, version_id)
    for who, kind in (
        ("mia", ReviewTemplates),
        ("alice", ReviewTemplates),
        ("robo", ReviewTemplates),
        ("cora", ApproveTemplates),
    ):
        with pytest.raises(Refused):  # own · no reviewer · an agent · before review
            step(cast, who, kind, version_id)
    step(cast, "vera", ReviewTemplates, version_id)
    for who in ("vera", "mia", "alice"):
        with pytest.raises(Refused):
            step(cast, who, ApproveTemplates, version_id)
    step(cast, "cora", ApproveTemplates, version_id)
    found = queries.get_version(cast.scope("alice"), version_id)
    assert (found.state, found.approved_by_name, found.usable(clock.today()).passed) == ("live", "Cora", True)
    [(second, number)] = wrote(
        cast, "mia", COLD.replace("Would 20 minutes next week", "Would 15 minutes next week")
    )
    assert number == 2 and queries.find_template(cast.scope("alice"), "sdr-cold-multi-prime-coo").number == 1
    step(cast, "mia", SubmitTemplates, second)
    step(cast, "vera", ReturnTemplates, second, reason="Say why fifteen")
    step(cast, "mia", SubmitTemplates, second)
    step(cast, "vera", ReviewTemplates, second)
    step(cast, "cora", ApproveTemplates, second)
    assert (state(cast, version_id), state(cast, second)) == ("superseded", "live")


def test_tests_must_pass_before_anybody_is_asked(desk: Desk) -> None:
    cast = desk.cast
    [(bad, _)] = wrote(cast, "mia", named("bad-one").replace('lacks: ["{"', 'lacks: ["Halden"'))
    with pytest.raises(Refused) as caught:
        step(cast, "mia", SubmitTemplates, bad)
    assert "“Halden” should not be there" in caught.value.message
    with pytest.raises(Refused, match="which is no variable"):
        wrote(cast, "mia", named("bad-two").replace("{able.product}", "{nobody}"))


def test_the_day_and_the_registry_take_it_down(desk: Desk) -> None:
    cast = desk.cast
    by_date, by_fact, stays = (live(cast, named(key)) for key in ("by-date", "by-fact", "stays"))
    cast.sql(
        "UPDATE remit.template_versions SET review_by_on = :day WHERE id = :id",
        day=clock.today() - timedelta(days=1),
        id=by_date,
    )
    # overdue is out of use at once, before the chore has looked
    with pytest.raises(Refused, match="was to be reviewed by"):
        using.use(cast.scope("alice"), "by-date", desk.contacts["pine"], {})
    cast.sql("DELETE FROM remit.template_facts WHERE version_id = :id", id=stays)
    cast.sql("UPDATE remit.facts SET state = 'withdrawn' WHERE subject = 'Northlake OMS'")
    upkeep = identity.for_service("upkeep", via="test")
    perform(upkeep, ExpireDueTemplates())
    assert [state(cast, one) for one in (by_date, by_fact, stays)] == ["expired", "expired", "live"]
    why = queries.get_version(cast.scope("mia"), by_fact).why
    assert why == "the fact “Northlake OMS splits a block across prime brokers at order entry” was withdrawn"
    cast.sql("UPDATE remit.facts SET state = 'live' WHERE subject = 'Northlake OMS'")


def test_a_kept_text_is_what_the_template_gives(desk: Desk) -> None:
    cast = desk.cast
    for topic in ("OMS", "EMS", "PMS", "custodian", "prime broker"):
        cast.sql(
            "INSERT INTO remit.facts (id, kind, subject, topic, value, source_name, as_of_on, sensitivity, sayable)"
            " VALUES (gen_random_uuid(), 'integration', 'Northlake OMS', :topic, 'reads files from it by SFTP', 'Interface list', :day, 'public', 'public')",
            topic=topic, day=clock.today(),
        )  # fmt: skip
    live(cast, (SHIPPED / "se-integration-summary.md").read_text("utf-8"))
    text_id = keeping.keep(cast.scope("alice"), "se-integration-summary", desk.contacts["pine"], {})
    kept = keeping.get_text(cast.scope("bob"), text_id)
    assert (
        "- Custody: Northlake OMS reads files from it by SFTP." in kept.body
        and "Halden Prime and Morrow Securities" in kept.body
    )
    assert {one["standing"] for one in kept.said} <= {"fact", "wording", "plain"}
    with pytest.raises(Exception, match="text"):
        keeping.get_text(cast.scope("charlie"), text_id)


def test_an_inbound_template_answers_what_came_in(desk: Desk) -> None:
    cast, contact = desk.cast, desk.contacts["oak"]
    live(cast, (SHIPPED / "sdr-inbound-product.md").read_text("utf-8"))
    alice = cast.scope("alice")
    first = preview(alice, using.write_from(alice, "sdr-inbound-product", contact, {"topic": "allocations"}))
    assert first["kind"] == "inbound_reply" and first["reply_to"] is None
    cast.sql(
        "INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id, owner_id)"
        " VALUES (gen_random_uuid(), now() - interval '1 day', :account, :access, 'email', 'in', 'Allocations', 'How do you allocate?', :contact, :owner)",
        account=cast.accounts["oak"], access=cast.access["oak"], contact=contact, owner=cast.people["alice"],
    )  # fmt: skip
    found = preview(alice, using.write_from(alice, "sdr-inbound-product", contact, {"topic": "allocations"}))
    assert found["kind"] == "reply" and found["reply_to"] and "splits a block" in found["body"]
