"""E-mail, telephone, web and IP addresses, ages and dates: shapes, and a word near them where the shape alone says little."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.llm.handling.spans import Found

_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}\b")
_URL: Final = re.compile(r"(?:https?|ftp)://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\],]+", re.I)
_IP: Final = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\d)|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){5,7}[0-9a-fA-F]{1,4}(?![\w:])"
)
_PHONE: Final = re.compile(
    r"(?<![\w./:$€£#-])(?<!\d,)(?:(?:\+|00)\d{1,3}[ .-]?)?(?:\(\+?\d{1,5}\)[ .-]?)?\d{1,11}(?:[ .\-/]\(?\d{1,8}\)?){0,6}(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w/:]|[.,]\d|-\d|\s?%)",
    re.I,
)
_PHONE_NEAR: Final = re.compile(
    r"\b(?:phone|tel(?:ephone)?|mobile|cell|fax|desk|dial|call(?: me| us| him| her| them)?|text|ring|whatsapp|reach|answering|registered|contact|messages)\b"
    r"[^\n\d]{0,32}$|(?:\bphone|\bmobile|\bfax|\btel)\.?:?\s*$",
    re.I,
)
_PHONE_AFTER: Final = re.compile(r"^[\s-]*(?:office|fax|mobile|cell|desk|direct|home|work)\b", re.I)
_NO_PHONE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d[ -](?:19|20)\d\d|\d{3}-\d{2}-\d{4}"
)
_AGE: Final = re.compile(
    r"(?<![\w.$])(\d{1,3})(?=(?:[ -]years?[ -]old|\s?y/?o\b|\s?yrs? old|[ -]year-old))|\b(?:turn(?:s|ed|ing)?|aged?|age of|age is|age:)\s+(\d{1,3})(?![\w%.,]*\d|\s?%)"
    r"|\b(?:when|since) (?:he|she|i|they) (?:was|were|turned) (\d{1,3})\b(?! (?:percent|per|points|minutes|days))",
    re.I,
)
_MONTH: Final = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DATE: Final = re.compile(
    r"(?<![\w.,/-])(?:\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}\.?(?:,? \d{{4}})?|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b|{_MONTH}\.? \d{{4}}"
    r"|(?:19|20)\d{2}(?!\s?(?:%|bps|shares|contracts|people|words)))(?![\w/%]|[.,]\d|-\d)",
    re.I,
)
_WEEKDAY: Final = re.compile(r"(?<!last )(?<!next )(?<!every )\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")


def find(text: str) -> Iterator[Found]:
    """Everything of this file in `text`."""
    if "@" in text:
        yield from (Found(*match.span(), "EMAIL_ADDRESS") for match in _EMAIL.finditer(text))
    if "//" in text or "www." in text.lower():
        for match in _URL.finditer(text):
            yield Found(match.start(), match.start() + len(match[0].rstrip(".,;:!?")), "URL")
    yield from (Found(*match.span(), "DATE_TIME") for match in _WEEKDAY.finditer(text))
    if not any(mark.isdigit() for mark in text):
        return
    yield from (Found(*match.span(), "IP_ADDRESS") for match in _IP.finditer(text))
    for match in _AGE.finditer(text):
        place = match.lastindex or 1
        if 0 < int(match[place]) <= 115:
            yield Found(*match.span(place), "AGE")
    yield from (Found(*match.span(), "DATE_TIME") for match in _DATE.finditer(text))
    yield from _phones(text)


def _phones(text: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        written = match[0]
        digits = sum(mark.isdigit() for mark in re.split(r"x|ext", written, flags=re.I)[0])
        if not 7 <= digits <= 15 or _NO_PHONE.fullmatch(written):
            continue
        groups = re.findall(r"\d+", written)
        shaped = written.startswith(("+", "00")) and digits >= 9
        shaped = (
            shaped
            or (len(groups) >= 3 and digits >= 8 and max(map(len, groups)) <= 4)
            or written.startswith("(")
        )
        near = _PHONE_NEAR.search(text[max(0, match.start() - 60) : match.start()]) or _PHONE_AFTER.match(
            text[match.end() : match.end() + 12]
        )
        if shaped or near or (len(groups) >= 2 and text.strip() == written):
            yield Found(match.start(), match.end(), "PHONE_NUMBER", bool(near))
