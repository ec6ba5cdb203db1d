"""Two simple verbs on the real tables for tests of the door. They take the place of the product's while a test module runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID

from remit.actions import Action, Change, Check, Conflict, Effect, NotFound, Target, registry
from remit.db.sessions import ReadSession, WriteSession


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
        {"owner": str(row.owner_id), "key_account": row.key_account, "segment": row.segment}, {"with_proposal": False},
    )  # fmt: skip


def no_shouting(s: ReadSession, action: SendEmail, target: Target) -> list[Check]:
    return [Check("no-shouting", "!" not in action.body, "Take out the exclamation mark.")]


def update_account(tx: WriteSession, action: UpdateAccount, target: Target) -> Change:
    done = tx.execute(
        "UPDATE remit.accounts SET website = :website, version = version + 1 WHERE id = :id AND version = :expected",
        {"website": action.website, "id": action.account_id, "expected": action.expected_version},
    )
    if done.rowcount == 0:
        found, yours = target.version or 0, {"website": action.website}
        raise Conflict("account", expected=action.expected_version, found=found, yours=yours)
    version = action.expected_version + 1
    return Change(
        "account", action.account_id, after={"website": action.website}, result={"version": version}
    )


def send_email(tx: WriteSession, action: SendEmail, target: Target) -> Change:
    effect = Effect("test.note", "email", f"note:{tx.action_id}", {"body": action.body})
    return Change("account", action.account_id, after={"sent": True}, effects=[effect])


@contextmanager
def registered() -> Iterator[None]:
    """The two verbs in the registry, whatever stood under their names before; put back afterwards."""
    before = dict(registry._verbs)
    registry._verbs["UpdateAccount"] = registry.Verb(UpdateAccount, account_target, update_account)
    registry._verbs["SendEmail"] = registry.Verb(SendEmail, account_target, send_email, (no_shouting,))
    try:
        yield
    finally:
        registry._verbs.clear()
        registry._verbs.update(before)
