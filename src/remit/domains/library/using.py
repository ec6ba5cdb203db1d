"""Using a template on a contact: its text from what is known of them, as a draft or as a text kept with the account."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from remit.actions import NotFound, Refused
from remit.db.sessions import ReadSession, read
from remit.domains.library import queries, readers
from remit.domains.library.entered import CannotRender
from remit.domains.library.fitting import check_fits, fits
from remit.domains.library.queries import Version
from remit.domains.library.rendering import Rendered, render, sentences_of
from remit.domains.outreach import genericity, modelled, rules
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.answering import fitting_subject, load_received
from remit.domains.outreach.material import Material, gather
from remit.domains.outreach.queries import rows_of
from remit.domains.outreach.writing import by_model, stored
from remit.domains.quoting import queries as price_book
from remit.evidence.facts import Fact
from remit.evidence.support import Sentence
from remit.kit import clock
from remit.kit.money import Money, exponent
from remit.kit.text import counted
from remit.llm.embedded.outreach import WRITER
from remit.llm.gateway import call
from remit.llm.gateway.prompt import Template as Prompted
from remit.llm.gateway.prompt import template as prompted
from remit.scope import Scope

By = Literal["model", "embedded"]
_LAST_IN: Final = """
SELECT a.id FROM remit.activities a WHERE a.contact_id = :contact AND a.kind = 'email' AND a.direction = 'in' AND a.at > :since
ORDER BY a.at DESC, a.id DESC LIMIT 1
"""
ANSWERABLE: Final = timedelta(days=30)
_PRICE_NAMES: Final = UUID("00000000-0000-7000-9000-00000000000a")
_SIGNS: Final = {"USD": "$", "GBP": "£", "EUR": "€"}
FIRST: Final = frozenset({"cold_outreach", "reactivation", "event_follow_up", "win_back"})
"""Motions whose e-mails are first messages to somebody."""


@dataclass(frozen=True, slots=True)
class Used:
    """A template's text for a contact with everything behind it. `specific`: None for texts that are no first message."""

    version: Version
    material: Material
    facts: Sequence[Fact]
    rendered: Rendered
    sentences: Sequence[Sentence]
    specific: genericity.Specific | None
    entered: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """As `remit library render` prints it."""
        one = self.rendered
        return {
            "template": self.version.key, "number": self.version.number, "version_id": str(self.version.id), "state": self.version.state,
            "channel": self.version.channel, "account": self.material.row.account_name,
            "contact": f"{self.material.row.first_name} {self.material.row.last_name}".strip(),
            "subject": one.subject, "subjects": list(one.subjects), "body": one.body, "words": one.words, "left_out": list(one.left_out),
            "claims": rows_of(self.sentences, self.facts),
            "lines": [{"text": said.text, "standing": said.standing, "reason": said.reason} for said in one.said],
            "specific": {"score": self.specific.score, "reasons": self.specific.reasons} if self.specific else None,
        }  # fmt: skip


def preview(
    scope: Scope, version: Version, contact_id: UUID, entered: Mapping[str, str], variant: int = 0
) -> Used:
    """The text of any version for a contact, to look at; nothing is stored. Raises NotFound, Refused (why it gives no text)."""
    with read(scope) as s:
        return load_used(s, version, contact_id, entered, variant)


def use(scope: Scope, which: str, contact_id: UUID, entered: Mapping[str, str], variant: int = 0) -> Used:
    """The text of a live template for a contact; nothing is stored. Raises NotFound, Refused (template_not_live, …)."""
    with read(scope) as s:
        version = queries.load_named(s, which)
        _live(version)
        _fits(s, version, contact_id)
        return load_used(s, version, contact_id, entered, variant)


def load_live(s: ReadSession, version: Version, contact_id: UUID, entered: Mapping[str, str]) -> Used:
    """As use, inside a session, for a text that is stored at once: how specific it is, is measured then."""
    _live(version)
    _fits(s, version, contact_id)
    return load_used(s, version, contact_id, entered, 0, measured=False)


def load_used(
    s: ReadSession, version: Version, contact_id: UUID, entered: Mapping[str, str], variant: int, *, measured: bool = True
) -> Used:  # fmt: skip
    """As preview, inside a session; `measured`: with how specific a first message is."""
    now, template = clock.now(), version.template
    if template.is_sequence:
        raise Refused(
            f"{version.key} is a sequence: enrol contacts in it, and each step takes its own text.",
            code="template_is_sequence",
        )
    material = gather(s, contact_id, s.scope.person_id, now)
    facts = (
        [*material.facts, *load_prices(s)]
        if any(one.kind == "price" for one in template.facts)
        else material.facts
    )
    try:
        found = render(template, facts, material.context, material.reader, material.writer, entered, variant)
    except CannotRender as error:
        details = {
            "template": version.key,
            "missing": list(error.missing),
            "account_id": str(material.account_id),
        }
        raise Refused(error.message, code=error.code, details=details) from error
    sentences = sentences_of(found, material.context)
    specific = None
    if measured and template.channel == "email" and template.motion in FIRST:
        theirs = {fact.id for fact in material.facts if fact.account_id is not None}
        share = rules.personalisation(sentences, material.facts, material.context)
        specific = genericity.measure(s, found.body, contact_id, len(theirs & set(found.fact_ids)), share)
    return Used(version, material, facts, found, sentences, specific, dict(entered))


def load_prices(s: ReadSession) -> list[Fact]:
    """The price book in force today, as facts that a text may say."""
    return [
        Fact(
            uuid5(_PRICE_NAMES, str(one.id)), "price", f"lists at {_money(one.price)} per {one.unit_text}", f"Price book, generation {one.generation}",
            one.valid_from_on, subject=one.product, valid_until_on=one.valid_until_on,
        )
        for one in price_book.load_live(s, clock.today())
    ]  # fmt: skip


def _money(price: Money) -> str:
    major = price.minor / 10 ** exponent(price.currency)
    amount = f"{major:,.0f}" if major == int(major) else f"{major:,.2f}"
    sign = _SIGNS.get(price.currency)
    return f"{sign}{amount}" if sign else f"{price.currency} {amount}"


def write_from(
    scope: Scope,
    which: str,
    contact_id: UUID,
    entered: Mapping[str, str],
    *,
    variant: int = 0,
    by: By = "model",
) -> UUID:
    """An e-mail template as a draft at the desk; gives the draft's id. Raises NotFound, Refused.

    `by` model: with the template's own prompt, where a model is configured for outreach; its text is held to the same checks.
    """
    used = use(scope, which, contact_id, entered, variant)
    template, version = used.version.template, used.version
    if template.channel != "email":
        raise Refused(
            f"{version.key} is no e-mail ({template.channel}); keep its text with the account instead.",
            code="template_no_email",
        )
    action = draft_of(scope, used, contact_id)
    if by == "model" and call.configured("outreach"):
        action = by_model(
            scope,
            modelled.with_prompt(modelled.task(used.material), _prompt(version, template.prompt)),
            action,
        )
    return stored(scope, action)


def why_unfit(scope: Scope, version: Version, contact_id: UUID) -> tuple[list[str], list[Version]]:
    """Why a template is not for a contact, and live ones for the same work that are; both empty where it is. Raises NotFound."""
    with read(scope) as s:
        who = readers.load_who(s, contact_id)
        wrong = [one.reason for one in check_fits(version, who) if not one.passed]
        return wrong, readers.load_fitting(s, version, who) if wrong else []


def pick_reader(scope: Scope, which: str, account_id: UUID) -> UUID:
    """A contact of the account for whom the template is. Raises NotFound; Refused where it is for none of them, with who they are."""
    with read(scope) as s:
        version = queries.load_named(s, which)
        people = readers.load_whos(s, account_id)
    if not people:
        raise NotFound("contact of this account")
    for contact_id, who in people:
        if fits(version, who):
            return contact_id
    told = "; ".join(one.reason for one in check_fits(version, people[0][1]) if not one.passed)
    raise Refused(
        f"Nobody on record there is whom {version.key} is for ({counted(len(people), 'contact')}): {told}",
        code="template_unfit",
    )


def _fits(s: ReadSession, version: Version, contact_id: UUID) -> None:
    """Refused where the template is not for the contact, with those that are."""
    who = readers.load_who(s, contact_id)
    wrong = [one.reason for one in check_fits(version, who) if not one.passed]
    if wrong:
        others = [one.key for one in readers.load_fitting(s, version, who)]
        told = f" For them: {', '.join(others[:4])}." if others else ""
        raise Refused(
            " ".join(wrong) + told, code="template_unfit", details={"template": version.key, "others": others}
        )


def draft_of(scope: Scope, used: Used, contact_id: UUID) -> WriteDraft:
    """The draft; an answer goes back to the last message that came in from the contact, under its subject."""
    template, version, found = used.version.template, used.version, used.rendered
    action = WriteDraft(
        contact_id=contact_id, purpose="outreach" if template.motion in FIRST else template.motion, subject=found.subject,
        body=found.body, writer=f"{WRITER}, {version.key} {version.number}", subjects=list(found.subjects),
        template_version_id=version.id,
    )  # fmt: skip
    if template.motion != "inbound_reply":
        return action
    with read(scope) as s:
        last = s.scalar(_LAST_IN, {"contact": contact_id, "since": clock.now() - ANSWERABLE})
        received = load_received(s, last) if last is not None else None
    if received is None:
        return action
    subject = fitting_subject(received, used.facts, used.material.context)
    return action.model_copy(
        update={"purpose": "reply", "reply_to_id": received.id, "subject": subject, "subjects": []}
    )


def _prompt(version: Version, text: str) -> Prompted:
    """The template's prompt below the rules that hold for every letter; version = the hash that compliance approved."""
    general = prompted("outreach")
    words = f"{general.instructions}\n\nThis letter:\n{text}"
    digest = hashlib.sha256(f"{general.version}{version.sha256}".encode()).hexdigest()[:12]
    return Prompted(f"library-{version.key}", digest, words, general.question)


def _live(version: Version) -> None:
    check = version.usable(clock.today())
    if not check.passed:
        raise Refused(
            check.reason, code="template_not_live", details={"template": version.key, "state": version.state}
        )
