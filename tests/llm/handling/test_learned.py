"""The learnt reader: what its weights were learnt from, and what it adds to the rules and takes from them."""

from __future__ import annotations

import pytest
from tools import train_handling

from remit.llm.handling import learned, sentences
from remit.llm.handling.classify import classify
from remit.llm.handling.features import features, tokens
from remit.llm.handling.spans import Found


def _classes(text: str) -> set[str]:
    return {each.data_class for each in classify(text, ["Harrow Point Capital"])}


def test_nothing_reported_is_ever_learnt_from() -> None:
    assert set(train_handling.PARTS) == {"dev", "more", "voices", "desk", "blind"}  # "blind" was opened
    assert not {"held", "all", "blind_second"} & set(train_handling.PARTS)


def test_every_feature_has_a_weight_for_each_label() -> None:
    assert {len(each) for each in learned._weights().values()} == {len(learned.LABELS)}


def test_an_amount_is_one_token_with_what_belongs_to_it() -> None:
    text = "They pay up to $6,500/mo, SOFR + 45 bps and 1.5/20"
    found = {text[each.start : each.end]: each.form for each in tokens(text) if each.form.startswith("<")}
    assert found == {"up to $6,500/mo": "<small>", "SOFR + 45 bps": "<over>", "1.5/20": "<twenty>"}


def test_a_name_of_a_client_is_no_word() -> None:
    assert [each.form for each in tokens("Harrow Point sells", [(0, 12)])] == [
        "<client>",
        "<client>",
        "sells",
    ]


def test_features_follow_the_tokens() -> None:
    line = tokens("They dump 2m NVDA")
    held = list(features(line, ["client"]))
    assert len(held) == len(line)
    assert "c=trading" in held[1]
    assert "F:client" not in held[1]
    assert "k=word&F:client" in held[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PM's gonna dump half the AAPL on the open", "trading_intent"),
        ("they run L/S, low net", "strategy"),
        ("Blue pod is short 400k TSLA since Aug, per their trader", "positions"),
    ],
)
def test_jargon_that_no_rule_knows(text: str, expected: str) -> None:
    assert expected in _classes(text)


def test_a_rule_is_overruled_where_nothing_else_speaks_for_it() -> None:
    (sentence,) = sentences.read("LSE traded 900m shares today")
    assert learned.read(sentence).doubts(Found(0, 10, "POSITION"))
    (held,) = sentences.read("They own 900m shares of Oranje")
    assert not learned.read(held).doubts(Found(5, 20, "POSITION"))


@pytest.mark.parametrize("text", ["they plan to roll out 50 seats in Jan", "keep it short and sweet", ""])
def test_plain_talk_stays_plain(text: str) -> None:
    assert not _classes(text) & set(learned.LABELS)
