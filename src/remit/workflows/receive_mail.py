"""Read new mail, match each message to one of ours, record what it is through the door.

A message is recorded under its own Message-ID as key, then the mailbox's cursor moves: a death in between makes the
same message come again and find itself recorded. What is about nothing of ours is passed over and not kept.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import structlog
from dbos import DBOS

from remit.actions import Refused, perform, upkeep
from remit.connectors.email import config, pull
from remit.connectors.email.config import Mailbox
from remit.connectors.email.imap import MailboxUnavailable
from remit.connectors.email.mapping import Incoming
from remit.domains.messages.actions import RecordBounce, RecordReply
from remit.domains.messages.matching import Match, find_match
from remit.kit import clock
from remit.scope import Scope
from remit.settings import load
from remit.workflows.context import current

BATCH: Final = 50

log = structlog.get_logger(__name__)


@DBOS.workflow(name="receive_mail")
def receive_mail() -> int:
    """The durable story: how many messages were looked at."""
    return _receive()


@DBOS.step(name="receive_mail_step")
def _receive() -> int:
    mailbox = config.read(load()).inbox
    return 0 if mailbox is None else receive(current().mail, mailbox)


def receive(scope: Scope, mailbox: Mailbox, limit: int = BATCH) -> int:
    """Look at up to `limit` new messages; gives how many. An unreachable mailbox is logged and tried next time."""
    generation, last = upkeep.mailbox_cursor(scope, mailbox.name)
    tally: Counter[str] = Counter()
    try:
        for found in pull.pull(mailbox, generation, last, limit):
            tally[record(scope, found.message) if found.message else "vanished"] += 1
            generation, last = found.generation, found.uid
    except MailboxUnavailable as error:
        log.warning("the mailbox cannot be read", reason=str(error))
    if tally:
        upkeep.advance_mailbox(scope, mailbox.name, generation, last, tally)
    return sum(tally.values())


def record(scope: Scope, message: Incoming) -> str:
    """Record one message when it is about one of ours; gives what it was, in a word."""
    match = find_match(scope, message.references, message.effect_id)
    if match is None:
        return "not_ours"
    action = _bounce(message, match) if message.bounce else _reply(message, match)
    try:
        perform(scope, action, key=f"mail:{message.message_id}")
    except Refused as refused:
        # the same Message-ID with another content, or an effect that is gone: not worth stopping the mailbox for
        log.warning("an incoming message was not recorded", code=refused.code, sha256=message.sha256)
        return "refused"
    return message.kind


def _reply(message: Incoming, match: Match) -> RecordReply:
    return RecordReply(
        effect_id=match.effect_id,
        classification="reply" if message.kind == "bounce" else message.kind,
        message_id=message.message_id,
        in_reply_to=message.in_reply_to,
        thread_id=match.thread_id,
        from_address=message.from_address,
        to_address=message.to_address,
        subject=message.subject,
        text=message.text,
        at=message.at or clock.now(),
        sha256=message.sha256,
    )


def _bounce(message: Incoming, match: Match) -> RecordBounce:
    assert message.bounce is not None
    return RecordBounce(
        effect_id=match.effect_id,
        message_id=message.message_id,
        hard=message.bounce.hard,
        final=message.bounce.final,
        status=message.bounce.status,
        diagnostic=message.bounce.diagnostic,
        sha256=message.sha256,
    )
