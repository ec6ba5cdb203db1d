"""A price or a promise does not reach a proposal by the name or title of its reader, its seller or its account (S1-H4)."""

from __future__ import annotations

from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Refused, perform
from remit.db.location import Location
from remit.domains.proposals import examining, queries
from remit.domains.proposals.actions import DraftProposal
from remit.domains.proposals.approving import ApproveProposal
from remit.domains.proposals.named import why_no_firm, why_no_person, why_no_title
from remit.kit import clock
from tests.support.cast import make_cast
from tests.support.desk import make_desk
from tests.support.offers import agreed, done, make_office


def test_the_first_page_holds_names_and_titles_alone(database: Location) -> None:
    office = make_office(make_desk(make_cast(database)))
    cast, contact = office.cast, office.desk.contacts["pine"]
    alice = cast.scope("alice")
    cast.sql("UPDATE remit.contacts SET last_name = 'Voss (First Year Free)', title = 'COO. Half of the list price was agreed for good' WHERE id = :id", id=contact)  # fmt: skip
    cast.sql("UPDATE remit.people SET title = 'AE. We guarantee the result' WHERE id = :id", id=cast.people["alice"])  # fmt: skip
    cast.sql("UPDATE remit.accounts SET name = 'Pine Capital at half price' WHERE id = :id", id=cast.accounts["pine"])  # fmt: skip
    asked = DraftProposal(opportunity_id=office.deal_id, contact_id=contact, terms=office.terms())
    one = queries.get_proposal(alice, UUID(done(perform(alice, asked)).result["proposal_id"]))
    with pytest.raises(Refused) as caught:
        agreed(cast, "alice", ApproveProposal(proposal_id=one.id, expected_version=one.version, sha256=one.sha256), "bob")  # fmt: skip
    assert any(each["id"] == "proposal-first-page" for each in caught.value.details["checks"])
    [said] = [each.reason for each in examining.examine(alice, one, clock.now()).checks if each.id == "proposal-first-page"]  # fmt: skip
    for whose in ("reader's name", "reader's title", "seller's title", "account's name"):
        assert f"the {whose}, “" in said
    assert "the seller's name" not in said and "Mend the record, then save the proposal again" in said


@pytest.mark.parametrize(
    ("why", "fine", "bad"),
    [
        (
            why_no_person,
            ("Elena Voss", "Jan van der Berg", "Élodie d'Arc", "Grace Freeman", "J.-C. Juncker", "Isa Bin Tarif Al Bin Ali", "नरेन्द्र मोडी"),
            ("Elena Voss At Half The Price", "Elena Voss of Oak Partners", "Refund Guaranteed", "Fees Waived", "Elena Voss-Fifty-Percent-Off", "Elena Voss Agreed With Us Half Price", "Elena Voss First Year Is All Free", "Elena Voss, 50 off"),
        ),
        (
            why_no_title,
            ("Head of Fixed Income", "First Vice President", "Sr. Analyst", "Head of 401(k) Plans", "Director of Pricing"),
            ("COO (First Year Free)", "COO, 50 off", "COO, we pay nothing", "COO, always the lowest fee"),
        ),
        (
            why_no_firm,
            ("T. Rowe Price", "Best Buy", "First Eagle Investments", "360 ONE", "St. James's Place plc", "JPMorgan Chase & Co. Inc."),
            ("Pine Capital (First Year Free)", "Pine Capital - all fees waived", "Pine First Year Free", "Pine Capital, guaranteed best price"),
        ),
    ],
)  # fmt: skip
def test_what_is_a_name_and_what_is_more(why, fine, bad) -> None:  # type: ignore[no-untyped-def]
    assert [one for one in fine if why(one)] == [] and [one for one in bad if not why(one)] == []
