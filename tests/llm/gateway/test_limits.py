"""Back-off, circuit breaker, budgets, prices: the pure parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from remit.llm.gateway import prices
from remit.llm.gateway.breaker import Breaker
from remit.llm.gateway.budget import Limits, Used, estimate, why_not
from remit.llm.gateway.failure import AGAIN, SENTENCES, CallFailed, Wait, next_wait


def wait(
    kind: str, attempt: int = 1, left: float = 100, after: float | None = None, most: int = 4
) -> Wait | None:
    return next_wait(CallFailed(kind, retry_after=after), attempt, most, left, Random(1))


def test_what_the_provider_asks_for_is_waited_for_and_never_shortened() -> None:
    assert wait("rate_limited", after=7.5) == Wait(7.5)
    assert wait("unavailable", after=0) == Wait(0)


def test_a_wait_that_does_not_fit_is_not_begun() -> None:
    assert wait("rate_limited", after=7.5, left=7) is None
    assert wait("rate_limited", after=3600, left=7200) is None


def test_waits_double_with_chance_below_and_end() -> None:
    for attempt, longest in ((1, 0.5), (2, 1.0), (3, 2.0)):
        found = wait("unavailable", attempt)
        assert found is not None
        assert longest / 2 <= found.seconds <= longest
    assert wait("unavailable", 4) is None


@pytest.mark.parametrize("kind", sorted(set(SENTENCES) - AGAIN - {"bad_reply"}))
def test_what_will_not_get_better_is_not_tried_again(kind: str) -> None:
    assert wait(kind) is None


def test_a_reply_in_the_wrong_form_is_asked_for_once_more() -> None:
    assert wait("bad_reply") == Wait(0)
    assert wait("bad_reply", 2) is None
    assert wait("bad_reply", most=1) is None


def test_a_breaker_opens_rests_and_lets_one_call_try() -> None:
    now = [0.0]
    one = Breaker(failures=2, rest_seconds=10, clock=lambda: now[0])
    one.failed()
    assert one.admits()
    one.failed()
    assert not one.admits()
    now[0] = 10.5
    assert one.admits()
    assert not one.admits()
    one.failed()
    now[0] = 15
    assert not one.admits()
    now[0] = 21
    assert one.admits()
    one.worked()
    assert one.admits()
    assert one.admits()


def test_a_breaker_rests_as_long_as_it_was_asked_to() -> None:
    now = [0.0]
    one = Breaker(failures=1, rest_seconds=10, clock=lambda: now[0])
    one.failed(60)
    now[0] = 59
    assert not one.admits()
    now[0] = 61
    assert one.admits()
    one.let_go()
    assert one.admits()


def test_a_budget_says_what_is_used_and_when_it_goes_on() -> None:
    limits = Limits(1000, Decimal("2.00"))
    assert why_not(Used(400, Decimal("1")), limits, 600, Decimal("1.00")) is None
    assert "400 used" in str(why_not(Used(400, Decimal()), limits, 601, None))
    assert "1.50 used" in str(why_not(Used(0, Decimal("1.5")), limits, 10, Decimal("0.51")))
    assert why_not(Used(0, Decimal("99")), limits, 10, None) is None
    assert why_not(Used(0, Decimal()), Limits(0, Decimal(5)), 1, None) is not None


def test_estimates_are_on_the_safe_side_of_english() -> None:
    assert estimate("") == 1
    assert estimate("x" * 300) == 101


def test_our_prices_have_a_day_and_know_dated_releases() -> None:
    table = prices.load()
    assert table.as_of_on >= date(2026, 11, 1)
    assert table.cost("anthropic", "claude-sonnet-5", 1_000_000, 100_000) == Decimal("3.000000")
    assert table.cost("openai", "gpt-5-mini-2026-08-07", 1000, 1000) == Decimal("0.002250")
    assert table.cost("openai", "gpt-5-miniature", 1, 1) is None
    assert table.cost("compatible", "anything", 1, 1) is None


@pytest.mark.parametrize(
    "text", ["", "as_of = 'soon'", "as_of = 2026-01-01\n[openai]\nx = [1]", "as_of = 2026-01-01\n[openai]\nx = [1, -2]",
             "as_of = 2026-01-01\n[openai]\nx = [1, nan]", "as_of = 2026-01-01\n[openai]\nx = 'free'", "as_of ="],
)  # fmt: skip
def test_a_price_table_that_cannot_be_used_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "prices.toml").write_text(text)
    with pytest.raises(prices.PriceTableInvalid):
        prices.load(tmp_path / "prices.toml")


def test_the_firms_own_prices(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("as_of = 2026-02-03\n[compatible]\nlocal = [0, 0]\n")
    table = prices.load(tmp_path / "own.toml")
    assert table.cost("compatible", "local", 10**6, 10**6) == 0
