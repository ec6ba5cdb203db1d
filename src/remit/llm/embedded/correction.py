"""A short mail that takes back what an earlier one said, and says what is so now. It repeats nothing of the error."""

from __future__ import annotations

from collections.abc import Sequence

from remit.evidence.claims import Context
from remit.evidence.facts import Fact, plain_line
from remit.evidence.support import check_text
from remit.llm.embedded import phrases, slots
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import NothingToSay, Writer

SUBJECT = "Correction to my earlier message"
_ABOUT = {
    "aum": "assets under management", "stack": "your systems", "holdings_change": "your holdings", "need": "what you need",
    "hire": "your team", "headcount": "your team", "capability": "our product", "proof": "our results", "launch": "your launch",
    "competitor": "another product",
}  # fmt: skip


def compose_correction(
    reader: Reader, writer: Writer, fallen: Fact, now: Fact | None, facts: Sequence[Fact], context: Context
) -> str:
    """The body. Raises NothingToSay when the right fact cannot be put into a sentence that the claim check supports."""
    firm = slots.Firm(reader.account_name, reader.month_first)
    lines = [
        "Sorry for the mistake in my earlier message.",
        f"Please disregard what I wrote about {_ABOUT.get(fallen.kind, fallen.kind.replace('_', ' '))}.",
    ]
    if now is not None and (said := _sentence(now, firm)):
        lines.append(said)
    greeting = f"Hi {slots.name_words(reader.first_name) or 'there'},"
    body = "\n\n".join([greeting, " ".join(lines), "\n".join(("Best regards,", *writer.signature()))])
    bad = [
        one
        for one in check_text(body, facts, context)
        if one.support.state not in ("supported", "not_a_claim")
    ]
    if bad:
        raise NothingToSay(
            f"The correction cannot be written from the facts: “{bad[0].text}”. {bad[0].support.reason}"
        )
    return body


def _sentence(fact: Fact, firm: slots.Firm) -> str:
    if fact.kind == "competitor":  # said before, so it has to be put right
        return f"{plain_line(fact.subject)} {plain_line(fact.value).rstrip('.')}."
    if not slots.speakable(fact):
        return ""
    if fact.kind in ("capability", "proof"):
        verb = slots.verb_phrase(fact)
        return f"{slots.subject_words(fact)} {verb}." if verb and fact.subject else ""
    plans = phrases.TOLD if fact.sayable == "told_by_them" and fact.kind in phrases.TOLD else phrases.OPENINGS
    return slots.fill(plans[fact.kind][0], [fact], firm) if fact.kind in plans else ""
