"""The one question the gateway asks before a text goes anywhere: may it, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remit.kit.text import shorten
from remit.llm.handling.classify import classify
from remit.llm.handling.mask import Mask
from remit.llm.handling.policy import Decision, HandlingPolicy, current
from remit.llm.handling.spans import Found

NO_SECRET_WHEN_PUBLIC = frozenset(("aum", "fees", "pricing", "positions", "strategy"))
_WORST = ("allow", "mask", "deny")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The text may go, as `text`. `mask.restore(reply)` puts the words back. `masked` counts placeholders by data class."""

    text: str
    mask: Mask
    masked: Mapping[str, int]
    policy_version: str
    policy_hash: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Words that may not go: where, what, of which class, why, and how to say it instead."""

    start: int
    end: int
    words: str
    data_class: str
    why: str
    rephrase: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The text may not go to `destination` as it stands. Nothing of it was handed on."""

    destination: str
    reasons: tuple[Reason, ...]
    policy_version: str
    policy_hash: str

    @property
    def sentence(self) -> str:
        """All reasons in one line for a person."""
        return " ".join(
            f"“{shorten(each.words, 60)}”: {each.why} {each.rephrase}".strip() for each in self.reasons
        )


def prepare(
    text: str,
    destination: str,
    client_names: Sequence[str] = (),
    *,
    mask: Mask | None = None,
    policy: HandlingPolicy | None = None,
    public: bool = False,
) -> Allowed | Denied:
    """Whether `text` may go to `destination` (embedded, own_server, provider), and what may go.

    `client_names`: names of accounts as recorded. `mask`: the conversation's, so that placeholders stay the same; a new one
    without. `public`: our records declare the text public, so that its assets, fees, prices, positions and strategies are no
    secret (a plan to trade stays one: a wrong tick must not let it out). Raises HandlingPolicyInvalid when there is no usable policy: then nothing leaves.
    """
    policy = policy or current()
    kept = mask if mask is not None else Mask()
    found = classify(text, client_names, passed_over=NO_SECRET_WHEN_PUBLIC if public else ())
    decided = [(each, policy.decision(each.data_class, destination)) for each in found]
    denied = [each for each, decision in decided if decision == "deny"]
    plain = policy.decision("public", destination)
    if denied or plain != "allow":
        reasons = tuple(_reason(text, each, destination, policy) for each in denied)
        return Denied(destination, reasons or (_closed(destination),), policy.version, policy.hash)
    hidden = [each for each, decision in decided if decision == "mask"]
    counts: dict[str, int] = {}
    for each in hidden:
        counts[each.data_class] = counts.get(each.data_class, 0) + 1
    return Allowed(kept.apply(text, hidden), kept, counts, policy.version, policy.hash)


def _reason(text: str, found: Found, destination: str, policy: HandlingPolicy) -> Reason:
    rule = policy.classes.get(found.data_class)
    title = rule.title if rule else found.data_class
    where = policy.destinations.get(destination, f"an unknown destination ({destination})")
    why = f"{title} may not go to {where}."
    return Reason(
        found.start,
        found.end,
        text[found.start : found.end],
        found.data_class,
        why,
        rule.rephrase if rule else "",
    )


def _closed(destination: str) -> Reason:
    return Reason(0, 0, "", "public", f"The policy lets no text go to {destination}.", "")


def decisions(found: Sequence[Found], policy: HandlingPolicy) -> dict[str, Decision]:
    """By destination, the strictest decision over all finds; a text without finds counts as public."""
    return {
        destination: max(
            (policy.decision(each, destination) for each in {"public", *(f.data_class for f in found)}),
            key=_WORST.index,
        )
        for destination in policy.destinations
    }
