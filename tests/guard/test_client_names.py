"""A pasted text is no question after names: a client whom somebody may not see reads like a firm nobody ever heard of."""

from __future__ import annotations

import remit.wiring  # noqa: F401
from remit.domains.pasted.reading import look
from tests.support.cast import Cast

TEXT = "Elena Voss left {name} for Pine Capital in June 2026. Before that she ran trading at {name}. Their prime broker is {name}."


def test_whether_a_name_is_a_client_behind_a_barrier_is_not_told(cast: Cast) -> None:
    cast.sql("UPDATE remit.accounts SET name = 'Zebulon Ridge' WHERE id = :id", id=cast.accounts["wall"])
    told = {}
    for name in ("Zebulon Ridge", "Zachary Ridge"):
        found = look(cast.scope("alice"), TEXT.format(name=name), "email")
        told[name] = [(line.found.kind, line.use.data_class) for line in found.lines]
    assert told["Zebulon Ridge"] == told["Zachary Ridge"]
    assert told["Zebulon Ridge"]
