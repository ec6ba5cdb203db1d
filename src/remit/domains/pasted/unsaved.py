"""A first message from a pasted text alone, for a person of whom there is no record yet: shown, never stored, never sent."""

from __future__ import annotations

from typing import Any, Final

from remit import settings
from remit.actions import Check, Refused
from remit.db.sessions import read
from remit.domains.facts.queries import load_facts
from remit.domains.outreach import rules
from remit.domains.outreach.material import Checked
from remit.domains.outreach.queries import check_rows, sentence_rows
from remit.domains.pasted.reading import Line, Reading
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.heading import check_heading
from remit.evidence.lexicon import words
from remit.evidence.support import check_text
from remit.kit import clock
from remit.kit.ids import new_id
from remit.knowledge.pasted.model import SOURCES
from remit.llm.embedded.angles import persona_of
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import WRITER, Length, NothingToSay, Tone, Writer, compose
from remit.scope import Scope

_NOBODY: Final = (
    "Nobody on record: name the contact (--contact ID), or make account and contact on the Write page under Paste. "
    "An address in a pasted text is never taken for a recipient."
)
_ME: Final = "SELECT name, title FROM remit.people WHERE id = :id"


def draft_unsaved(
    scope: Scope, reading: Reading, *, length: Length = "short", tone: Tone = "direct", variant: int = 0
) -> dict[str, Any]:
    """The document of `remit draft` for a text that goes to nobody yet. Raises Refused (no_sayable_fact, firm_unknown)."""
    if not reading.firm:
        raise Refused(
            "The text names no firm. Name the contact or the account that it is about.", code="firm_unknown"
        )
    today, account_id = clock.today(), new_id()
    with read(scope) as s:
        me = s.row(_ME, {"id": scope.person_id})
        ours = [one for one in load_facts(s, account_id, ours=True) if one.account_id is None]
    firm_name = settings.load().mail_firm_name or next((one.value for one in ours if one.kind == "firm"), "")
    writer = Writer(me.name if me else "", (me.title or "") if me else "", firm_name)
    person = reading.people[0] if reading.people else None
    first, _, last = person.value.partition(" ") if person else ("", "", "")
    title = person.subject if person else ""
    reader = Reader(first, last, persona_of(title), reading.firm)
    names = frozenset({*words(f"{first} {last}"), *words(f"{writer.name} {writer.title}")})
    context = Context(today, account_id, reading.firm, firm_name, names, writer.signature())
    facts = [*ours, *(_fact(line, account_id, reading.source) for line in reading.lines if line.use.keep)]
    try:
        text = compose(reader, writer, facts, context, length=length, tone=tone, variant=variant)
    except NothingToSay as error:
        raise Refused(str(error), code=error.code) from error
    checked = _checked(text.subject, text.body, facts, context)
    return {
        "draft_id": None, "kind": "outreach", "state": "not stored", "account": reading.firm, "contact": person.value if person else "",
        "to": "", "subject": text.subject, "subjects": list(text.subjects), "length": length, "tone": tone, "body": text.body, "writer": WRITER, "note": "",
        "claims": sentence_rows(checked, facts), "checks": check_rows(checked), "sendable": False,
        "personalisation": rules.personalisation(checked.sentences, facts, context),
        "minutes_saved": rules.minutes_saved(text.body, text.body), "minutes_saved_basis": rules.MINUTES_BASIS,
    }  # fmt: skip


def _checked(subject: str, body: str, facts: list[Fact], context: Context) -> Checked:
    sentences, heading = check_text(body, facts, context), check_heading(subject, facts, context)
    most = settings.load().personal_facts_max
    checks = [
        *rules.check_claims(sentences, heading), rules.check_personal(sentences, facts, most), *rules.check_form(subject, body),
        Check("recipient-address", False, _NOBODY),
    ]  # fmt: skip
    return Checked(sentences, heading, checks)


def _fact(line: Line, account_id: Any, source: str) -> Fact:
    one, use = line.found, line.use
    return Fact(
        new_id(), one.kind, one.value, SOURCES[source], line.as_of_on, one.subject, one.value_number, None, one.value_minor, one.value_currency,
        f"characters {one.start}–{one.end}", line.quote, None, use.sensitivity, use.sayable, use.expectability, account_id=account_id,
    )  # fmt: skip
