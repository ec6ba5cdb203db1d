"""What the gateway adds to a call of a model: ours through `ask`; the other side the same request through pydantic-ai alone.

Both talk to the same small provider on this machine, alternating in one run, on a durable database. Ours also writes two
actions with their audit records, seals two texts, makes its prompt, and holds the reply to its type.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median

import pytest
from pydantic import BaseModel
from tests.support.cast import make_cast
from tests.support.model_server import Turn, model_server
from tests.support.models import using

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.support import Row, durable_server, percentile, row
from remit.llm.gateway import config, providers
from remit.llm.gateway.call import Ask, ask
from remit.llm.gateway.prompt import Outside, Prompt, render, template

ROUNDS = 100


class _Letter(BaseModel):
    subject: str
    text: str


def run() -> list[Row]:
    """Two rows: the time of a call in the middle and at 95 %."""
    facts = [
        Outside(f"Fact {number}: Pine Capital names a prime broker.", "Form ADV") for number in range(12)
    ]
    prompt = Prompt(template("outreach"), facts, {"words": 70})
    with durable_server() as (location, home), model_server() as house, pytest.MonkeyPatch.context() as patch:
        cast = make_cast(location)
        house.answer(Turn(text=json.dumps({"subject": "A question", "text": "Hello. " * 60})))
        with using(house, home, patch, model_day_tokens=10**12):
            scope, route = cast.scope("alice"), config.route("outreach")
            assert route is not None
            providers.library(route)
            schema = _Letter.model_json_schema()
            sides: tuple[Callable[[], object], Callable[[], object]] = (
                lambda: ask(scope, Ask("outreach", prompt, cast.accounts["pine"]), _Letter),
                lambda: providers.run(providers.fetch(route, render(prompt), schema), 30),
            )
            taken: tuple[list[float], list[float]] = ([], [])
            for number in range(ROUNDS + 5):
                for side, values in zip(sides, taken, strict=True):
                    started = time.perf_counter()
                    side()
                    if number >= 5:
                        values.append((time.perf_counter() - started) * 1000)
    other = "pydantic-ai alone, same request"
    ours, bare = taken
    return [
        row("gateway", "a recorded call, middle", median(ours), median(bare), other, "ms", runs=1, n=ROUNDS),
        row(
            "gateway",
            "a recorded call, 95 %",
            percentile(ours, 0.95),
            percentile(bare, 0.95),
            other,
            "ms",
            runs=1,
            n=ROUNDS,
        ),
    ]
