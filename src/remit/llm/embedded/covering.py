"""The note that an approved offer goes with: it asks to read and to talk. It says nothing of the offer: that stands in the file."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Final

from remit.llm.embedded import phrases, slots
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer
from remit.llm.embedded.reply import ASKS

READ: Final = (
    "Please find our proposal for {firm} attached.",
    "Please see the attached proposal for {firm}.",
)
UNCLEAR: Final = (
    "Please let me know what is missing or unclear.",
    "Please tell me what you would like to see changed.",
)


def compose_covering(reader: Reader, writer: Writer, *, about: str) -> str:
    """The text to `reader`. `about` (the proposal's hash) chooses the wording: the same proposal, the same words."""
    chance = Random(hashlib.sha256(about.encode()).digest())
    greeting = chance.choice(phrases.GREETINGS["direct"]).replace(
        "{first_name}", slots.name_words(reader.first_name) or "there"
    )
    read = chance.choice(READ).format(firm=reader.account_name)
    sign_off = "\n".join((chance.choice(phrases.SIGN_OFFS["direct"]), *writer.signature()))
    return "\n\n".join((greeting, read, f"{chance.choice(UNCLEAR)} {chance.choice(ASKS)}", sign_off))
