"""A proposal from a deal's parameters to the buyer's hands: who may take which step, and what each is bound to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.actions import NotFound, Performed, Refused, Waiting, approve, perform
from remit.domains.library.entered import why_no_name
from remit.domains.proposals import examining, presenting, queries
from remit.domains.proposals.actions import DraftProposal, EditProposal, WithdrawProposal
from remit.domains.proposals.approving import ApproveDiscount, ApproveProposal, IssueProposal
from remit.domains.proposals.leaving import file_to_leave
from remit.domains.proposals.model import of_plain
from remit.domains.proposals.records import Proposal
from remit.domains.proposals.terms import Asked
from remit.kit import clock
from tests.support.desk import Desk
from tests.support.offers import NEED, Office, agreed, done, make_office


@pytest.fixture(scope="module")
def office(desk: Desk) -> Office:
    return make_office(desk)


def now_of(office: Office, one: Proposal) -> Proposal:
    return queries.get_proposal(office.cast.scope("alice"), one.id)


def asking(one: Proposal) -> ApproveProposal:
    return ApproveProposal(proposal_id=one.id, expected_version=one.version, sha256=one.sha256)


def discount(one: Proposal) -> ApproveDiscount:
    return ApproveDiscount(proposal_id=one.id, terms_sha256=one.terms_sha256)


def approved(office: Office, one: Proposal) -> Proposal:
    agreed(office.cast, "alice", asking(one), "bob")
    return now_of(office, one)


def failed(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one["id"] for one in error.value.details["checks"]]


def test_prices_come_from_the_price_book_and_every_line_stands_on_something(office: Office) -> None:
    one = office.draft()
    document = one.document
    assert (one.amount.minor, one.list_amount.minor, one.amount.currency) == (57_600_000, 57_600_000, "USD")
    assert [(line.product, line.quantity, line.price_minor) for line in document.lines] == [
        ("Northlake OMS", "40", 1_440_000)
    ]
    titles = [section.title for section in document.sections]
    assert titles == ["What we understood", "What we propose", "Assumptions and limits"]
    assert (
        document.left_out[0][0] == "How it is brought in" and "Start of the work" in document.left_out[0][1]
    )
    said = {line.text: line for _, line in document.said()}
    assert any(NEED in text for text in said) and {line.standing for line in said.values()} <= {
        "fact",
        "wording",
        "given",
        "plain",
    }
    able = next(line for text, line in said.items() if "splits a block across prime brokers" in text)
    assert able.standing == "fact" and able.fact_ids[0] in {source.fact_id for source in document.sources}
    assert examining.examine(office.cast.scope("alice"), one, clock.now()).passed
    # charged by the month, and once
    both = office.draft(
        lines=(Asked(product_id=office.products["Northlake EMS"], quantity=10), Asked(product_id=office.products["Northlake Onboarding"], quantity=1)),
        term_months=24,
    )  # fmt: skip
    assert (both.document.year_minor, both.document.once_minor, both.document.term_minor) == (
        18_000_000,
        2_500_000,
        38_500_000,
    )


def test_the_author_asks_and_a_colleague_approves_exactly_this(office: Office) -> None:
    cast, one = office.cast, office.draft()
    waiting = perform(cast.scope("alice"), asking(one))
    assert isinstance(waiting, Waiting) and set(waiting.approver_roles) == {"ae", "manager", "vp"}
    # Back and again, or a double click: one request stands, and the second says so
    later = asking(one).model_copy(update={"opened_at": clock.now()})
    again = perform(cast.scope("alice"), later)
    assert isinstance(again, Waiting) and again.suggestion_id == waiting.suggestion_id
    assert again.sentence == "It already waits for approval: Alice asked for it."
    # minutes that she says more of are a request of their own, and count though another is performed
    more = perform(cast.scope("alice"), later.model_copy(update={"elsewhere_minutes": 90}))
    assert isinstance(more, Waiting) and more.suggestion_id != waiting.suggestion_id
    with pytest.raises(Refused):  # maker is not checker
        approve(cast.scope("alice"), waiting.suggestion_id, waiting.payload_hash)
    for outside in ("charlie", "robo"):  # of another territory; an agent
        with pytest.raises(Refused):
            approve(cast.scope(outside), waiting.suggestion_id, waiting.payload_hash)
    with pytest.raises(NotFound):
        queries.get_proposal(cast.scope("charlie"), one.id)
    # asked for by a colleague, the author cannot be the one who says yes
    by_bob = perform(cast.scope("bob"), asking(one))
    assert isinstance(by_bob, Performed)  # Bob did not draw it up: his own yes is the second one
    found = now_of(office, one)
    assert (found.state, found.approved_by, found.approved_number) == ("approved", "Bob", 1)
    assert minutes_of(office, one) >= 90
    with pytest.raises(Refused):  # the document that waited is approved already
        approve(cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash)
    # a change makes it a draft again, and the approved version stays as it was
    edit = EditProposal(
        proposal_id=one.id, expected_version=found.version, terms=office.terms(term_months=24), title="OMS for two years"
    )  # fmt: skip
    done(perform(cast.scope("alice"), edit))
    again = now_of(office, one)
    assert (again.state, again.document.reference) == ("draft", f"{one.reference} rev. 2")
    assert queries.list_versions(cast.scope("bob"), one.id)[0].sha256 == one.sha256
    before = queries.find_before(cast.scope("alice"), again)
    assert before is not None and (before.term_months, again.document.term_months) == (12, 24)


def minutes_of(office: Office, one: Proposal) -> float:
    return float(
        office.cast.sql("SELECT active_minutes FROM remit.proposals WHERE id = :id", id=one.id)[0][0]
    )


def test_minutes_said_with_a_request_count_once(office: Office) -> None:
    cast, one = office.cast, office.draft()
    said = asking(one).model_copy(update={"elsewhere_minutes": 60})
    waiting = perform(cast.scope("alice"), said)
    assert isinstance(waiting, Waiting)
    approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert 60 <= minutes_of(office, one) < 90
    # said with a request that an edit makes void
    two = office.draft()
    assert isinstance(perform(cast.scope("alice"), asking(two).model_copy(update={"elsewhere_minutes": 60})), Waiting)  # fmt: skip
    done(perform(cast.scope("alice"), EditProposal(proposal_id=two.id, expected_version=1, terms=office.terms(term_months=24))))  # fmt: skip
    agreed(cast, "alice", asking(now_of(office, two)), "bob")
    assert 60 <= minutes_of(office, two) < 90


def test_whoever_edited_it_is_a_maker_of_it(office: Office) -> None:
    cast, one = office.cast, office.draft()
    terms = office.terms(term_months=36, discount_bp=1_200)
    done(perform(cast.scope("bob"), EditProposal(proposal_id=one.id, expected_version=1, terms=terms)))
    waiting = perform(cast.scope("alice"), discount(now_of(office, one)))
    assert isinstance(waiting, Waiting)
    agreed(cast, "bob", discount(now_of(office, one)), "olga")
    found = now_of(office, one)
    for maker, other in (("bob", "alice"), ("alice", "bob")):  # who edited, and who drew it up, whoever asks
        asked = perform(cast.scope(maker), asking(found))
        assert isinstance(asked, Waiting)
        with pytest.raises(Refused):
            approve(cast.scope(other), asked.suggestion_id, asked.payload_hash)
    done(perform(cast.scope("mia"), asking(found)))
    # Mia had no hand in the version; for the next one only its editor and the author are makers
    edit = EditProposal(proposal_id=one.id, expected_version=now_of(office, one).version, terms=terms, title="OMS for Pine Capital")  # fmt: skip
    done(perform(cast.scope("mia"), edit))
    assert isinstance(perform(cast.scope("mia"), asking(now_of(office, one))), Waiting)
    done(perform(cast.scope("bob"), asking(now_of(office, one))))


def test_a_discount_above_the_band_needs_a_yes_to_these_terms(office: Office) -> None:
    cast = office.cast
    within = office.draft(discount_bp=400)
    with pytest.raises(Refused) as error:  # nobody has given it yet
        perform(cast.scope("alice"), asking(within))
    assert failed(error) == ["discount-agreed"]
    done(perform(cast.scope("alice"), discount(within)))  # her own band
    assert approved(office, now_of(office, within)).state == "approved"
    above = office.draft(discount_bp=1_200)
    waiting = perform(cast.scope("alice"), discount(above))
    assert isinstance(waiting, Waiting) and set(waiting.approver_roles) == {
        "manager",
        "operations",
        "vp",
        "finance",
    }
    with pytest.raises(Refused):
        approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    # a change of the terms makes the question void; a change of words alone would not touch the answer
    other = EditProposal(proposal_id=above.id, expected_version=1, terms=office.terms(discount_bp=1_400))
    done(perform(cast.scope("alice"), other))
    with pytest.raises(Refused, match="void"):
        approve(cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash)
    agreed(cast, "alice", discount(now_of(office, above)), "olga")  # the deal desk
    found = now_of(office, above)
    assert found.agreed and found.discount_by == "Olga" and found.amount.minor == 49_536_000
    worded = EditProposal(
        proposal_id=above.id,
        expected_version=found.version,
        terms=found.terms,
        title="An order management system",
    )
    done(perform(cast.scope("alice"), worded))
    assert now_of(office, above).agreed


def test_what_no_record_says_is_not_approved(office: Office) -> None:
    cast, one = office.cast, office.draft()
    body = one.document.sections[1].body
    false = body + "\n- Northlake OMS cuts your costs by 70%."
    edit = EditProposal(
        proposal_id=one.id, expected_version=1, terms=one.terms, bodies={one.document.sections[1].key: false}
    )
    done(perform(cast.scope("alice"), edit))
    found = now_of(office, one)
    assert found.edited and [line.text for _, line in found.document.said() if line.standing == "none"] == [
        "- Northlake OMS cuts your costs by 70%."
    ]
    with pytest.raises(Refused) as error:
        perform(cast.scope("alice"), asking(found))
    assert failed(error) == ["claims-supported"] and "costs by 70%" in error.value.message
    # nor is a title that claims, or names somebody of nobody's records
    for title in ("The best on the market", "70% less cost with Northlake OMS", "What Bob wants"):
        named = office.draft(title=title)
        with pytest.raises(Refused) as error:
            perform(cast.scope("bob"), asking(named))
        assert set(failed(error)) & {"title-supported", "conduct-superlative"}, title
    # a fact that falls takes its line with it, also when nobody touched the text
    other = office.draft()
    cast.sql("UPDATE remit.facts SET state = 'withdrawn' WHERE value LIKE 'splits a block%'")
    with pytest.raises(Refused) as error:
        perform(cast.scope("alice"), asking(other))
    cast.sql("UPDATE remit.facts SET state = 'live' WHERE value LIKE 'splits a block%'")
    assert failed(error) == ["claims-supported"]


def test_a_superseded_price_is_refused_and_the_live_one_named(office: Office) -> None:
    cast = office.cast
    one = office.draft(lines=(Asked(product_id=office.products["Northlake Onboarding"], quantity=1),))
    cast.sql(
        "UPDATE remit.prices SET valid_from_on = valid_from_on - 1 WHERE product_id = :id",
        id=office.products["Northlake Onboarding"],
    )
    generation = office.price("Northlake Onboarding", 26_000, "each")
    with pytest.raises(Refused) as error:
        perform(cast.scope("alice"), asking(one))
    assert "prices-live" in failed(error)
    assert (
        f"USD 26,000.00 per each since {clock.today().isoformat()} (version {generation})"
        in error.value.message
    )
    done(perform(cast.scope("alice"), EditProposal(proposal_id=one.id, expected_version=1, terms=one.terms)))
    assert now_of(office, one).amount.minor == 2_600_000
    # a price book is two people's matter, and holds from today at the earliest
    with pytest.raises(Refused, match="past"):
        office.price("Northlake Onboarding", 1, "each", clock.today() - timedelta(days=1))
    with pytest.raises(Refused):
        done(perform(cast.scope("alice"), DraftProposal(opportunity_id=office.deal_id, terms=office.terms(expires_on=clock.today() - timedelta(days=1)))))  # fmt: skip


def test_only_the_approved_version_leaves_and_leaves_a_record(office: Office) -> None:
    cast, one = office.cast, office.draft()
    leaving = IssueProposal(proposal_id=one.id, sha256=one.sha256, format="pdf", file_sha256="a" * 64)
    with pytest.raises(Refused) as error:
        perform(cast.scope("alice"), leaving)
    assert failed(error) == ["proposal-approved"]
    lied = asking(one).model_copy(update={"template_sha256": "ab" * 32})  # a template of nobody
    with pytest.raises(Refused) as error:
        perform(cast.scope("alice"), lied)
    assert failed(error) == ["template-same"]
    one = approved(office, one)
    with pytest.raises(Refused, match="not the one that this version makes"):
        perform(cast.scope("alice"), leaving)
    file = file_to_leave(cast.scope("alice"), one, "pdf", clock.today())
    leaving = leaving.model_copy(update={"file_sha256": file.sha256})
    done(perform(cast.scope("alice"), leaving))
    [issue] = queries.list_issues(cast.scope("bob"), one.id)
    assert (issue.format, issue.by, issue.contact, issue.file_sha256) == (
        "pdf",
        "Alice",
        "Elena Voss",
        file.sha256,
    )
    [[note]] = cast.sql("SELECT body FROM remit.activities WHERE outcome = 'proposal'")
    assert one.reference in note and "Elena Voss" in note
    assert now_of(office, one).state == "issued"
    # nobody on the list of the firm gets one
    cast.sql(
        "INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason) VALUES (gen_random_uuid(), :a, :g, 'email', 'elena.voss@pine.example', 'asked')",
        a=cast.accounts["pine"], g=cast.access["pine"],
    )  # fmt: skip
    with pytest.raises(Refused) as error:
        perform(cast.scope("alice"), leaving)
    cast.sql("DELETE FROM remit.do_not_contact")
    assert failed(error) == ["do-not-contact"]
    done(perform(cast.scope("alice"), WithdrawProposal(proposal_id=one.id, expected_version=now_of(office, one).version, reason="Another product")))  # fmt: skip
    with pytest.raises(Refused):
        perform(cast.scope("alice"), leaving)


@pytest.mark.parametrize(
    "lead",
    [
        "Voss with 50% off", "Voss, at half the list price for good", "Voss. The first year is free of charge", "Voss and Oak Partners, who left Halden",
        "Voss Half Price", "",
    ],
)  # fmt: skip
def test_who_leads_the_work_is_somebody_on_record_and_nothing_more(office: Office, lead: str) -> None:
    day, contacts = clock.today(), office.desk.contacts
    plan = {"ours_id": office.cast.people["alice"], "starts_on": day + timedelta(days=20), "live_on": day + timedelta(days=100)}  # fmt: skip
    renamed = "UPDATE remit.contacts SET last_name = :name WHERE id = :id"
    if lead:  # a record may be named by whoever imported it
        assert why_no_name(f"Elena {lead}")
        office.cast.sql(renamed, name=lead, id=contacts["pine"])
    with pytest.raises(Refused) as error:
        office.draft(lead_id=contacts["pine" if lead else "oak"], **plan)
    office.cast.sql(renamed, name="Voss", id=contacts["pine"])
    assert failed(error) == ["proposal-names"]
    if not lead:
        with_plan = office.draft(lead_id=contacts["pine"], **plan)
        said = " ".join(line.text for _, line in with_plan.document.said())
        head = with_plan.document.say_day(with_plan.document.expires_on)
        # one way to say a day: Elena is in the US
        assert (
            "Elena Voss" in said
            and f"{day + timedelta(days=20):%B} {(day + timedelta(days=20)).day}, " in said
        )
        assert head.startswith(f"{with_plan.expires_on:%B} ")
        with pytest.raises(Refused):
            office.draft(ours_id=contacts["pine"])  # no colleague


def test_each_line_has_its_own_discount_and_the_largest_decides(office: Office) -> None:
    cast, products = office.cast, office.products
    lines = (
        Asked(product_id=products["Northlake OMS"], quantity=10, discount_bp=1_200), Asked(product_id=products["Northlake EMS"], quantity=10),
        Asked(product_id=products["Northlake Onboarding"], quantity=1, discount_bp=0),
    )  # fmt: skip
    one = office.draft(lines=lines, discount_bp=400)
    assert [one.document.rate_of(line) for line in one.document.lines] == [1_200, 400, 0]
    assert (one.discount_bp, one.document.discount_told) == (1_200, "0 to 12 %")
    off = [row["label"] for row in presenting.shown(one.document, presenting.Status("draft"))["totals"]]
    assert "Discount of 12 % on Northlake OMS, per user and year" in off
    assert "Discount of 4 % on Northlake EMS, per user and month" in off and not any(
        "Onboarding" in row for row in off
    )
    waiting = perform(cast.scope("alice"), discount(one))
    assert isinstance(waiting, Waiting) and "manager" in waiting.approver_roles
    agreed(cast, "alice", discount(one), "mia")
    # the same percent on another line is other terms
    moved = tuple(
        each.model_copy(update={"discount_bp": 1_200 - (each.discount_bp or 0)}) for each in lines[::2]
    )
    edit = EditProposal(proposal_id=one.id, expected_version=now_of(office, one).version, terms=office.terms(lines=(*moved, lines[1]), discount_bp=400))  # fmt: skip
    done(perform(cast.scope("alice"), edit))
    assert not now_of(office, one).agreed
    assert of_plain(one.document.plain()) == one.document


def test_a_name_is_a_name_alone() -> None:
    for name in (
        "Elena Voss",
        "J. P. van der Berg",
        "O'Brien & Söhne Ltd.",
        "Bank of New York",
        "Head of Trading",
        "eFront",
        "李小龍",
    ):
        assert why_no_name(name) == "", name


def test_every_typed_line_of_a_proposal_is_a_claim(office: Office) -> None:
    one = office.draft(lead_id=office.desk.contacts["pine"], ours_id=office.cast.people["alice"])
    lines = (
        "Please pay half of each invoice.", "Please pay nothing for the onboarding.", "Please read each price below as half of it.",
        "Please consider the liability cap as struck.", "Please send back whatever you do not like for a full refund.", "Please sell your financed longs this week.",
        "Would a fifth off each invoice help?", "Thank you for taking half of it now.",
    )  # fmt: skip
    section = one.document.sections[0]
    bodies = {section.key: "\n".join((section.body, *lines))}
    edit = EditProposal(
        proposal_id=one.id, expected_version=1, terms=one.terms, bodies=bodies, title="OMS at half price"
    )
    done(perform(office.cast.scope("alice"), edit))
    found = now_of(office, one)
    assert [line.text for _, line in found.document.said() if line.standing == "none"] == list(lines)
    with pytest.raises(Refused) as error:
        perform(office.cast.scope("alice"), asking(found))
    assert failed(error) == ["claims-supported", "title-supported"]
