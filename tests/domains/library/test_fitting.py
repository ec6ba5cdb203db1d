"""For whom a template is, enforced: at the terminal's and page's use, at the door, and once more when the message leaves."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit.actions import Refused, perform
from remit.domains.library import fitting, keeping, queries, using
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.queries import preview
from tests.domains.library.test_life import live, named
from tests.support.desk import Desk

TITLES = {
    "Chief Operating Officer": {"coo", "operations"}, "Chief Technology Officer": {"cto"}, "Head of Trading": {"trading"},
    "Portfolio Manager": {"portfolio"}, "Chief Risk Officer": {"risk"}, "Head of Operations": {"operations"},
    "Chief Investment Officer": {"cio", "portfolio"}, "Managing Partner": {"executive"}, "Head of Procurement": {"executive"},
    "COO & CFO": {"coo", "operations"}, "Member of staff": set(), "": set(),
}  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_a_title_names_its_personas(title: str) -> None:
    assert fitting.personas_of(title) == TITLES[title]


def test_a_role_of_the_crm_counts_where_the_title_says_nothing_and_a_prop_trader_runs_the_desk() -> None:
    assert fitting.personas_of("Member of staff", "technology") == {"cto"}
    assert fitting.personas_of("Head of Trading", "technology") == {"trading"}
    assert fitting.personas_of("Head of Trading", "", "prop_firm") == {"trading", "prop_desk"}
    places = ("US", "United Kingdom", "DE", "Japan", "CH", "", "Nowhere")
    assert [fitting.jurisdiction_of(one) for one in places] == ["US", "UK", "EU", "APAC", "", "", ""]


def test_a_template_for_others_is_refused_with_those_that_fit(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    coo = live(cast, named("for-coos"))
    live(cast, named("for-traders").replace("personas: [coo, operations]", "personas: [trading]"))
    here = live(cast, named("for-the-eu").replace("jurisdictions: [any]", "jurisdictions: [EU, UK]"))
    with pytest.raises(Refused) as caught:
        using.use(alice, "for-coos", desk.contacts["oak"], {})
    assert caught.value.code == "template_unfit" and caught.value.details["others"] == ["for-traders"]
    assert "for-coos is for COO or operations; Omar Aziz is Head of Trading" in caught.value.message
    with pytest.raises(Refused, match="for-the-eu is for EU or UK; Elena Voss is in US"):
        using.use(alice, "for-the-eu", desk.contacts["pine"], {})
    wrong, others = using.why_unfit(alice, queries.get_version(alice, here), desk.contacts["pine"])
    assert len(wrong) == 1 and [one.key for one in others] == ["for-coos"]
    # whoever goes round the page meets the same at the door
    for version_id, contact in ((coo, "oak"), (here, "pine")):
        with pytest.raises(Refused, match="Use a template for them"):
            perform(
                alice,
                WriteDraft(
                    contact_id=desk.contacts[contact],
                    subject="Hi",
                    body="Hi",
                    writer="x",
                    template_version_id=version_id,
                ),
            )
        with pytest.raises(Refused, match="Use a template for them"):
            perform(alice, keeping.KeepTemplateText(version_id=version_id, contact_id=desk.contacts[contact]))
    # of an account, somebody is chosen whom it is for
    assert using.pick_reader(alice, "for-traders", cast.accounts["oak"]) == desk.contacts["oak"]
    with pytest.raises(Refused, match=r"Nobody on record there .* \(1 contact\)"):
        using.pick_reader(alice, "for-coos", cast.accounts["oak"])


def test_a_title_that_changed_since_stops_the_message(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    live(cast, named("for-the-coo"))
    draft_id: UUID = using.write_from(alice, "for-the-coo", desk.contacts["pine"], {}, by="embedded")
    assert {one["id"]: one["passed"] for one in preview(alice, draft_id)["checks"]}["template-persona"]
    cast.sql("UPDATE remit.contacts SET title = 'Head of Trading' WHERE id = :id", id=desk.contacts["pine"])
    found = preview(alice, draft_id)
    assert not found["sendable"]
    assert [one["id"] for one in found["checks"] if not one["passed"]] == ["template-persona"]
    cast.sql(
        "UPDATE remit.contacts SET title = 'Chief Operating Officer' WHERE id = :id", id=desk.contacts["pine"]
    )


def test_every_persona_is_somebodys() -> None:
    reached = {one for title in TITLES for one in fitting.personas_of(title, "", "prop_firm")}
    assert reached == set(fitting.PERSONAS) - {"any"}
