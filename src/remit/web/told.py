"""How the door's own matters are told to a person: rules in their own sentences, stages, payloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from remit.actions.queries import SuggestionRow
from remit.policy.model import role_name, roles_told
from remit.policy.schema import current

STAGE_TITLES = {
    "identity": "Who acts",
    "remit": "How far they may go",
    "policy": "What the rules say",
    "guard": "Evidence and care",
    "approval": "Approval",
    "handler": "The change",
    "audit": "The record",
    "effect": "What leaves",
}
HIDDEN = frozenset({"body_sha256", "expected_version"})


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the door, told: `state` is passed, waiting or ahead."""

    title: str
    sentence: str
    state: str = "passed"
    checks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule's id with its own sentence."""

    id: str
    sentence: str
    ladder_id: str


def rules(ids: Iterable[str]) -> list[RuleTold]:
    """The rules by id, in the words of the policies in force; a rule that is gone is told as such."""
    book = current().rules
    found = []
    for each in ids:
        rule = book.get(each)
        told = (
            rule.sentence
            if rule
            else "a rule of earlier policies, or the default: what is not allowed is refused"
        )
        found.append(RuleTold(each, told[:1].upper() + told[1:], rule.ladder_id if rule else ""))
    return found


def performed_stages(trail: Iterable[Mapping[str, Any]]) -> list[Stage]:
    """The trail that the door kept with an action."""
    return [
        Stage(
            STAGE_TITLES.get(str(e["stage"]), str(e["stage"])),
            str(e["sentence"]),
            "passed",
            tuple(e.get("checks", ())),
        )
        for e in trail
    ]


def waiting_stages(one: SuggestionRow) -> list[Stage]:
    """Where a suggestion stands: passed up to the approval, decided again when it is given."""
    who = f"{one.proposer} ({one.proposer_kind})"
    if one.on_behalf_of_name:
        who += f" for {one.on_behalf_of_name}"
    needed = roles_told(one.needs)
    told = " ".join(f"{rule.sentence}." for rule in rules(one.rule_ids))
    state = {"waiting": "waiting", "approved": "passed"}.get(one.state, "stopped")
    approval = {
        "waiting": f"Waits for {needed}. The yes is bound to the hash below and asked of every stage again.",
        "approved": f"Approved by {one.decided_by}.",
        "rejected": f"Rejected by {one.decided_by}: {one.decision_reason}",
        "expired": "Nobody decided in time.",
        "void": "What it was about was changed, so this is void.",
    }[one.state]
    ahead = "ahead" if one.state == "waiting" else state
    return [
        Stage("Who acts", who),
        Stage("What the rules say", told),
        Stage(
            "Evidence and care", "All checks had passed when this was suggested; they run again at approval."
        ),
        Stage("Approval", approval, state),
        Stage("The change, the record, what leaves", "One transaction: all of it or nothing.", ahead),
    ]


SENDING: Final = {
    "sending": "on its way",
    "delivered": "sent",
    "parked": "uncertain",
    "failed": "not sent",
}


def sending(state: str, transport: str | None = "") -> str:
    """The state of something that leaves, in the one word for it: "captured" is what stayed in Remit and was never sent."""
    return "captured" if transport == "capture" else SENDING.get(state, state)


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail that a payload would let out: sent now, or after all."""

    to_address: str
    subject: str
    body: str
    draft_id: str
    attached: Mapping[str, Any] | None = None


def mail(kind: str, payload: Mapping[str, Any]) -> Mail | None:
    """The e-mail that this payload carries; None for payloads of other kinds."""
    if kind == "SendEmail":
        return Mail(
            payload["to_address"], payload["subject"], payload["body"], payload["draft_id"], payload.get("attached")
        )  # fmt: skip
    if kind == "SendRecalled" and {"to", "subject", "body", "draft_id"} <= payload["content"].keys():
        content = payload["content"]
        return Mail(
            content["to"], content["subject"], content["body"], content["draft_id"], content.get("attached")
        )  # fmt: skip
    return None


def fields(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A payload as label and value, for kinds that have no look of their own. Long values stay whole: they are approved."""
    return [
        (name, ", ".join(map(role_name, value)) if name == "roles" else value_text(value))
        for name, value in payload.items()
        if name not in HIDDEN and value not in (None, "", [])
    ]


def value_text(value: Any) -> str:
    """A JSON value as a line of text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {value_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    return str(value)
