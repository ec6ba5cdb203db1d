"""Deliver `email.send` effects: read and check, build the message, hand it over, look for proof when in doubt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from remit.actions.delivery import Claimed, Delivered, Result, Undeliverable, register
from remit.connectors.email import addresses, archive, client, message, unsubscribing
from remit.connectors.email.addresses import Address, AddressInvalid, HeaderUnsafe
from remit.connectors.email.config import MailConfig
from remit.connectors.email.message import EmailPayload, Enclosed, Sender
from remit.db.sessions import ReadSession
from remit.domains.consent.queries import written_under
from remit.domains.outreach import attaching
from remit.kit import clock

KIND: Final = "email.send"

_RECIPIENT: Final = "SELECT email, account_id FROM remit.contacts WHERE id = :id"
_SENDER: Final = "SELECT name, email FROM remit.people WHERE id = :id"
_MESSAGE_ID: Final = (
    "SELECT message_id FROM remit.messages WHERE effect_id = :id AND direction = 'out' ORDER BY at LIMIT 1"
)
# the last word of the contact about e-mail, the firm's do-not-contact list, and what the message stands on: it may have waited for days
_STOP: Final = """
SELECT (SELECT bool_or(remit.must_not_contact(one, :account)) FROM unnest(CAST(:addresses AS text[])) AS one) AS listed,
    coalesce((SELECT state FROM remit.consents WHERE contact_id = :contact AND channel = 'email'
              ORDER BY at DESC, id DESC LIMIT 1), '') AS consent,
    EXISTS (SELECT FROM remit.messages m JOIN remit.facts f ON f.id = ANY (m.fact_ids) WHERE m.effect_id = :effect AND m.direction = 'out'
            AND (f.state <> 'live' OR f.valid_until_on < :today)) AS fallen,
    EXISTS (SELECT FROM remit.people p WHERE p.id = :writer AND NOT p.active) AS writer_left,
    (SELECT coalesce(nullif(e.why, ''), e.state) FROM remit.drafts d JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id
     JOIN remit.enrolments e ON e.id = s.enrolment_id WHERE d.id = :draft AND (e.state IN ('stopped', 'paused') OR e.heard <> '')) AS over
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A message ready for the wire."""

    wire: bytes
    sender: Address
    envelope: str
    recipient: Address
    message_id: str

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the wire form."""
        return hashlib.sha256(self.wire).hexdigest()


class EmailDeliverer:
    """The e-mail channel with one mail configuration."""

    def __init__(self, config: MailConfig) -> None:
        self.config = config

    def prepare(self, session: ReadSession, effect: Claimed) -> Package:
        """The message, to the contact's stored address. Raises Undeliverable."""
        try:
            payload = EmailPayload.model_validate(effect.payload)
            recipient = self._recipient(session, payload)
            sender = self._sender(session, effect, payload)
            identifier = self._message_id(session, effect, payload, sender)
            enclosed = self._enclosed(session, payload)
            wire = message.build(payload, sender, recipient, effect.id, identifier, clock.now(), enclosed)
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
            raise Undeliverable(f"The effect's payload cannot be read: {fields}.") from None
        except (AddressInvalid, HeaderUnsafe, ValueError) as error:
            raise Undeliverable(f"The message cannot be built: {error}.") from error
        if reason := self.guard(session, effect):
            raise Undeliverable(reason, recalled=True)
        # reports of failed delivery go to the envelope's sender: into our mailbox, when we read one
        envelope = (
            addresses.tagged(sender.reply_to, effect.id) if self.config.reply_to else sender.address.spec
        )
        return Package(wire, sender.address, envelope, recipient, identifier)

    def guard(self, session: ReadSession, effect: Claimed) -> str | None:
        """Whether something has changed since this was approved: an opt-out, a fact that it says, its writer, its sequence."""
        payload = EmailPayload.model_validate(effect.payload)
        row = session.row(
            _STOP,
            {
                "addresses": _written_under(session, payload.to),
                "account": effect.account_id,
                "contact": payload.contact_id,
                "draft": payload.draft_id,
                "effect": effect.id,
                "writer": payload.from_person or effect.on_behalf_of or effect.actor_id,
                "today": clock.today(),
            },
        )
        assert row is not None
        if row.listed:
            return "The recipient is on the do-not-contact list."
        if row.consent == "withdrawn":
            return "The recipient has withdrawn consent to e-mail."
        if row.fallen:
            return "A fact that it says is not live any more; write it anew."
        if row.writer_left:
            return "Whoever it is from is no longer active."
        if row.over:  # it may have waited for the morning; meanwhile somebody answered, or stopped it
            return f"Its sequence does not go on: {row.over}."
        return attaching.why_stopped(session, payload.attached, payload.contact_id, clock.now())

    def transmit(self, package: Package, committing: Callable[[], None]) -> Result:
        """Through the mail server, or into the capture outbox when none is set up."""
        facts = {"message_id": package.message_id, "sha256": package.digest}
        if self.config.server is None:
            return Delivered({"transport": "capture", **facts}, captured=package.wire)
        recipients = [package.recipient.spec]
        if self.config.archive_address:
            recipients.append(self.config.archive_address.spec)
        result = client.send(
            self.config.server,
            package.envelope,
            recipients,
            package.wire,
            committing,
            utf8=package.recipient.needs_utf8 or package.sender.needs_utf8,
        )
        if isinstance(result, Delivered):
            return replace(result, proof={"transport": "smtp", **facts, **result.proof})
        return result

    def can_look(self) -> bool:
        """Whether an archive mailbox is configured."""
        return self.config.archive is not None and self.config.archive_address is not None

    def look_for(self, effect: Claimed) -> Mapping[str, Any] | None:
        """The archived copy of the message, if it has arrived there."""
        if self.config.archive is None:
            return None
        mark = _known_id(effect) or addresses.message_mark(effect.key)
        return archive.find(self.config.archive, mark)

    # -- parts --------------------------------------------------------------------------------------------

    def _recipient(self, session: ReadSession, payload: EmailPayload) -> Address:
        row = session.row(_RECIPIENT, {"id": payload.contact_id})
        if row is None or not row.email:
            raise Undeliverable("The contact no longer exists or has no e-mail address.")
        if row.email.strip().lower() != payload.to.strip().lower():
            raise Undeliverable(
                "The contact's e-mail address has changed since the message was approved; approve it again.",
                recalled=True,
            )
        return addresses.parse(row.email, payload.to_name)

    def _enclosed(self, session: ReadSession, payload: EmailPayload) -> Enclosed | None:
        """The file that was approved, made anew and held against its hash. Raises Undeliverable when it may not leave."""
        if payload.attached is None:
            return None
        found = attaching.to_deliver(session, payload.attached, payload.contact_id, clock.now())
        if isinstance(found, str):
            raise Undeliverable(found, recalled=True)
        return Enclosed(found.name, found.media_type, found.content)

    def _sender(self, session: ReadSession, effect: Claimed, payload: EmailPayload) -> Sender:
        who = payload.from_person or effect.on_behalf_of or effect.actor_id
        row = session.row(_SENDER, {"id": who})
        if row is None:
            raise Undeliverable("The sender is not one of our people.")
        if not row.email and self.config.from_address is None:
            raise Undeliverable(f"{row.name} has no e-mail address to send from; set mail_from_address.")
        own = addresses.parse(row.email) if row.email else None
        address = self.config.from_address or own
        assert address is not None
        return Sender(
            address,
            self.config.reply_to or own or address,
            row.name,
            self.config.firm_name,
            self.config.postal_address,
            self.unsubscribe_address(effect.id),
        )

    def unsubscribe_address(self, effect_id: UUID) -> str:
        """The link that takes this message's recipient off our list; "" when no public address is set."""
        if not self.config.unsubscribe_url:
            return ""
        token = unsubscribing.token(self.config.unsubscribe_secret, effect_id)
        return f"{self.config.unsubscribe_url.rstrip('/')}/{token}"

    def _message_id(
        self, session: ReadSession, effect: Claimed, payload: EmailPayload, sender: Sender
    ) -> str:
        # the record of the message was made with the approval: its identifier is the one to use
        recorded = payload.message_id or session.scalar(_MESSAGE_ID, {"id": effect.id})
        return str(recorded) if recorded else addresses.message_id(effect.key, sender.address.domain)


def _known_id(effect: Claimed) -> str:
    known = effect.payload.get("message_id")
    return known.strip("<>") if isinstance(known, str) else ""


def use(config: MailConfig) -> EmailDeliverer:
    """Let this process deliver e-mail with `config`."""
    made = EmailDeliverer(config)
    register(KIND, made)
    return made


def _written_under(session: ReadSession, address: str) -> list[str]:
    """Delivery sees every lead; one that was hidden when it became this contact counts, too."""
    session.scalar("SELECT set_config('remit.with_gone', 'yes', true)")
    found = written_under(session, address)
    session.scalar("SELECT set_config('remit.with_gone', '', true)")
    return found
