"""The program's own role of the database queues no e-mail without an act, and without what let it out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from remit.actions import propose
from remit.audit import log
from remit.audit.record import Record
from remit.db.location import Role
from remit.kit.ids import new_id
from tests.support.cast import Cast
from tests.support.verbs import SendEmail


def _queue(c: Connection, cast: Cast, action: UUID, **changes: Any) -> None:
    """An effect with a record that fits it, as somebody who has the role's password would write both."""
    effect = new_id()
    body = {"to": "x@pine.example"}
    c.execute(
        text("INSERT INTO remit.effect_keys VALUES (:k, :id, now())"), {"k": f"forged:{effect}", "id": effect}
    )
    values = {"kind": "email.send", "action_kind": "SendEmail", "actor": cast.people["alice"], **changes}
    c.execute(
        text(
            "INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload,"
            " account_id, access_id, actor_id, next_at) VALUES (:id, now(), :action, :action_kind, :kind, 'email', :k,"
            " CAST(:payload AS jsonb), :account, 101, :actor, now())"
        ),
        {"id": effect, "action": action, "k": f"forged:{effect}", "payload": json.dumps(body),
         "account": cast.accounts["pine"], **values},
    )  # fmt: skip
    log.append(
        c,
        [
            Record(
                kind="effect", event="email:send:effect:queued", action_id=action, body={"effect_id": effect}
            )
        ],
    )


def _act(c: Connection, cast: Cast, suggestion: UUID | None = None, approver: UUID | None = None) -> UUID:
    made = new_id()
    c.execute(
        text(
            "INSERT INTO remit.actions (id, kind, payload, payload_hash, actor_id, actor_kind, approver_id, suggestion_id,"
            " account_id, access_id, rule_ids, policy_hash, sentence, stages, result, request_id, at)"
            " VALUES (:id, 'SendEmail', '{}', '\\x00', :by, 'person', :approver, :suggestion, :account, 101, '{}', '', '', '[]',"
            " '{}', '', now())"
        ),
        {"id": made, "by": cast.people["alice"], "account": cast.accounts["pine"], "approver": approver,
         "suggestion": suggestion},
    )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ("no act", "names the action that queued it"),
        ("another's act", "names the action that queued it"),
        ("nobody's approval", "needs an approval or a remit"),
        ("another text's approval", "the approval that let this effect out is not there"),
    ],
)
def test_an_effect_with_a_record_of_its_own_is_not_taken(cast: Cast, forged: str, told: str) -> None:
    waiting = propose(cast.scope("alice"), SendEmail(account_id=cast.accounts["pine"], body=forged))
    engine = create_engine(cast.location.url(Role.WRITER), poolclass=NullPool)
    with pytest.raises(DBAPIError, match=told), engine.begin() as c:
        c.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(cast.people["alice"])})
        if forged == "no act":
            _queue(c, cast, new_id())
        elif forged == "another's act":
            _queue(c, cast, _act(c, cast), actor=cast.people["bob"])
        elif forged == "nobody's approval":
            _queue(c, cast, _act(c, cast))
        else:
            act = _act(c, cast, waiting.suggestion_id, cast.people["bob"])
            c.execute(
                text(
                    "UPDATE remit.suggestions SET state = 'approved', decided_by = :by, action_id = :act WHERE id = :id"
                ),
                {"by": cast.people["bob"], "act": act, "id": waiting.suggestion_id},
            )
            _queue(c, cast, act)
    assert cast.sql("SELECT 1 FROM remit.effect_keys WHERE idempotency_key LIKE 'forged:%'") == []
