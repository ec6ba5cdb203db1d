"""What we had begun with a record that the CRM merged away goes on with the one that stays: open drafts, sequences,
questionnaires. What was sent or received is on record as it was, and stays so.

A draft that moves is another text to another record: its version goes up, so that no approval of before sends it (the caller voids
what waited). Whoever is in a sequence already is not put into it twice: the loser's run stops, with why.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.domains.imports.statements import Driver, run

_STOPPED: Final = "the CRM merged this contact with one who is in a sequence already"
# account and group are those of the winner; `{which}` names the rows by the loser
_DRAFTS: Final = """
UPDATE remit.drafts t SET {set}, account_id = k.account_id, access_id = k.access_id, updated_at = now(), version = t.version + 1
FROM {winner} WHERE k.id = %s AND {which} AND t.state = 'draft' RETURNING t.id
"""
_WINNER: Final = {
    "contacts": "(SELECT id, account_id, access_id FROM remit.contacts) k",
    "accounts": "(SELECT id, id AS account_id, access_id FROM remit.accounts) k",
}


def follow(driver: Driver, entity: str, lost: UUID, kept: UUID) -> list[UUID]:
    """Move them from a contact or account to another; gives the open drafts that moved."""
    if entity == "contacts":
        return _contact(driver, lost, kept)
    return _account(driver, lost, kept) if entity == "accounts" else []


def _contact(driver: Driver, lost: UUID, kept: UUID) -> list[UUID]:
    statement = _DRAFTS.format(set="contact_id = k.id", winner=_WINNER["contacts"], which="t.contact_id = %s")
    moved = [row[0] for row in run(driver, statement, (kept, lost)).fetchall()]
    run(
        driver,
        """UPDATE remit.enrolments l SET state = 'stopped', code = 'merged', why = %s, due_at = NULL, closed_at = now(), version = l.version + 1
        WHERE l.contact_id = %s AND l.state IN ('active', 'paused')
          AND EXISTS (SELECT FROM remit.enrolments k WHERE k.contact_id = %s AND k.state IN ('active', 'paused'))""",
        (_STOPPED, lost, kept),
    )
    run(
        driver,
        """UPDATE remit.enrolment_steps t SET account_id = k.account_id, access_id = k.access_id
        FROM remit.enrolments e, remit.contacts k WHERE e.id = t.enrolment_id AND e.contact_id = %s AND k.id = %s""",
        (lost, kept),
    )
    run(
        driver,
        """UPDATE remit.enrolments t SET contact_id = k.id, account_id = k.account_id, access_id = k.access_id, version = t.version + 1
        FROM remit.contacts k WHERE t.contact_id = %s AND k.id = %s""",
        (lost, kept),
    )
    return moved


def _account(driver: Driver, lost: UUID, kept: UUID) -> list[UUID]:
    statement = _DRAFTS.format(
        set="contact_id = t.contact_id", winner=_WINNER["accounts"], which="t.account_id = %s"
    )
    moved = [row[0] for row in run(driver, statement, (kept, lost)).fetchall()]
    for table in ("enrolments", "enrolment_steps", "questionnaires", "questionnaire_items"):
        run(
            driver,
            f"""UPDATE remit.{table} t SET account_id = a.id, access_id = a.access_id FROM remit.accounts a
            WHERE a.id = %s AND t.account_id = %s""",
            (kept, lost),
        )
    return moved
