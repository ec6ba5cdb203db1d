"""The finders one by one: what each takes, and the look-alike beside it that it leaves."""

from __future__ import annotations

import pytest

from remit.llm.handling import addresses, clients, contact, credentials, identifiers, sentences
from remit.llm.handling.classify import classify
from remit.llm.handling.spans import Found, resolve

NAMES = ("Harrow Point Capital LLC", "The Larkspur Asset Management Ltd.", "Global Partners", "Quillfeather")


def words(found, text: str) -> list[tuple[str, str]]:
    return [(each.type, text[each.start : each.end]) for each in found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Harrow Point Capital called", ["Harrow Point Capital"]),
        ("HARROW POINT CAPITAL, LLC called", ["HARROW POINT CAPITAL, LLC"]),
        ("I met Harrow Point's CFO", ["Harrow Point"]),
        ("Larkspur, larkspur and quillfeather", ["Larkspur", "quillfeather"]),
        ("Quilfeather wrote", ["Quilfeather"]),
        ("our global partners agree", ["global partners"]),
        ("Global warming", []),
        ("a harrow and a point", []),
    ],
)
def test_client_names_in_other_spellings(text: str, said: list[str]) -> None:
    assert [word for _, word in words(clients.find(text, NAMES), text)] == said


def test_no_names_no_finds_and_short_names_are_not_looked_for() -> None:
    assert list(clients.find("Abc and Harrow", ())) == []
    assert list(clients.find("Abc", ("ABC",))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("password: hunter2!Green", [("PASSWORD", "hunter2!Green")]),
        ("the password for the portal is Zeppelin#77.", [("PASSWORD", "Zeppelin#77")]),
        ("pin 884421", [("PASSWORD", "884421")]),
        ("postgres://trader:s3cr3tPw@db/orders", [("PASSWORD", "s3cr3tPw")]),
        ("AKIAABCDEFGHIJKLMNOP", [("API_KEY", "AKIAABCDEFGHIJKLMNOP")]),
        ("I forgot my password again", []),
        ("The password policy asks for twelve characters", []),
        ("token standards differ", []),
    ],
)
def test_credentials(text: str, found: list[tuple[str, str]]) -> None:
    assert words(credentials.find(text), text) == found


def test_a_private_key_is_found_whole() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg\n+kq/hkiG9w0==\n-----END RSA PRIVATE KEY-----"
    assert words(credentials.find(f"see {key} there"), f"see {key} there")[0] == ("PRIVATE_KEY", key)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IBAN DE89 3704 0044 0532 0130 00 please", ["DE89 3704 0044 0532 0130 00"]),
        ("the part DE89370400440532013001 is worn", []),
        ("card 4539 1488 0343 6467", ["4539 1488 0343 6467"]),
        ("account number 4471-882093", ["4471-882093"]),
        ("Account number format is eight digits", []),
        ("Ticket 4471882093 is closed", []),
        ("our account team has 12 people", []),
    ],
)
def test_accounts(text: str, found: list[str]) -> None:
    kinds = ("IBAN_CODE", "CREDIT_CARD", "ACCOUNT_NUMBER")
    assert [word for kind, word in words(identifiers.find(text), text) if kind in kinds] == found


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("call me on +44 20 7946 0958 please", "PHONE_NUMBER", "+44 20 7946 0958"),
        ("Tel: 0455 32 11 90", "PHONE_NUMBER", "0455 32 11 90"),
        ("Office: (212) 555-0147 x12", "PHONE_NUMBER", "(212) 555-0147 x12"),
        ("write to j.roe+x@desk.example now", "EMAIL_ADDRESS", "j.roe+x@desk.example"),
        ("from 192.0.2.17 at", "IP_ADDRESS", "192.0.2.17"),
        ("she turned 52 in May", "AGE", "52"),
    ],
)
def test_contacts(text: str, kind: str, found: str) -> None:
    assert (kind, found) in words(contact.find(text), text)


@pytest.mark.parametrize(
    "text",
    ["revenue of 1,234,567,890", "2026-11-24 12:30:00", "between 2019-2021", "version 10.2.3", "a 4.5% rise"],
)
def test_numbers_that_are_no_telephone(text: str) -> None:
    assert not [each for each in contact.find(text) if each.type == "PHONE_NUMBER"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Send it to 14 Alder Street, Springfield, IL 62704.", "14 Alder Street, Springfield, IL 62704"),
        ("Our office is at Lindenstraße 8, 10969 Berlin", "Lindenstraße 8, 10969 Berlin"),
        ("P.O. Box 242, Geneva", "P.O. Box 242, Geneva"),
        ("She lives at 7 Mill Lane", "7 Mill Lane"),
    ],
)
def test_addresses(text: str, found: str) -> None:
    assert found in [word for _, word in words(addresses.find(text), text)]


@pytest.mark.parametrize(
    "text", ["During 2007 they grew", "We sold 20 licences in May", "Our FIX 4.4 spec is done"]
)
def test_no_addresses(text: str) -> None:
    assert list(addresses.find(text)) == []


def test_the_more_telling_class_wins_and_a_name_beside_it_stays() -> None:
    text = "Jane Roe holds DE89370400440532013000"
    both = [Found(0, len(text), "PERSON"), Found(15, len(text), "IBAN_CODE")]
    assert words(resolve(both, text), text) == [
        ("PERSON", "Jane Roe holds "),
        ("IBAN_CODE", "DE89370400440532013000"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "D\u200bE89\u200b3704004405320130\u00ad00 is their IBAN",
        "ＤＥ８９３７０４００４４０５３２０１３０００ is their IBAN",
        "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000 is their IBAN",
    ],
)
def test_what_nobody_sees_hides_nothing(text: str) -> None:
    found = [each for each in classify(text) if each.type == "IBAN_CODE"]
    assert len(found) == 1
    assert text[: found[0].start] == ""
    assert text[found[0].end :] == " is their IBAN"


def test_a_long_text_is_read_to_its_end() -> None:
    filler = "Thanks for your time yesterday. " * 2000
    text = f"{filler}Their IBAN is DE89370400440532013000."
    found = [each for each in classify(text) if each.type == "IBAN_CODE"]
    assert [text[each.start : each.end] for each in found] == ["DE89370400440532013000"]


def test_an_empty_text_has_nothing() -> None:
    assert classify("") == []


def test_a_run_of_signs_hides_nothing_and_moves_nothing() -> None:
    text = "(" * 500 + " Their IBAN is DE89370400440532013000 " + "-" * 500
    found = [each for each in classify(text) if each.type == "IBAN_CODE"]
    assert [text[each.start : each.end] for each in found] == ["DE89370400440532013000"]


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("Blue Heron Capital manages $4.2bn and pays 1.5% fees to Goldman.", True),
        ("Capital manages to leave the country.", False),
        ("Our Capital Markets page runs to 40 lines and charges nothing.", False),
    ],
)
def test_a_firm_that_is_in_no_records_is_somebody_by_its_name(text: str, client: bool) -> None:
    assert [each.client for each in sentences.read(text)] == [client]
