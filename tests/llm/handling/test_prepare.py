"""Masking is the same throughout a conversation and comes back whole; what is denied never leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.llm.handling.mask import Mask
from remit.llm.handling.policy import parse
from remit.llm.handling.prepare import Allowed, Denied, decisions, prepare
from remit.llm.handling.spans import CLASS_OF, Found
from remit.policy.schema import DEFAULT_DIRECTORY

NAMES = ("Harrow Point Capital LLC",)
TEXT = "Harrow Point told Jane Roe (jane.roe@desk.example) that their AUM is $4.2bn. Jane Roe agreed."
POLICY = (DEFAULT_DIRECTORY / "data-handling.toml").read_text("utf-8")


def allowed(text: str, **named) -> Allowed:
    answer = prepare(text, "provider", NAMES, **named)
    assert isinstance(answer, Allowed), answer
    return answer


def test_nothing_telling_goes_to_a_provider_and_all_of_it_comes_back() -> None:
    answer = allowed(TEXT)
    for telling in ("Harrow", "Jane", "Roe", "desk.example", "4.2"):
        assert telling not in answer.text
    assert answer.text.count("[PERSON_1]") == 2
    assert answer.mask.restore(answer.text).text == TEXT
    assert answer.masked == {"client_name": 1, "personal": 3, "aum": 1}


def test_the_embedded_writer_sees_the_text_as_it_is() -> None:
    answer = prepare(TEXT, "embedded", NAMES)
    assert isinstance(answer, Allowed)
    assert answer.text == TEXT


def test_a_conversation_keeps_its_placeholders() -> None:
    mask = Mask()
    first = allowed("Ask Jane Roe about the demo.", mask=mask).text
    second = allowed("Tell John Doe that JANE ROE agreed.", mask=mask).text
    assert "[PERSON_1]" in first
    assert "[PERSON_2]" in second
    assert "[PERSON_1]" in second
    assert "PERSON_1" not in allowed("Tell John Doe.", mask=Mask()).mask.restore("nobody").text


@pytest.mark.parametrize(
    "written",
    [
        "[PERSON_1]", "[person_1]", "[Person 1]", "(PERSON_1)", "<PERSON_1>", "{{PERSON_1}}", "[PERSON-1]", "[ PERSON_1 ]", "PERSON_1",
        "\\[PERSON\\_1\\]", "[PERSON_01]", "[PERSON #1]",
    ],
)  # fmt: skip
def test_what_models_make_of_a_placeholder_is_understood(written: str) -> None:
    mask = Mask(words={"[PERSON_1]": "Jane Roe"})
    assert mask.restore(f"Dear {written}, hello.").text == "Dear Jane Roe, hello."


def test_longer_numbers_and_plain_words_are_left_alone() -> None:
    mask = Mask(words={"[PERSON_1]": "Jane Roe"})
    restored = mask.restore("[PERSON_12] and Person 1 of 3 and a person_ 1")
    assert restored.text == "[PERSON_12] and Person 1 of 3 and a person_ 1"
    assert restored.unknown == ("[PERSON_12]",)


def test_a_text_that_holds_a_placeholder_already_is_not_confused() -> None:
    answer = allowed("The template says [PERSON_1]; the contact is Jane Roe.")
    assert "[PERSON_2]" in answer.text
    assert answer.mask.restore(answer.text).text == "The template says [PERSON_1]; the contact is Jane Roe."


def test_words_put_back_are_not_read_as_placeholders() -> None:
    mask = Mask(words={"[PERSON_1]": "[AUM_1]", "[AUM_1]": "$4bn"})
    assert mask.restore("[PERSON_1]").text == "[AUM_1]"


@given(st.text(max_size=200), st.sampled_from(sorted(CLASS_OF)), st.integers(0, 200), st.integers(1, 30))
def test_whatever_is_masked_comes_back(text: str, kind: str, start: int, size: int) -> None:
    end = min(len(text), start + size)
    found = [Found(start, end, kind)] if start < end else []
    mask = Mask()
    assert mask.restore(mask.apply(text, found)).text == text


def test_denied_words_are_named_with_why_and_what_to_do() -> None:
    answer = prepare("They intend to buy 2m shares of Adyen. password: hunter2!Green", "provider", NAMES)
    assert isinstance(answer, Denied)
    assert [each.data_class for each in answer.reasons] == ["trading_intent", "credentials"]
    assert "buy 2m shares of Adyen" in answer.reasons[0].words
    assert all(each.why and each.rephrase for each in answer.reasons)
    assert "hunter2!Green" in answer.sentence
    assert not hasattr(answer, "text")


def test_an_unknown_destination_gets_nothing_at_all() -> None:
    answer = prepare("Hello.", "moon", NAMES)
    assert isinstance(answer, Denied)
    assert answer.reasons


def test_a_class_that_the_policy_forgot_is_denied() -> None:
    start = POLICY.index("[classes.aum]")
    cut = parse(POLICY[:start] + POLICY[POLICY.index("[classes.fees]") :])
    assert isinstance(prepare("Their AUM is $4.2bn.", "provider", policy=cut), Denied)


def test_the_strictest_decision_of_all_finds_counts() -> None:
    policy = parse(POLICY)
    assert decisions([], policy) == {"embedded": "allow", "own_server": "allow", "provider": "allow"}
    both = [Found(0, 1, "AUM"), Found(2, 3, "POSITION")]
    assert decisions(both, policy) == {"embedded": "allow", "own_server": "mask", "provider": "deny"}
