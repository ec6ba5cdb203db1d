"""An approved proposal by e-mail: exactly the approved file, to its own account alone, and nothing that does not hold any more."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from docx import Document as Word

import remit.wiring  # noqa: F401 - registers what goes with a draft
from remit import identity
from remit.actions import Performed, Refused, Waiting, approve, effects, perform
from remit.actions.delivery import Claimed, Delivered, Undeliverable
from remit.connectors.email.config import read as read_config
from remit.connectors.email.deliver import EmailDeliverer, Package
from remit.db.sessions import read
from remit.domains.outreach.actions import EditDraft
from remit.domains.outreach.material import COVERING_WORDS
from remit.domains.outreach.queries import get_draft, preview
from remit.domains.outreach.send import SendEmail
from remit.domains.outreach.writing import send_draft
from remit.domains.proposals import leaving, mailing, queries, templates, word
from remit.domains.proposals.actions import EditProposal, WithdrawProposal
from remit.domains.proposals.approving import ApproveProposal
from remit.domains.proposals.records import Proposal
from remit.kit import clock
from remit.settings import load
from tests.support.desk import Desk
from tests.support.killing import kill_many
from tests.support.offers import Office, agreed, done, make_office
from tests.support.worker_zygote import zygote

WORKER = "tester/7"


@pytest.fixture(scope="module")
def office(desk: Desk) -> Office:
    return make_office(desk)


def approved(office: Office) -> Proposal:
    one = office.draft()
    yes = ApproveProposal(proposal_id=one.id, expected_version=one.version, sha256=one.sha256)
    agreed(office.cast, "alice", yes, "bob")
    return now_of(office, one)


def now_of(office: Office, one: Proposal) -> Proposal:
    return queries.get_proposal(office.cast.scope("alice"), one.id)


def written(office: Office, one: Proposal, format: str = "pdf") -> UUID:
    """A draft of Alice's to Elena, with nothing sent to her before."""
    office.cast.sql("UPDATE remit.messages SET at = at - interval '9 days'")
    scope = office.cast.scope("alice")
    return mailing.draft_email(scope, one, office.desk.contacts["pine"], format)  # type: ignore[arg-type]


def queued(office: Office, draft_id: UUID) -> UUID:
    """The effect of the draft, asked for by Alice and approved by Bob."""
    waiting = send_draft(office.cast.scope("alice"), draft_id)
    assert isinstance(waiting, Waiting)
    return approve(office.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash).effect_ids[0]


def claimed(effect_id: UUID) -> Claimed:
    found = effects.claim(identity.for_service("delivery", via="test"), effect_id, WORKER)
    assert found is not None
    return found


def packed(office: Office, effect: Claimed) -> Package:
    deliverer = EmailDeliverer(read_config(load()))
    with read(identity.for_service("delivery", via="test")) as session:
        return deliverer.prepare(session, effect)


def test_the_approved_file_leaves_once_and_counts_as_handed_over(office: Office) -> None:
    cast, one = office.cast, approved(office)
    draft_id = written(office, one)
    document = preview(cast.scope("alice"), draft_id)
    assert document["sendable"], document["checks"]
    file = leaving.file_to_leave(cast.scope("alice"), one, "pdf", clock.today())
    assert document["attached"]["file_sha256"] == file.sha256
    # another text is another request, with the same file
    edit = EditDraft(draft_id=draft_id, expected_version=1, subject=document["subject"], body=document["body"] + "\n")  # fmt: skip
    done(perform(cast.scope("alice"), edit))
    assert (
        mailing.open_attached(cast.scope("bob"), mailing.Attached(**document["attached"])).content
        == file.content
    )
    effect = claimed(queued(office, draft_id))
    package = packed(office, effect)
    assert packed(office, effect).wire.partition(b"Message-ID")[2] == package.wire.partition(b"Message-ID")[2]
    parts = list(message_from_bytes(package.wire, policy=policy.default).walk())
    assert [part.get_content_type() for part in parts] == ["multipart/mixed", "text/plain", "application/pdf"]
    assert parts[2].get_filename() == file.name == f"{one.reference}.pdf"
    assert hashlib.sha256(parts[2].get_payload(decode=True)).hexdigest() == file.sha256  # type: ignore[arg-type]
    system = identity.for_service("delivery", via="test")
    effects.settle(system, effect, Delivered({"transport": "capture"}, captured=package.wire))
    assert effects.claim(system, effect.id, WORKER) is None  # not a second time
    [issue] = queries.list_issues(cast.scope("bob"), one.id)
    assert (issue.effect_id, issue.sending, issue.file_sha256) == (effect.id, "delivered", file.sha256)
    assert now_of(office, one).state == "issued"


def test_what_holds_no_more_is_not_sent(office: Office) -> None:
    cast, scope, one = office.cast, office.cast.scope("alice"), approved(office)
    effect = claimed(queued(office, written(office, one, "docx")))
    system, deliverer = identity.for_service("delivery", via="test"), EmailDeliverer(read_config(load()))

    def stopped() -> str:
        with read(system) as session:
            return deliverer.guard(session, effect) or ""

    assert (now_of(office, one).state, stopped()) == ("issued", "")
    expires = "UPDATE remit.proposals SET expires_on = :day WHERE id = :id"
    cast.sql(expires, day=clock.today() - timedelta(days=1), id=one.id)
    assert "that day is past" in stopped()
    with pytest.raises(Refused, match="held until"):
        written(office, now_of(office, one))
    cast.sql(expires, day=one.expires_on, id=one.id)
    cast.sql("UPDATE remit.prices SET valid_from_on = valid_from_on - 1 WHERE unit = 'user and year'")
    office.price("Northlake OMS", 15_000)
    assert "superseded" in stopped()
    cast.sql("DELETE FROM remit.prices WHERE price_minor = 1500000")
    cast.sql("UPDATE remit.prices SET valid_until_on = NULL")
    assert stopped() == ""
    edit = EditProposal(
        proposal_id=one.id, expected_version=now_of(office, one).version, terms=office.terms(term_months=24)
    )
    done(perform(scope, edit))
    with pytest.raises(Undeliverable, match="approved last") as reason:
        packed(office, effect)
    assert reason.value.recalled and "changed" in stopped()
    effects.recall(system, effect, reason.value.reason)
    assert queries.list_issues(scope, one.id)[0].sending == "recalled"
    found = now_of(office, one)
    done(perform(scope, WithdrawProposal(proposal_id=one.id, expected_version=found.version, reason="Another product")))  # fmt: skip
    assert "withdrawn" in stopped()


def test_what_was_called_back_handed_nothing_over(office: Office) -> None:
    one = approved(office)
    effect = claimed(queued(office, written(office, one)))
    effects.recall(identity.for_service("delivery", via="test"), effect, "by hand")
    assert now_of(office, one).state == "approved"


@pytest.mark.slow
def test_kill_9_doubles_and_loses_no_e_mail_with_a_proposal(office: Office, tmp_path: Path) -> None:
    one = approved(office)
    attached = get_draft(office.cast.scope("alice"), written(office, one)).attached
    with zygote(tmp_path / "workers.log") as nursery:
        tally = kill_many(office.cast, nursery, tmp_path, kills=2, seed=7, attached=attached)
    assert (tally.lost, tally.doubled, tally.unaccounted, tally.other) == ([], [], [], {})
    assert tally.delivered + tally.parked == tally.effects and tally.delivered >= 2


def test_more_than_a_note_beside_the_offer_is_held_to_the_floor(office: Office) -> None:
    cast, one = office.cast, approved(office)
    draft_id = written(office, one)
    note = preview(cast.scope("alice"), draft_id)
    assert note["sendable"] and len(note["body"].split()) <= COVERING_WORDS
    greeting, _, rest = note["body"].partition("\n\n")
    more = f"{greeting}\n\n{' '.join(['Please let me know what is missing or unclear.'] * 6)}\n\n{rest}"
    edit = EditDraft(draft_id=draft_id, expected_version=1, subject=note["subject"], body=more)
    done(perform(cast.scope("alice"), edit))
    found = preview(cast.scope("alice"), draft_id)
    assert [one["id"] for one in found["checks"] if not one["passed"]] == ["specific-enough"]


def test_no_proposal_goes_to_another_account_and_no_other_file_with_it(office: Office) -> None:
    cast, one = office.cast, approved(office)
    with pytest.raises(Refused) as refused:
        mailing.draft_email(cast.scope("alice"), one, office.desk.contacts["oak"], "pdf")
    assert [each["id"] for each in refused.value.details["checks"]] == ["proposal-reader"]
    draft = get_draft(cast.scope("alice"), written(office, one))
    assert draft.attached is not None
    # past the handler: a draft that names another account's contact, or another file, is not sent either
    cast.sql(
        "UPDATE remit.drafts SET contact_id = :oak, account_id = :account WHERE id = :id", id=draft.id, oak=office.desk.contacts["oak"],
        account=cast.accounts["oak"],
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        send_draft(cast.scope("alice"), draft.id)
    assert "proposal-reader" in [each["id"] for each in refused.value.details["checks"]]
    again = get_draft(cast.scope("alice"), written(office, one))
    other = mailing.Attached(**{**(again.attached or {}), "file_sha256": "ab" * 32})
    asked = SendEmail(
        draft_id=again.id, expected_version=1, contact_id=office.desk.contacts["pine"], to_address=again.to_address, subject=again.subject,
        body=again.body, body_sha256=hashlib.sha256(again.body.encode()).hexdigest(), attached=other,
    )  # fmt: skip
    for changed in (asked, asked.model_copy(update={"attached": None})):
        with pytest.raises(Refused) as refused:
            perform(cast.scope("alice"), changed)
        assert "file-of-draft" in [each["id"] for each in refused.value.details["checks"]]


def test_only_whoever_hands_proposals_over_sends_one(office: Office) -> None:
    cast, one = office.cast, approved(office)
    cast.sql("UPDATE remit.person_roles SET role = 'sdr' WHERE person_id = :bob", bob=cast.people["bob"])
    draft_id = mailing.draft_email(cast.scope("bob"), one, office.desk.contacts["pine"], "pdf")
    office.cast.sql("UPDATE remit.messages SET at = at - interval '9 days'")
    with pytest.raises(Refused) as refused:
        send_draft(cast.scope("bob"), draft_id)
    cast.sql("UPDATE remit.person_roles SET role = 'ae' WHERE person_id = :bob", bob=cast.people["bob"])
    assert refused.value.rule_ids == ("send-proposal",)
    assert isinstance(send_draft(cast.scope("bob"), draft_id), Waiting | Performed)


def test_a_word_template_is_kept_once_and_its_words_keep_the_rules_of_conduct(office: Office) -> None:
    cast, shipped = office.cast, word.SHIPPED.read_bytes()
    with pytest.raises(Refused) as refused:
        templates.bring_in(
            cast.scope("olga"), "Ours", with_paragraph(shipped, "{{ firm }} guarantees the result.")
        )
    assert "“… guarantees the result.”" in refused.value.message
    assert [one["id"] for one in refused.value.details["checks"]] == ["conduct-guarantee"]
    data = with_paragraph(shipped, "Northlake Systems, 1 Pier Road, London")
    first = templates.bring_in(cast.scope("olga"), "Ours", data)
    again = templates.bring_in(cast.scope("olga"), "Ours", data)  # a double click
    assert (
        isinstance(first, Waiting)
        and isinstance(again, Waiting)
        and first.suggestion_id == again.suggestion_id
    )
    assert templates.in_use(cast.scope("olga")).content is None
    approve(cast.scope("cora"), first.suggestion_id, first.payload_hash)
    assert templates.in_use(cast.scope("olga")).content == data
    digest = hashlib.sha256(data).hexdigest()
    assert cast.sql("SELECT count(*) FROM remit.proposal_templates WHERE sha256 = :sha", sha=digest) == [(1,)]
    kept = cast.sql(
        "SELECT payload FROM remit.actions WHERE kind IN ('KeepTemplateFile', 'AddProposalTemplate')"
    )
    assert kept and all(set(row[0]) <= {"name", "sha256", "template_id"} for row in kept)


def with_paragraph(template: bytes, text: str) -> bytes:
    made, out = Word(io.BytesIO(template)), io.BytesIO()
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()
