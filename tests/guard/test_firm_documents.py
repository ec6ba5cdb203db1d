"""What enablement and compliance keep for the whole firm is theirs to remove as well."""

from __future__ import annotations

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, perform
from remit.domains.documents.actions import AddDocument, RemoveDocument
from tests.support.cast import Cast


def test_a_rep_does_not_remove_a_battle_card_of_the_firm(cast: Cast) -> None:
    add = AddDocument(document_kind="battle_card", title="Card", source_name="ours", text="They lack an OMS.")
    done = perform(cast.scope("cora"), add)
    assert isinstance(done, Performed)
    remove = RemoveDocument(
        document_id=done.result["document_id"], expected_version=1, reason="mine is better"
    )
    for who in ("alice", "mia", "vera"):
        with pytest.raises(Refused, match="removed by enablement or compliance"):
            perform(cast.scope(who), remove)
    assert isinstance(perform(cast.scope("cora"), remove), Performed)
