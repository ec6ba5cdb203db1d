"""The default outbox: queued messages are captured once, with receipt and audit in the same transaction."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from remit.db.location import Location
from tests.support.cast import Cast
from tests.support.mail import add_contact, queue_email, state, until, working


def test_a_queued_message_is_captured_with_receipt_and_audit(
    cast: Cast, database: Location, tmp_path: Path
) -> None:
    contact = add_contact(cast, "pine", "dana@pine.example")
    with working(database, tmp_path):
        effect = queue_email(cast, contact, "dana@pine.example")
        until(lambda: state(cast, effect.id)[0] == "delivered")
        until(
            lambda: cast.sql("SELECT count(*) FROM remit.audit_pending") == [(0,)]
        )  # sealed by the worker too
    [(raw,)] = cast.sql("SELECT raw FROM remit.captured_mail WHERE effect_id = :id", id=effect.id)
    message = message_from_bytes(bytes(raw), policy=policy.default)
    assert message["To"] == "Dana Field <dana@pine.example>"
    assert message["From"] == "Alice <alice@northlake.example>"
    [(proof,)] = cast.sql("SELECT proof FROM remit.receipts WHERE effect_id = :id", id=effect.id)
    assert proof["message_id"] == message["Message-ID"]
    events = cast.sql("SELECT kind, event FROM remit.audit WHERE object_id = :id ORDER BY id", id=effect.id)
    assert events == [("effect", "effect:claimed"), ("receipt", "effect:delivered")]
