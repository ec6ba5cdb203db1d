"""What changed at the CRM's own fields since we looked last, as far as it concerns what we take. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from remit.connectors.crm.reading import StreamSpec


def drift(
    spec: StreamSpec, mapping: Mapping[str, str], before: Mapping[str, str], now: Mapping[str, str]
) -> tuple[str, ...]:
    """A sentence for each field that fills one of ours and vanished or changed its type. Nothing at the first look."""
    if not before:
        return ()
    told = []
    for ours, theirs in {**spec.fields, **mapping}.items():
        was, is_now = before.get(theirs), now.get(theirs)
        if was is None or was == is_now:
            continue
        if is_now is None:
            told.append(
                f"{theirs} is gone from {spec.object}: {ours} keeps what it has here and is not read any more."
            )
        else:
            told.append(
                f"{theirs} of {spec.object} was {was} and is {is_now}: {ours} is not read until somebody confirms the mapping."
            )
    return tuple(told)


def readable(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """The fields that are as they were, and new ones: what changed its type is left out until somebody looked."""
    return {name: kind for name, kind in now.items() if before.get(name, kind) == kind}


def remembered(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What to compare with the next time: the first type of each field we saw, so that a change is told until it is settled."""
    return {**now, **before}
