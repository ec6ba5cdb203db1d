"""Everything a message is written from and checked against, read in one session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions import Check, NotFound
from remit.db.sessions import ReadSession
from remit.domains.consent.queries import latest_consent, must_not_contact
from remit.domains.consent.rules import check_consent
from remit.domains.facts.queries import load_facts
from remit.domains.library.fitting import check_fits, who_of
from remit.domains.library.queries import load_version
from remit.domains.outreach import genericity, rules, talks
from remit.domains.outreach.answering import Received, bare_subject, load_received, promises, repeats_subject
from remit.domains.outreach.conduct import check_conduct
from remit.domains.outreach.threads import Earlier, load_earlier
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.heading import check_heading
from remit.evidence.lexicon import words
from remit.evidence.support import Sentence, Support, check_text
from remit.kit.addresses import mailbox, spellings
from remit.llm.embedded.angles import PERSONAS, persona_of
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

_PAIR: Final = """
SELECT a.id AS account_id, a.access_id, a.name AS account_name, a.segment, a.key_account, a.owner_id, a.country AS account_country,
    c.id AS contact_id, c.first_name, c.last_name, c.title, c.persona, c.email, c.country, c.jurisdiction, c.time_zone,
    p.id AS sender_id, p.name AS sender_name, p.title AS sender_title, p.email AS sender_email,
    p.active AS sender_active
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id JOIN remit.people p ON p.id = :sender
WHERE c.id = :contact
"""
# a message that was recalled or failed never reached the contact; one that was sent after all went later than it was written
_LAST: Final = """
SELECT max(greatest(m.at, e.released_at)) FROM remit.messages m LEFT JOIN remit.effects e ON e.id = m.effect_id
WHERE m.account_id = ANY(:accounts) AND m.contact_id = ANY(:contacts) AND m.direction = 'out' AND greatest(m.at, e.released_at) > :since
  AND coalesce(e.state, '') NOT IN ('recalled', 'failed')
"""
# entered twice is one person still: near spellings at one account, the same address anywhere
_OF_ADDRESS: Final = "SELECT id, account_id, email FROM remit.contacts WHERE account_id = :account OR lower(email) = ANY(CAST(:addresses AS text[]))"
COVERING_WORDS: Final = 60
"""A note with an offer has so many at most, its signature too; the composed ones have 40 without names."""
_MONTH_FIRST: Final = frozenset({"US", "USA", "UNITED STATES"})


@dataclass(frozen=True, slots=True)
class Material:
    """A contact, their account, the sender, and all facts in every state. `facts` includes what we say of ourselves.

    `answers`: the received message that is answered, `corrects`: one of ours that is put right, `continues`: one of ours that it goes
    on with unanswered; None for one that we begin. `with_offer`: the file of an approved offer goes with it.
    `template_version_id`: the version of a template that it was written from.
    """

    row: Row[Any]
    firm_name: str
    facts: list[Fact]
    context: Context
    reader: Reader
    writer: Writer
    answers: Received | None = None
    corrects: Earlier | None = None
    continues: Earlier | None = None
    with_offer: bool = False
    template_version_id: UUID | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it goes on with a conversation instead of beginning one."""
        return self.corrects is not None or (self.answers is not None and self.answers.came_in)

    @property
    def earlier(self) -> Earlier | None:
        """The message of ours in whose thread it goes."""
        return self.corrects or self.continues

    @property
    def thread_id(self) -> str | None:
        """The thread that it goes on with; None where there is none yet."""
        before = self.answers or self.earlier
        return before.thread_id if before else None

    def headers(self) -> tuple[str | None, list[str]]:
        """(In-Reply-To, References) of the message."""
        if self.answers is not None:
            return self.answers.headers()
        return self.earlier.headers() if self.earlier is not None else (None, [])

    def repeats_subject(self, subject: str) -> bool:
        """Whether a subject is that of the message of ours which it goes on with, after "Re:"."""
        return self.continues is not None and subject.strip() == self.continues.next_subject

    @property
    def account_id(self) -> UUID:
        """The account that everything is about."""
        found: UUID = self.row.account_id
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """A text with what was found about it."""

    sentences: list[Sentence]
    heading: Support
    checks: list[Check]
    specific: genericity.Specific | None = None
    """How specific a first message is; None for what goes on with a conversation."""

    @property
    def sendable(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)


class Drafted(Protocol):
    """What of a stored draft decides its material: a row of remit.drafts, or a Draft."""

    @property
    def contact_id(self) -> Any: ...
    @property
    def author_id(self) -> Any: ...
    @property
    def reply_to_id(self) -> Any: ...
    @property
    def corrects_message_id(self) -> Any: ...
    @property
    def continues_message_id(self) -> Any: ...
    @property
    def template_version_id(self) -> Any: ...
    @property
    def attached(self) -> Any: ...


def gather_of(s: ReadSession, draft: Drafted | Row[Any], now: datetime) -> Material:
    """The material of a stored draft, as it is at `now`. Raises NotFound."""
    return gather(
        s, draft.contact_id, draft.author_id, now, reply_to_id=draft.reply_to_id, corrects_id=draft.corrects_message_id,
        with_offer=draft.attached is not None, template_version_id=draft.template_version_id, continues_id=draft.continues_message_id,
    )  # fmt: skip


def gather(
    s: ReadSession, contact_id: UUID, sender_id: UUID, now: datetime, *,
    reply_to_id: UUID | None = None, corrects_id: UUID | None = None, with_offer: bool = False, template_version_id: UUID | None = None,
    continues_id: UUID | None = None,
) -> Material:  # fmt: skip
    """Read what a message from `sender_id` to `contact_id` stands on.

    Raises NotFound, also when what it answers, corrects or goes on with is not of this contact.
    """
    row = s.row(_PAIR, {"contact": contact_id, "sender": sender_id})
    if row is None:
        raise NotFound("contact")
    facts = [
        fact
        for fact in load_facts(s, row.account_id, ours=True)
        if fact.contact_id in (None, contact_id) or fact.sayable != "told_by_them"
    ]
    firm_name = settings.load().mail_firm_name or _own_name(facts)
    writer = Writer(row.sender_name, row.sender_title, firm_name)
    names = {*words(f"{row.first_name} {row.last_name}"), *words(f"{row.sender_name} {row.sender_title}")}
    context = Context(
        now.date(), row.account_id, row.account_name, firm_name, frozenset(names), writer.signature()
    )
    reader = Reader(
        row.first_name, row.last_name, row.persona if row.persona in PERSONAS else persona_of(row.title or ""), row.account_name, row.segment,
        (row.country or row.account_country or "").strip().upper() in _MONTH_FIRST,
    )  # fmt: skip
    answers = load_received(s, reply_to_id) if reply_to_id else None
    if answers is not None and answers.contact_id != contact_id:
        raise NotFound("message of this contact")
    corrects = load_earlier(s, corrects_id, contact_id) if corrects_id else None
    continues = load_earlier(s, continues_id, contact_id) if continues_id else None
    return Material(
        row, firm_name, facts, context, reader, writer, answers, corrects, continues, with_offer, template_version_id
    )  # fmt: skip


def _own_name(facts: list[Fact]) -> str:
    return next(
        (
            fact.value
            for fact in facts
            if fact.kind == "firm" and fact.subject == "name" and fact.state == "live"
        ),
        "",
    )


def examine(
    s: ReadSession, material: Material, subject: str, body: str, now: datetime, to_address: str | None = None
) -> Checked:  # fmt: skip
    """Hold a text against the facts and the rules as they stand at `now`. A correction need not wait for its turn."""
    row, configured = material.row, settings.load()
    sentences = check_text(body, material.facts, material.context)
    answers = material.answers
    theirs = answers is not None and answers.from_the_contact
    again = material.repeats_subject(subject)
    heading = check_heading(
        bare_subject(subject) if again else subject, material.facts, material.context, answers=theirs
    )
    if answers is not None and repeats_subject(subject, answers) and not promises(subject, heading):
        heading = Support("not_a_claim", "It is the subject of the message that is answered.")
    address = (row.email or "").strip()
    same = _same_mailbox(s, row, address)
    allowed, why = check_consent(
        latest_consent(s, [*same], "email"),
        row.country or row.account_country or row.jurisdiction,
        now.date(),
        answers_on=answers.at.date() if answers is not None and answers.from_the_contact else None,
    )
    last_at = s.scalar(
        _LAST,
        {"accounts": [*same.values()], "contacts": [*same], "since": now - rules.CONTACT_PAUSE},
    )
    specific = _specific(s, material, sentences, body, now)
    checks = [
        *rules.check_claims(sentences, heading),
        rules.check_personal(sentences, material.facts, configured.personal_facts_max),
        *rules.check_form(subject, body),
        rules.check_recipient(address, to_address),
        rules.check_do_not_contact(must_not_contact(s, address, row.account_id)),
        Check("consent", allowed, why),
        rules.check_sender(
            row.sender_name, configured.mail_from_address or row.sender_email or "", configured.mail_transport == "smtp",
            configured.mail_postal_address, row.sender_active,
        ),
        rules.check_pause(None if material.corrects else last_at, now, answers.at if answers and answers.came_in else None),
        *([genericity.check(specific, configured.outreach_floor)] if specific else []),
        *_of_template(s, material, now),
        *check_conduct(s, row, subject, sentences, configured.mail_from_address or row.sender_email or "", now, reply=material.is_reply or again, contacts=frozenset(same)),
    ]  # fmt: skip
    return Checked(sentences, heading, checks, specific)


def _of_template(s: ReadSession, material: Material, now: datetime) -> list[Check]:
    """Whether the template still may be used, for this reader as they are on record now."""
    if material.template_version_id is None:
        return []
    version, row = load_version(s, material.template_version_id), material.row
    who = who_of(row, f"{row.first_name} {row.last_name}".strip())
    return [version.usable(now.date()), *check_fits(version, who)]


def _specific(
    s: ReadSession, material: Material, sentences: list[Sentence], body: str, now: datetime
) -> genericity.Specific | None:
    """How specific a first message is; what goes on with a conversation that others can vouch for has its reason to be written.

    So has the short note that an approved offer goes with: whoever says more beside the offer is held to the floor.
    """
    row = material.row
    if material.is_reply or (material.with_offer and len(body.split()) <= COVERING_WORDS):
        return None
    spoke, talk = talks.spoken_with(s, row.account_id, row.contact_id, row.sender_id, now)
    if spoke:
        return None
    theirs = {fact.id for fact in material.facts if fact.account_id is not None}
    said = len(theirs & set(rules.fact_ids(sentences)))
    share = rules.personalisation(sentences, material.facts, material.context)
    return genericity.measure(s, body, material.row.contact_id, said, share, talk)


def _same_mailbox(s: ReadSession, row: Row[Any], address: str) -> dict[UUID, UUID]:
    """The contact and every other of this mailbox that the reader sees, with their accounts."""
    found = (
        s.rows(_OF_ADDRESS, {"account": row.account_id, "addresses": spellings(address)}) if address else []
    )
    whose = mailbox(address)
    same = {one.id: one.account_id for one in found if one.email and mailbox(one.email) == whose}
    return same | {row.contact_id: row.account_id}
