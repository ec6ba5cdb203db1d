"""`remit demo generate` as people call it."""

from __future__ import annotations

import pytest

from tests.support.command import remit


def test_a_check_prints_digest_counts_and_dirt_and_loads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "--json",
        "demo",
        "generate",
        "--check",
        "--scale",
        "0.05",
        "--seed",
        "9",
        "--as-of",
        "2026-11-23",
    )
    ended = remit(capsys, *words)
    made = ended.document
    assert ended.code == 0 and made["firm"] == "Northlake Systems" and made["seed"] == 9
    assert made["counts"]["accounts"] >= 21 and len(made["dirt"]) == sum(made["dirt_counts"].values())
    assert remit(capsys, *words).document["digest"] == made["digest"]


def test_a_day_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    ended = remit(capsys, "--json", "demo", "generate", "--check", "--as-of", "soon")
    assert ended.code == 2 and "2026-11-23" in ended.document["error"]["message"]


@pytest.mark.parametrize("scale", ["0", "-1", "1001", "much"])
def test_a_scale_out_of_range_is_a_usage_error(capsys: pytest.CaptureFixture[str], scale: str) -> None:
    ended = remit(capsys, "--json", "demo", "generate", "--check", f"--scale={scale}")
    assert ended.code == 2 and ended.document["error"]["code"] == "usage"
