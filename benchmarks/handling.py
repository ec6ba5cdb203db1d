"""Reading a text for what is confidential: ours beside plain Presidio with the same model, in one run, alternating.

Plain Presidio is its AnalyzerEngine by its own default configuration, with the same spaCy package. Both sides read the sentences of the published gold
set, one by one and as one long text; ours also masks. Loading is measured apart, and is not part of the speed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from tests.evals.handling import gold

from benchmarks.support import Row, row

RUNS = 5


def _plain() -> Callable[[str], object]:
    from tests.evals.handling.plain import analyzer

    engine = analyzer()
    return lambda text: engine.analyze(text, language="en")


def _ours() -> Callable[[str], object]:
    from remit.llm.handling.prepare import prepare

    names = tuple(gold.clients())
    return lambda text: prepare(text, "provider", names)


def _seconds(read: Callable[[str], object], texts: list[str]) -> float:
    begun = time.perf_counter()
    for text in texts:
        read(text)
    return time.perf_counter() - begun


def run() -> list[Row]:
    """Milliseconds per sentence and per 1,000 characters of a long text: medians of alternating runs."""
    ours, plain = _ours(), _plain()
    sentences = [case.text for case in gold.cases()]
    long = "\n".join(sentences)
    _seconds(ours, sentences[:20])
    _seconds(plain, sentences[:20])
    rows = []
    for name, texts, per in (
        ("sentence", sentences, len(sentences)),
        ("1,000 characters", [long], len(long) / 1000),
    ):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(RUNS):
            times[0].append(_seconds(ours, texts) / per * 1000)
            times[1].append(_seconds(plain, texts) / per * 1000)
        rows.append(
            row(
                "handling", f"classify and mask, per {name}", statistics.median(times[0]), statistics.median(times[1]),
                "Presidio as it comes, same model", "ms", runs=RUNS, n=len(texts),
            )
        )  # fmt: skip
    return rows
