"""A long import tells how far it is; a short one is silent."""

from __future__ import annotations

from structlog.testing import capture_logs

from remit.domains.imports.telling import EVERY_SECONDS, Telling


def test_a_long_file_is_told_about_now_and_then_and_a_short_one_never() -> None:
    now = 0.0
    telling = Telling("accounts.csv", clock=lambda: now)
    with capture_logs() as lines:
        telling.rows(5_000)
        telling.step("merging", 5_000)
        assert lines == []
        for count in (10_000, 20_000, 30_000):
            now += EVERY_SECONDS * 0.6
            telling.rows(count)
        now += 1
        telling.step("merging", 30_000)
    assert [(line["event"], line["rows"]) for line in lines] == [("reading", 20_000), ("merging", 30_000)]
    assert lines[0]["rows_per_second"] == round(20_000 / (EVERY_SECONDS * 1.2))
