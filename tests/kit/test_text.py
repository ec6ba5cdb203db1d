"""Text from outside: cleaned, made harmless for spreadsheets, folded to compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.kit.text import by_number, clean, counted, name_key, percent, safe_cell, squash, unsafe


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Acme Corp.", "acme"),
        ("ACME Corporation", "acme"),
        ("Acmé, Inc.", "acme"),
        ("A.B.C. Company", "abc"),
        ("SRL PRO TRAFFIC", "pro traffic"),
        ("Société Générale S.A.", "societe generale"),
        ("Smith & Sons Ltd", "smith and sons"),
        ("Smith and Sons Limited", "smith and sons"),
        ("SE Asia Fund", "se asia fund"),
        ("Limited", "limited"),
        ("ООО «Ромашка»", "ромашка"),
    ],
)
def test_a_firm_is_found_whatever_its_legal_form(name: str, key: str) -> None:
    assert name_key(name) == key


def test_squash_forgives_blanks_and_marks() -> None:
    assert squash("GTX Pro") == squash("GTXPro") == squash("gtx-pro")


def test_clean_takes_out_what_cannot_be_seen_or_stored() -> None:
    assert clean(" a\x00b\u202ec\u2066d\x1b\ufeff ") == "abcd"
    assert clean("two\r\nlines") == "two\nlines"
    assert clean("Zürich\u00a0AG") == "Zürich\u00a0AG"


@given(st.text())
def test_cleaned_text_can_be_stored_and_is_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\x00" not in cleaned and "\u202e" not in cleaned
    cleaned.encode("utf-8")


@given(st.text(max_size=50))
def test_a_key_is_stable(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text) or len(name_key(text).split()) > 1


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|'/c calc'!A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+49 ", "12", "a=b", "", "-1.5", "plain"])
def test_plain_cells_stay(text: str) -> None:
    assert safe_cell(text) == text or text == "+49 "


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b[31m", "\x7f", "\x9b", "\u202e", "\u2066", "\ud800"])
def test_what_does_not_show_as_it_reads_is_unsafe(mark: str) -> None:
    assert unsafe(f"a{mark}b")


@given(st.text())
def test_whatever_is_cleaned_is_safe(value: str) -> None:
    assert unsafe(clean(value)) is None


@pytest.mark.parametrize("text", ["", "Zoë Müller\n\tline", "שלום", "日本", "a\u200bb", "🙂", "x\r\ny"])
def test_what_people_write_is_safe(text: str) -> None:
    assert unsafe(text) is None


def test_a_number_and_its_word_agree() -> None:
    assert [counted(each, "meeting") for each in (0, 1, 1204)] == [
        "0 meetings",
        "1 meeting",
        "1,204 meetings",
    ]
    assert (counted(1, "person"), counted(2, "person")) == ("1 person", "2 people")
    assert (by_number(1, "waits", "wait"), by_number(3, "waits", "wait")) == ("waits", "wait")


def test_a_share_is_written_one_way() -> None:
    assert (percent(0.875), percent(0.875, 1), percent(1)) == ("88 %", "87.5 %", "100 %")
