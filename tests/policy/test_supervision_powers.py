"""No verb of supervision that a person may perform is missing on the page that says who may."""

from __future__ import annotations

import re
from typing import Final

from remit.policy import schema
from remit.policy.powers import POWERS, list_powers

NAMED: Final = re.compile(r'Action::"(\w+)"')


def test_every_verb_that_a_person_may_perform_is_listed() -> None:
    book = schema.load(schema.DEFAULT_DIRECTORY)
    named = set(NAMED.findall((schema.DEFAULT_DIRECTORY / "28-supervision.cedar").read_text("utf-8")))
    kinds = (named & set(book.action_groups)) | {
        kind for kind, groups in book.action_groups.items() if "Supervision" in groups
    }
    mays = {kind for kind in kinds if book.slices[kind, "Person"].permits}
    assert "SeedDrafts" in mays and "EraseExpired" not in mays
    listed = [kind for kind, _ in POWERS]
    assert set(listed) == mays and len(set(listed)) == len(listed)
    assert {one.kind for one in list_powers()} == mays
