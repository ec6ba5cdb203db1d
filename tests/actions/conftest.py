"""Two verbs that exist only in these tests, on the real tables, through the real door."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import pytest

from remit.actions import Action, Change, Check, Conflict, Effect, NotFound, Target, handler
from remit.db.location import Location
from remit.db.sessions import ReadSession, WriteSession
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


class UpdateAccount(Action):
    event: ClassVar[str] = "account:update"
    account_id: UUID
    website: str
    expected_version: int = 1


class SendEmail(Action):
    event: ClassVar[str] = "email:send"
    account_id: UUID
    body: str


def account_target(s: ReadSession, action: UpdateAccount | SendEmail) -> Target:
    row = s.row(
        "SELECT id, access_id, name, segment, key_account, owner_id, version FROM remit.accounts WHERE id = :id",
        {"id": action.account_id},
    )
    if row is None:
        raise NotFound("account")
    return Target(
        "account", row.id, row.id, row.access_id, row.segment,
        "email" if isinstance(action, SendEmail) else "*", row.version, row.name,
        {"owner": str(row.owner_id), "key_account": row.key_account, "segment": row.segment},
    )  # fmt: skip


def no_shouting(s: ReadSession, action: SendEmail, target: Target) -> list[Check]:
    return [Check("no-shouting", "!" not in action.body, "Take out the exclamation mark.")]


@handler(UpdateAccount, target=account_target)
def update_account(tx: WriteSession, action: UpdateAccount, target: Target) -> Change:
    done = tx.execute(
        "UPDATE remit.accounts SET website = :website, version = version + 1 WHERE id = :id AND version = :expected",
        {"website": action.website, "id": action.account_id, "expected": action.expected_version},
    )
    if done.rowcount == 0:
        raise Conflict(
            "account",
            expected=action.expected_version,
            found=target.version or 0,
            yours={"website": action.website},
        )
    return Change(
        "account",
        action.account_id,
        after={"website": action.website},
        result={"version": action.expected_version + 1},
    )


@handler(SendEmail, target=account_target, checks=[no_shouting])
def send_email(tx: WriteSession, action: SendEmail, target: Target) -> Change:
    effect = Effect("test.note", "email", f"note:{tx.action_id}", {"body": action.body})
    return Change("account", action.account_id, after={"sent": True}, effects=[effect])
