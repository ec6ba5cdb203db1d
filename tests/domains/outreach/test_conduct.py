"""Rules of conduct through the door: at writing, editing and asking, as the other checks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.actions import Performed, Refused, perform
from remit.domains.outreach.actions import EditDraft, WriteDraft
from remit.domains.outreach.queries import get_draft, preview
from remit.domains.outreach.writing import send_draft
from remit.evidence.conduct_rules import current
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.desk import Desk


def written(desk: Desk, body: str, subject: str = "A question") -> str:
    action = WriteDraft(contact_id=desk.contacts["pine"], subject=subject, body=body, writer="by hand")
    done = perform(desk.cast.scope("alice"), action)
    assert isinstance(done, Performed)
    return str(done.result["draft_id"])


def failed(desk: Desk, draft_id: str) -> dict[str, str]:
    draft = get_draft(desk.cast.scope("alice"), draft_id)  # type: ignore[arg-type]
    return {one["id"]: one["reason"] for one in draft.checks if not one["passed"]}


def test_every_rule_is_looked_at_and_names_its_source(desk: Desk) -> None:
    found = preview(desk.cast.scope("alice"), written(desk, "Hi Elena,\n\nHow do you split blocks today?"))  # type: ignore[arg-type]
    looked = {one["id"]: one for one in found["checks"] if one["id"].startswith("conduct-")}
    assert {
        f"conduct-{rule.id}" for rule in current() if not rule.check and "phone" not in rule.channels
    } == set(looked)
    assert all("Rule “" in one["reason"] for one in looked.values())


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("We guarantee best execution.", "conduct-guarantee"),
        ("Our OMS will cut your breaks.", "conduct-promissory"),
        ("Our OMS is faster than Vertex.", "conduct-comparison"),
        ("Our OMS is approved by the FCA.", "conduct-compliance-claim"),
    ],
)
def test_a_forbidden_statement_stops_at_writing_at_editing_and_at_asking(
    desk: Desk, body: str, rule: str
) -> None:
    draft_id = written(desk, "Hi Elena,\n\nHow do you split blocks today?")
    assert rule not in failed(desk, draft_id)
    edit = EditDraft(draft_id=draft_id, expected_version=1, subject="A question", body=body)  # type: ignore[arg-type]
    perform(desk.cast.scope("alice"), edit)
    assert rule in failed(desk, draft_id)
    with pytest.raises(Refused) as refused:
        send_draft(desk.cast.scope("alice"), draft_id)  # type: ignore[arg-type]
    assert rule in str(refused.value.details)


def test_a_subject_that_looks_like_an_answer_is_stopped(desk: Desk) -> None:
    assert "conduct-misleading-subject" in failed(
        desk, written(desk, "How do you split blocks today?", "Re: our call")
    )


def test_the_cap_counts_messages_of_every_sender(desk: Desk) -> None:
    for number, sender in enumerate(("alice", "bob", "mia", "bob")):
        desk.cast.sql(
            """INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, message_id, thread_id, from_address, to_address,
                subject, body, at) VALUES (:id, :account, :access, :contact, 'out', :name, :name, :from, 'e@pine.example', 'Hello', 'Hello', :at)""",
            id=new_id(), account=desk.cast.accounts["pine"], access=desk.cast.access["pine"], contact=desk.contacts["pine"],
            name=f"<{number}@northlake.example>", at=clock.now() - timedelta(days=6 + number), **{"from": f"{sender}@northlake.example"},
        )  # fmt: skip
    found = failed(desk, written(desk, "How do you split blocks today?"))
    assert "4 messages to this contact in 30 days" in found["conduct-contact-caps"]
