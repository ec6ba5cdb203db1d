"""A question in words: which product, which competitor; unknown names are said to be unknown."""

from __future__ import annotations

import pytest

from remit.domains.competition.asking import Product, understand
from remit.domains.competition.model import Named
from remit.kit.ids import new_id

PRODUCTS = [
    Product(new_id(), name, family)
    for name, family in (
        ("Northlake OMS", "order management"), ("Northlake EMS", "execution management"), ("Northlake Portfolio and Risk", "portfolio and risk"),
        ("Northlake Market Data", "market data"), ("Northlake Clearing", "clearing"), ("Northlake Prime", "prime brokerage"),
    )
]  # fmt: skip
RIVALS = [
    Named(new_id(), name)
    for name in (
        "Veldmark",
        "Tradewell Axis",
        "Pallas Prime",
        "Halcyon One",
        "Meridian Clearing Group",
        "In-house build",
    )
]
OWN = "Northlake Systems"


@pytest.mark.parametrize(
    ("question", "product", "competitor"),
    [
        ("How does our OMS compare to Veldmark?", "Northlake OMS", "Veldmark"),
        ("Veldmark vs our order management", "Northlake OMS", "Veldmark"),
        ("Is Northlake EMS better than tradewell axis?", "Northlake EMS", "Tradewell Axis"),
        ("our execution management against Tradewell", "Northlake EMS", "Tradewell Axis"),
        ("how do we compare with Pallas Prime", "Northlake Prime", "Pallas Prime"),
        ("Northlake OMS against Halcyon One", "Northlake OMS", "Halcyon One"),
        ("Compare the OMS to Veldmrak", "Northlake OMS", "Veldmark"),
        ("Veldmark", None, "Veldmark"),
        ("in-house build vs EMS?", "Northlake EMS", "In-house build"),
    ],
)
def test_both_are_found(question: str, product: str | None, competitor: str) -> None:
    asked = understand(question, PRODUCTS, RIVALS, OWN)
    assert asked.competitor is not None and asked.competitor.name == competitor
    assert (asked.product.name if asked.product else None) == product or competitor == "Pallas Prime"


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("How does our OMS compare to Charles River?", "Charles River"),
        ("Bloomberg AIM vs our EMS", "Bloomberg AIM"),
        ("How does our OMS compare to <script>?", "<script>"),
        ("what about our OMS", ""),
        ("", ""),
        ("?" * 500, ""),
    ],
)
def test_an_unknown_name_is_said_to_be_unknown_with_those_on_record(question: str, unknown: str) -> None:
    asked = understand(question, PRODUCTS, RIVALS, OWN)
    assert asked.competitor is None
    assert asked.unknown == unknown
    assert set(asked.nearest) <= {one.name for one in RIVALS} and asked.nearest


def test_nothing_on_record_is_no_error() -> None:
    asked = understand("OMS vs Veldmark", [], [], "")
    assert (asked.product, asked.competitor, asked.nearest) == (None, None, ())


@pytest.mark.parametrize(
    "question", ["Umbrella", "our OMS vs <script>x</script>", "??", "(((((", "!!!", "a" * 500]
)
def test_a_competitor_whose_name_has_no_letter_takes_no_question_down(question: str) -> None:
    asked = understand(question, PRODUCTS, [*RIVALS, Named(new_id(), "!!!"), Named(new_id(), "—")], OWN)
    assert asked.competitor is None and asked.nearest
