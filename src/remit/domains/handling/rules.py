"""What must hold before a version is published or acknowledged: pure checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit.actions import Check
from remit.llm.handling.policy import HandlingPolicy


def check_publish(
    policy: HandlingPolicy, version: str, policy_hash: str, published: Mapping[str, str]
) -> Sequence[Check]:
    """`published`: hash by version of everything published before."""
    same = policy.hash == policy_hash and policy.version == version
    undecided = policy.undecided()
    missing = ", ".join(f"{name} → {destination}" for name, destination in undecided[:5])
    return [
        Check.that(
            "handling-same-file", same,
            f"The file has changed since: it says version {policy.version} now. Read it again and publish that.",
            "The version and hash are those of the file that the gateway enforces.",
        ),
        Check.that(
            "handling-complete", not undecided,
            f"Every class needs a decision for every destination; missing: {missing}.",
            "Every class has a decision for every destination.",
        ),
        Check.that(
            "handling-new-version", published.get(version) is None and policy_hash not in published.values(),
            f"Version {version} was published already; a change of the file needs a new version in it.",
            "No other version has this name or says the same.",
        ),
    ]  # fmt: skip


def check_acknowledge(policy_hash: str, active_hash: str | None) -> Check:
    """Only the version in force can be acknowledged, so that a click on an old page says nothing about the new one."""
    return Check.that(
        "handling-in-force",
        policy_hash == active_hash,
        "This is not the version in force. Open Settings → Data handling and read the present one."
        if active_hash
        else "No data-handling policy is in force yet: compliance publishes one first.",
        "This is the version in force.",
    )
