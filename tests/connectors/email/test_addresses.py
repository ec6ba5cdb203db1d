"""Addresses and identifiers: what may stand in a header, and what names an effect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.connectors.email import addresses
from remit.connectors.email.addresses import AddressInvalid, HeaderUnsafe
from remit.kit.ids import new_id


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("Dana@Pine.Example", "Dana@pine.example"),
        ("dana.o'field@pine.example", "dana.o'field@pine.example"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
        ("däna@pine.example", "däna@pine.example"),
        (" dana@pine.example ", "dana@pine.example"),
    ],
)
def test_good_addresses(text: str, spec: str) -> None:
    assert addresses.parse(text).spec == spec


@pytest.mark.parametrize(
    "text",
    [
        "", "dana", "@pine.example", "dana@", "dana@pine", "da na@pine.example", "dana@pine..example", ".dana@pine.example",
        "dana@-pine.example", "Dana <dana@pine.example>", "dana@pine.example, eve@evil.example", "d" * 65 + "@pine.example",
        '"dana"@pine.example', "dana@pine.example>", "dana@[127.0.0.1]",
    ],
)  # fmt: skip
def test_bad_addresses(text: str) -> None:
    with pytest.raises(AddressInvalid):
        addresses.parse(text)


@pytest.mark.parametrize("bad", ["\r", "\n", "\x00", "\x0b", "\x85", "\u2028", "\x7f"])
def test_control_characters_never_reach_a_header(bad: str) -> None:
    with pytest.raises(HeaderUnsafe):
        addresses.parse(f"dana@pine.example{bad}Bcc: eve@evil.example")
    with pytest.raises(HeaderUnsafe):
        addresses.parse("dana@pine.example", f"Dana{bad}Bcc: eve@evil.example")


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        found = addresses.parse(text)
    except (AddressInvalid, HeaderUnsafe):
        return
    assert found.domain.isascii()
    assert not set(found.spec) & set("\r\n\x00<>, ")


def test_the_message_id_follows_from_the_key_alone() -> None:
    assert addresses.message_id("send:1:1", "a.example") == addresses.message_id("send:1:1", "a.example")
    assert addresses.message_id("send:1:1", "a.example") != addresses.message_id("send:1:2", "a.example")


def test_a_plus_address_names_its_effect_wherever_it_stands() -> None:
    effect = new_id()
    tagged = addresses.tagged(addresses.parse("replies@northlake.example"), effect)
    assert addresses.effect_of(f'"Sales" <{tagged.upper()}>') == effect
    assert addresses.effect_of("replies+notatoken@northlake.example") is None
    assert addresses.from_token("!" * 26) is None
