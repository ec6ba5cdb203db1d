"""The frame of an answer: thanks, an offer to talk, a way to get it in writing. It says nothing of its own and repeats
nothing that the buyer wrote; the answer itself is the rep's.
"""

from __future__ import annotations

import hashlib
from random import Random
from typing import Final

from remit.llm.embedded import phrases, slots
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

THANKS: Final = (
    "Thank you for your message.",
    "Thank you for writing back.",
    "Many thanks for your reply.",
    "Thanks for coming back to me.",
)
ASKS: Final = (
    "Would a call of 20 minutes this week or next be a good way to go through it?",
    "Would 20 minutes on the phone this week be the easiest way to go through it?",
    "Could we take 20 minutes this week or next to go through it?",
)
OTHERWISE: Final = (
    "If you would rather have it in writing, I can answer here.",
    "If it helps to bring a colleague, please tell me whom to invite.",
    "If you prefer it in writing, just let me know.",
)


def compose_reply(reader: Reader, writer: Writer, *, about: str, variant: int = 0) -> str:
    """The text of an answer to `reader`. `about` (the message's id) and `variant` choose the wording."""
    chance = Random(hashlib.sha256(f"{about}|{variant}".encode()).digest())
    greeting = chance.choice(phrases.GREETINGS["direct"]).replace(
        "{first_name}", slots.name_words(reader.first_name) or "there"
    )
    ask = f"{chance.choice(ASKS)} {chance.choice(OTHERWISE)}"
    sign_off = "\n".join((chance.choice(phrases.SIGN_OFFS["direct"]), *writer.signature()))
    return "\n\n".join((greeting, chance.choice(THANKS), ask, sign_off))
