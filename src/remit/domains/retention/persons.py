"""Erasing a person at an account at their request: asked for by compliance, agreed to by a second person, never under a legal hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.activities.actions import SEES
from remit.domains.retention.classes import DAYS_A_YEAR
from remit.domains.supervision.profiles import asked_of, load_profiles
from remit.evidence.conduct_regimes import jurisdiction_of
from remit.kit import clock
from remit.kit.addresses import spellings
from remit.scope import Scope

NAME_CHARS: Final = 200
TITLES: Final = (
    "Mr",
    "Mr.",
    "Mrs",
    "Mrs.",
    "Ms",
    "Ms.",
    "Miss",
    "Dr",
    "Dr.",
    "Prof",
    "Prof.",
    "Herr",
    "Frau",
)
_CONTACT: Final = """
SELECT c.id, c.account_id, c.access_id, a.name AS account, c.first_name, c.last_name, c.email, c.country, a.country AS account_country
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = :id AND c.last_name <> '(erased)'
"""
_FIND: Final = """
SELECT c.id, a.name AS account FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
WHERE lower(c.email) = lower(:which) OR CAST(c.id AS text) = lower(:which) ORDER BY a.name, c.id LIMIT 5
"""
# what a rule profile has to keep: the newest that was written or said with them
_NEWEST: Final = """
SELECT greatest((SELECT max(greatest(m.at, m.recorded_at)) FROM remit.messages m WHERE m.contact_id = :id),
    (SELECT max(greatest(a.at, a.created_at)) FROM remit.activities a WHERE a.contact_id = :id AND a.kind IN ('call', 'meeting', 'note', 'email')))
"""
_UNDERWAY: Final = """
SELECT count(*) FROM remit.effects e WHERE e.account_id = :account AND e.state IN ('queued', 'sending', 'parked')
  AND e.payload ->> 'contact_id' = CAST(:id AS text)
"""


class ErasePerson(Action):
    """Erase one person at an account: their data and every text with them. It does not come back; hashes of the address stay, so that
    nobody writes to them again. What others wrote and that names them is counted and left."""

    event: ClassVar[str] = "retention:erase:person"
    contact_id: UUID
    reason: Annotated[str, Field(min_length=3, max_length=300)]
    """Where the request stands, without their name: it stays on the record."""


def find_person(scope: Scope, which: str) -> UUID:
    """A person at an account by id or e-mail address. Raises NotFound; Refused where several have this address."""
    with read(scope) as s:
        rows = s.rows(_FIND, {"which": which.strip()})
    if not rows:
        raise NotFound("person with this id or address")
    if len(rows) > 1:
        at = ", ".join(f"{row.account} ({row.id})" for row in rows)
        raise Refused(
            f"Several accounts have somebody with this address: {at}. Give the id of one.",
            code="several_persons",
        )
    found: UUID = rows[0].id
    return found


def _contact(session: ReadSession, action: ErasePerson) -> Target:
    row = session.row(_CONTACT, {"id": action.contact_id})
    # the system looks: whoever asks has to see them, too, or there is nobody of this id
    if row is None or not session.scalar(SEES, {"owner": session.scope.person_id, "access": row.access_id}):
        raise NotFound("contact")
    initials = "".join(f"{part[:1]}. " for part in (row.first_name, row.last_name) if part)
    return Target("contact", row.id, row.account_id, row.access_id, title=f"Erase {initials}at {row.account}")


def _may_go(session: ReadSession, action: ErasePerson, target: Target) -> Sequence[Check]:
    row = session.row(_CONTACT, {"id": action.contact_id})
    if row is None:
        raise NotFound("contact")
    underway = session.scalar(_UNDERWAY, {"id": action.contact_id, "account": target.account_id})
    until = _kept_until(session, action.contact_id, row.country or row.account_country)
    return [
        Check.that(
            "legal-hold", not session.scalar("SELECT remit.person_held(:id)", {"id": action.contact_id}),
            "A legal hold covers texts with this person; nothing goes before it is lifted (Audit → Legal holds).", "No legal hold covers them.",
        ),
        Check.that(
            "kept-by-rule", until is None or until <= clock.now(),
            f"A rule profile asks to keep what was written with them until {until:%Y-%m-%d}; erase them after that day." if until else "",
            "No rule profile asks to keep what was written with them.",
        ),
        Check.that(
            "nothing-underway", not underway, "A message to them waits in the outbox: recall it first.", "Nothing to them is under way.",
        ),
        Check.that(
            "reason-without-name", not names_somebody(action.reason, row.first_name, row.last_name, row.email), "The reason stays on the record: say it without their name and address.",
            "The reason does not name them.",
        ),
    ]  # fmt: skip


def names_somebody(said: str, first: str, last: str, email: str | None) -> bool:
    """Whether a text names them: by the full name either way round, the family name after a title, or the address; whole words alone."""
    first, last = (" ".join(part.split())[:NAME_CHARS] for part in (first, last))
    named = [f"{first} {last}", f"{last}, {first}"] if first and last else []
    named += [f"{title} {last}" for title in TITLES] if last else []
    named += [email.strip()] if email and email.strip() else []
    plain = " ".join(said.split())
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", plain, re.IGNORECASE) for one in named)


def _kept_until(s: ReadSession, contact_id: UUID, country: str | None) -> datetime | None:
    asked = asked_of(load_profiles(s), jurisdiction_of(country or ""))
    newest: datetime | None = s.scalar(_NEWEST, {"id": contact_id})
    if asked is None or newest is None or not asked.retention_years:
        return None
    return newest + timedelta(days=asked.retention_years * DAYS_A_YEAR)


@handler(ErasePerson, target=_contact, checks=[_may_go], as_system=True)
def erase_person(tx: WriteSession, action: ErasePerson, target: Target) -> Change:
    """The database erases and looks at holds once more; the record says how many of which kind, never what they said."""
    if tx.approver_id is None:
        raise Refused("Erasing a person needs a second person.", code="needs_approval")
    for who in (tx.maker_id, tx.approver_id):
        if not tx.scalar(SEES, {"owner": who, "access": target.access_id}):
            raise NotFound("contact")
    address = tx.scalar("SELECT email FROM remit.contacts WHERE id = :id", {"id": action.contact_id})
    spelled = spellings(address) if address else []
    rows = tx.rows(
        "SELECT * FROM remit.erase_person(:id, CAST(:spelled AS text[]))",
        {"id": action.contact_id, "spelled": spelled},
    )
    counts = {row.what: row.erased for row in rows if row.erased}
    return Change("contact", action.contact_id, after={"erased": counts}, result={"erased": counts})
