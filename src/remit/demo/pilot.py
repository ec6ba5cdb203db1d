"""The library's pilot: before everybody had Remit, the SDRs wrote first messages from a few approved templates for ten months.

Hidden is how often buyers answer each template, early and late. One has worn off (none that a sequence takes): what `rules.why_decayed` must find follows from
the rows. Messages of reps' own use are answered at one rate, whoever writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from remit.demo import parameters as p
from remit.demo import talk
from remit.demo.clients import Client
from remit.demo.dice import Dice
from remit.demo.firm import Firm
from remit.demo.tables import Contact, Draft, Message, NoContact
from remit.domains.library import markdown, shipped
from remit.domains.library.fitting import personas_of
from remit.domains.library.model import Template

WRITER: Final = "simulated"
REVIEW_DAYS: Final = 120  # from the day of loading: none of them is overdue on the first look


class Tried(NamedTuple):
    """A template of the pilot, and how often its messages are truly answered: before the last ninety days, and in them."""

    key: str
    early_rate: float
    late_rate: float


TRIED: Final = (
    Tried("sdr-cold-launch-coo", 0.22, 0.22),
    Tried("sdr-cold-launch-cto", 0.42, 0.03),
    Tried("sdr-cold-multi-prime-trading", 0.24, 0.26),
    Tried("sdr-cold-oms-in-place", 0.19, 0.17),
    Tried("sdr-cold-macro-pm", 0.28, 0.25),
    Tried("sdr-cold-multi-strategy-risk", 0.16, 0.20),
)
LATE_DAYS: Final = 90
ANSWERS: Final = (
    "Thanks. Send me two lines on how others do it, and I will show them to the desk.",
    "We look at this in the spring. Ask me again then.",
    "Not mine to decide; I have passed it on to my colleague in operations.",
    "Could be of interest. Does it work beside what we have in place?",
)


def versions(firm: Firm) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(template, version) rows of the pilot: what ships, approved when it began."""
    at = firm.instant(p.HISTORY_DAYS - p.PILOT_DAYS - 12).text()
    by = {
        role: next(one.id for one in firm.people if one.role == role)
        for role in ("enablement", "manager", "compliance")
    }
    for tried in TRIED:
        template = _template(tried).model_copy(update={"review_by": firm.as_of + timedelta(days=REVIEW_DAYS)})
        source = markdown.render(template)
        template_id = _id(firm, f"template/{tried.key}")
        yield (
            {"id": template_id, "key": tried.key, "created_by": by["enablement"], "created_at": at},
            {
                "id": _id(firm, f"version/{tried.key}"), "template_id": template_id, "number": 1, "source": source,
                "sha256": sha256(source.encode()).hexdigest(), "title": template.title, "role": template.role, "motion": template.motion,
                "personas": list(template.personas), "segments": list(template.segments), "channel": template.channel,
                "jurisdictions": list(template.jurisdictions), "category": template.category, "owner": template.owner,
                "review_by_on": template.review_by, "state": "live", "made_by": by["enablement"], "made_at": at, "submitted_at": at,
                "reviewed_by": by["manager"], "reviewed_at": at, "approved_by": by["compliance"], "approved_at": at, "version": 4,
            },
        )  # fmt: skip


def pilot_rows(firm: Firm, one: Client, rows: Iterable[object]) -> Iterator[Draft | Message]:
    """Messages from templates to one client's contacts, with the answers."""
    if firm.as_of - timedelta(days=p.PILOT_DAYS) < firm.on(0):
        return
    rows = list(rows)
    refused = {row.value for row in rows if isinstance(row, NoContact)}
    dice = Dice(firm.seed, "pilot", one.number)
    for number, contact in enumerate(row for row in rows if isinstance(row, Contact)):
        fitting = [tried for tried in TRIED if _fits(tried, one, contact)]
        if not dice.chance(p.PILOT_SHARE) or not fitting:
            continue
        tried, back = dice.pick(fitting), 8 + dice.roll() * (p.PILOT_DAYS - 8)
        if contact.email and contact.email not in refused and one.sdr.email:
            yield from _letter(firm, one, contact, tried, back, number, one.sdr.email)


def _letter(
    firm: Firm, one: Client, contact: Contact, tried: Tried, back: float, number: int, sender: str
) -> Iterator[Draft | Message]:
    at, key = firm.instant(p.HISTORY_DAYS - back), f"{one.number}/{number}"
    if at < contact.created_at:
        return  # not known yet
    draft = firm.ids.at(at, f"pilot/{key}")
    subject = f"{_template(tried).title}: a question for {one.name.short}"
    body = f"Dear {contact.first_name},\n\n{Dice(firm.seed, 'pilot words', key).pick(talk.COLD_CLOSINGS)}\n\nRegards\n{one.sdr.name}"
    sent = Message(
        firm.ids.at(at, f"pilot-message/{key}"), one.id, one.access, contact.id, "out", draft, f"<{draft}@{_domain(sender)}>",
        f"<{draft}@{_domain(sender)}>", sender, contact.email or "", subject, body, at,
    )  # fmt: skip
    yield Draft(
        draft, one.id, one.access, contact.id, "outreach", subject, body, body, f"{WRITER}, {tried.key} 1", one.sdr.id, "sent", False,
        at, at, _id(firm, f"version/{tried.key}"),
    )  # fmt: skip
    yield sent
    rate = tried.late_rate if back < LATE_DAYS else tried.early_rate
    yield from reply(firm, sent, back, rate)


def reply(firm: Firm, sent: Message, back: float, rate: float) -> Iterator[Message]:
    """The buyer's answer to a message that left `back` days before the end of history, if there is one by then."""
    dice = Dice(firm.seed, "reply to", sent.id)
    if not dice.chance(rate):
        return
    later = back - 0.2 - 6 * dice.roll()
    if later <= 0:
        return  # not yet
    at = firm.instant(p.HISTORY_DAYS - later)
    answer = firm.ids.at(at, f"reply/{sent.id}")
    body = f"{dice.pick(ANSWERS)}\n\n> {sent.subject}"
    yield sent._replace(
        id=answer, direction="in", draft_id=None, message_id=f"<{answer}@{_domain(sent.to_address)}>", from_address=sent.to_address,
        to_address=sent.from_address, subject=f"Re: {sent.subject}", body=body, at=at,
    )  # fmt: skip


def _fits(tried: Tried, one: Client, contact: Contact) -> bool:
    template = _template(tried)
    persona = personas_of(contact.title or "", contact.persona or "", one.segment.key)
    return bool(persona & set(template.personas)) and (
        "any" in template.segments or one.segment.key in template.segments
    )


_parsed: dict[str, Template] = {}


def _template(tried: Tried) -> Template:
    if tried.key not in _parsed:
        _parsed[tried.key] = markdown.parse(shipped.texts()[f"{tried.key}.md"], tried.key)
    return _parsed[tried.key]


def _id(firm: Firm, name: str) -> str:
    return firm.ids.at(firm.epoch, f"pilot-{name}")


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2]
