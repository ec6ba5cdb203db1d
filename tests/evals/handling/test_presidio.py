"""Presidio-research's labelled sentences, by its own evaluator, beside plain Presidio with the same model in the same run.

Needs the group `evals` (`uv pip install --group evals`) and the reference data beside the checkout; skips with the reason. Scored as the
evaluator's own notebook does: every label on either side, spans that are equal to nine tenths, personal data against all else.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from remit.llm.handling.classify import classify
from tests.support.reference_data import reference

Spans = list[tuple[int, int]]


def _samples(tmp_path) -> list[Any]:
    from presidio_evaluator import InputSample

    from remit.llm.handling.analyzer import MODEL

    rows = json.loads(gzip.decompress(reference("pii-presidio/synth_dataset_v2.json.gz").read_bytes()))
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows), "utf-8")
    return InputSample.read_dataset_json(file, token_model_version=MODEL)


def _score(samples: Iterable[Any], found_in: Callable[[str], Spans]) -> tuple[float, float]:
    """Precision and recall by the evaluator."""
    import pandas as pd
    from presidio_evaluator import span_to_tag
    from presidio_evaluator.evaluation import SpanEvaluator
    from presidio_evaluator.evaluation.skipwords import get_skip_words

    rows = []
    for number, sample in enumerate(samples):
        found = found_in(sample.full_text)
        tags = span_to_tag(
            scheme="IO", text=sample.full_text, tokens=sample.tokens, starts=[a for a, _ in found], ends=[b for _, b in found],
            tags=["PII"] * len(found), scores=[1.0] * len(found),
        )  # fmt: skip
        gold = ["O" if tag == "O" else "PII" for tag in sample.tags]
        rows += zip(
            [number] * len(tags), map(str, sample.tokens), gold, tags, sample.start_indices, strict=True
        )
    columns = ["sentence_id", "token", "annotation", "prediction", "start_indices"]
    evaluator = SpanEvaluator(skip_words=get_skip_words())
    result = evaluator.calculate_score_on_df(pd.DataFrame(rows, columns=columns), level="pii")
    return result.pii_precision, result.pii_recall


def _plain(text: str) -> Spans:
    from tests.evals.handling.plain import analyzer

    return [(each.start, each.end) for each in analyzer().analyze(text, language="en")]


@pytest.mark.slow
def test_better_than_the_customised_reference(tmp_path) -> None:
    pytest.importorskip("presidio_evaluator", reason="the group evals is not installed (presidio-evaluator)")
    samples = _samples(tmp_path)
    plain = _score(samples, _plain)
    ours = _score(samples, lambda text: [(each.start, each.end) for each in classify(text)])
    print(
        f"\n{len(samples)} texts: ours precision {ours[0]:.3f}, recall {ours[1]:.3f}; plain Presidio {plain[0]:.3f}, {plain[1]:.3f}"
    )
    assert ours[0] >= 0.87
    assert ours[1] >= 0.84
    assert ours[0] > plain[0]
    assert ours[1] > plain[1]
