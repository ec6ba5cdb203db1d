"""Runs at any accounts, steered: an act for each account, some hundred runs a transaction, so that all of a sequence can be meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Faulted, One, Performed, Refused, Waiting, perform, perform_each
from remit.db.sessions import read
from remit.domains.sequences.steering import Steered, changed, named
from remit.scope import Scope

TOGETHER: Final = 500
"""Runs that are steered in one transaction: the workers are kept from no row for long."""


def steer_each(scope: Scope, action: Steered) -> dict[str, Any]:
    """Pause, resume or stop runs at any accounts, an act for each account, TOGETHER runs a transaction: what is done stays done.

    Gives `state`, `count`, `held` (run to why) and `refused` (account, why with the rule). Raises Refused where nothing could be done, or
    `expected_count` is another number by now.
    """
    with read(scope) as s:
        rows = named(s, action)
    if action.expected_count is not None and len(rows) != action.expected_count:
        raise changed(len(rows), action.expected_count)
    parts = _parts(rows)
    if len(parts) <= 1:
        done = perform(scope, action)
        return dict(done.result) | {"refused": []} if isinstance(done, Performed) else _waits(done)
    told: dict[str, Any] = {"state": "", "count": 0, "held": {}, "refused": []}
    answers: list[Performed | Waiting | Refused] = []
    for piece in _pieces(parts):
        answers += _steer(scope, action, piece, told)
    if not told["count"]:
        waits = Refused("At every one of these accounts it waits for approval.", code="needs_approval")
        raise next((answer for answer in answers if isinstance(answer, Refused)), waits)
    return told


def _parts(rows: Sequence[Row[Any]]) -> list[list[Row[Any]]]:
    """The runs that one act is about: those at one account, TOGETHER of them at most."""
    accounts: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        accounts.setdefault(row.account_id, []).append(row)
    return [each[at : at + TOGETHER] for each in accounts.values() for at in range(0, len(each), TOGETHER)]


def _pieces(parts: Sequence[list[Row[Any]]]) -> Iterator[list[list[Row[Any]]]]:
    """The acts of each transaction."""
    piece: list[list[Row[Any]]] = []
    for part in parts:
        if piece and sum(map(len, piece)) + len(part) > TOGETHER:
            yield piece
            piece = []
        piece.append(part)
    if piece:
        yield piece


def _steer(
    scope: Scope, action: Steered, parts: Sequence[list[Row[Any]]], told: dict[str, Any]
) -> list[Performed | Waiting | Refused]:
    """Steer these in one transaction and add to `told` what became of them; a fault is told as a refusal is, and the log has it."""
    named = [
        {"enrolment_ids": tuple(row.id for row in part), "sequence_id": None, "expected_count": None} for part in parts
    ]  # fmt: skip
    acts = [One(action.model_copy(update=each)) for each in named]
    found: Sequence[Performed | Waiting | Refused | Exception]
    try:
        found = perform_each(scope, acts)
    except Faulted as error:
        found = error.answers
    answers = [
        Refused(f"It failed ({type(one).__name__}).", code="failed")
        if isinstance(one, Exception) and not isinstance(one, Refused)
        else one
        for one in found
    ]
    for part, answer in zip(parts, answers, strict=True):
        if isinstance(answer, Performed):
            told["state"], told["count"] = answer.result["state"], told["count"] + answer.result["count"]
            told["held"] |= answer.result.get("held", {})
        else:
            said = answer.message if isinstance(answer, Refused) else answer.sentence
            rule = f" (rule {', '.join(answer.rule_ids)})" if answer.rule_ids else ""
            told["refused"].append({"account": part[0].account, "why": f"{said.rstrip('.')}{rule}"})
    return answers


def _waits(answer: Waiting) -> dict[str, Any]:
    return {"state": "waiting", "count": 0, "refused": [], "suggestion_id": str(answer.suggestion_id)}
