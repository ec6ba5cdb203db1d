"""The record of one call: opened before anything leaves, closed with what came of it. No call without a record."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from remit import settings
from remit.actions import NotFound, Refused, perform
from remit.kit.ids import new_id
from remit.llm.gateway import budget, prices, sealing
from remit.llm.gateway.config import Route
from remit.llm.gateway.handling import Cleared, Stopped
from remit.llm.gateway.prompt import Prompt, Rendered
from remit.llm.gateway.records import CallModel, NoteModelReply, sha256
from remit.scope import Scope

_NOTHING: Final = sha256(b"")


class NoModel(Exception):
    """No model did it; the embedded writer has to. The message is a sentence without its beginning and its full stop.

    `kind`: a kind of failure, or denied, resting, or the code of a refusal. `reasons`: what data handling says, if it did.
    """

    code = "no_model"

    def __init__(
        self, kind: str, sentence: str, *, call_id: UUID | None = None, reasons: tuple[str, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.call_id = call_id
        self.reasons = reasons

    @property
    def note(self) -> str:
        """The sentence for the page."""
        return f"Written by the embedded writer: {str(self).rstrip('.')}."


@dataclass
class Ledger:
    """One call under way. Tokens add up over its attempts."""

    scope: Scope
    route: Route
    purpose: str
    account_id: UUID | None
    prompt: Prompt
    call_id: UUID = field(default_factory=new_id)
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    left_out_count: int = 0
    _prompt_tokens: int = 0
    _started: float = field(default_factory=time.monotonic)

    def open(self, cleared: Cleared, rendered: Rendered) -> None:
        """Write the record and the text, encrypted. Raises NoModel when the door does not let the call pass."""
        self._prompt_tokens = budget.estimate(rendered.system) + budget.estimate(rendered.user)
        text = {"system": rendered.system, "user": rendered.user, "before_masking": self.prompt.texts()}
        self._perform(
            rendered, cleared.masked_count, cleared.policy_version, self._prompt_tokens + self.route.output_tokens,
            self._sealed("prompt", json.dumps(text, ensure_ascii=False)),
        )  # fmt: skip

    def deny(self, stopped: Stopped, rendered: Rendered) -> NoModel:
        """Record that data handling let nothing leave. The text is not kept: it holds what should not have been pasted."""
        self._perform(rendered, 0, stopped.policy_version, 0, b"")
        self.close("denied")
        return NoModel(
            "denied", "data handling let nothing leave", call_id=self.call_id, reasons=stopped.reasons
        )

    def charge(self, text: str = "") -> None:
        """Count an attempt that the provider bills but gave no count for, as estimated from what we sent and got."""
        self.tokens_in += self._prompt_tokens
        self.tokens_out += budget.estimate(text) if text else 0

    def close(self, outcome: str, reply: str = "") -> None:
        """Write what came of it. Raises Refused when that cannot be recorded: then the reply may not be used."""
        sealed = self._sealed("reply", reply) if reply else b""
        table = _prices()
        action = NoteModelReply(
            call_id=self.call_id, outcome=outcome, attempt_count=self.attempts, tokens_in=self.tokens_in,
            tokens_out=self.tokens_out, cost_usd=table.cost(self.route.provider, self.route.model, self.tokens_in, self.tokens_out),
            prices_on=table.as_of_on.isoformat(), latency_ms=round((time.monotonic() - self._started) * 1000),
            reply_sha256=sha256(reply.encode()) if reply else "", account_id=self.account_id,
            sealed_sha256=sha256(sealed) if sealed else _NOTHING, sealed=sealed,
        )  # fmt: skip
        perform(self.scope, action)

    def _sealed(self, part: sealing.Part, text: str) -> bytes:
        return sealing.seal(settings.load().home, self.call_id, part, text)

    def _perform(self, rendered: Rendered, masked: int, version: str, tokens: int, sealed: bytes) -> None:
        cost = _prices().cost(
            self.route.provider, self.route.model, self._prompt_tokens, self.route.output_tokens
        )
        action = CallModel(
            call_id=self.call_id, purpose=self.purpose, template=self.prompt.template.id, model=self.route.name,
            destination=self.route.destination, account_id=self.account_id, prompt_sha256=rendered.sha256, redaction_count=masked, left_out_count=self.left_out_count,
            handling_version=version, reserved_tokens=tokens, reserved_usd=cost if tokens else None,
            sealed_sha256=sha256(sealed), sealed=sealed,
        )  # fmt: skip
        try:
            perform(self.scope, action)
        except NotFound:
            raise
        except Refused as refused:
            raise NoModel(refused.code, refused.message) from refused


def _prices() -> prices.Prices:
    return prices.load(settings.load().model_prices_file)
