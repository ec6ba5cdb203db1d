"""Every wording of an answer's frame asserts nothing, so that it needs no fact and cannot be wrong."""

from __future__ import annotations

import pytest

from remit.evidence.claims import Context, type_sentence
from remit.kit import clock
from remit.llm.embedded import reply
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer


@pytest.mark.parametrize("sentence", [*reply.THANKS, *reply.ASKS, *reply.OTHERWISE])
def test_no_sentence_claims(sentence: str) -> None:
    found = type_sentence(sentence, Context(clock.today(), None))
    assert found.kind != "claim", found.reason


def test_one_message_and_variant_give_one_text_and_others_another() -> None:
    reader = Reader("Priya", "Shah", "trader", "Harbour Point", "hedge_fund", False)
    writer = Writer("Alice Ames", "", "Northlake")
    texts = {reply.compose_reply(reader, writer, about="m", variant=variant) for variant in range(20)}
    assert len(texts) > 5
    first = reply.compose_reply(reader, writer, about="m")
    assert first == reply.compose_reply(reader, writer, about="m")
    assert first.splitlines()[0].endswith("Priya,") and first.splitlines()[-2] == "Alice Ames"
