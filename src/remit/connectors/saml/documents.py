"""XML that a stranger may have written: parsed without anything that could mean two things, or asked for its parts by name.

No document type, entity, comment, CDATA or processing instruction: a SAML message needs none of them, and each has been used
to make a checker read something else than what was signed.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from datetime import UTC, datetime
from typing import Any, Final

from lxml import etree

from remit.kit.text import unsafe

MAX_BYTES: Final = 256 << 10
SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE: Final = "http://www.w3.org/2000/09/xmldsig#"
_DECLARATION: Final = re.compile(r"\A\ufeff?\s*<\?xml\s[^<>]{0,200}\?>")
_INSTANT: Final = re.compile(r"\A(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)\Z")


class SamlRefused(Exception):
    """A message does not hold. `code` is stable and says why; nothing of the message itself is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the identity provider's answer was refused: {code}")
        self.code = code


def decode(text: str, *, inflate: bool = False) -> bytes:
    """The bytes of a message as a form (or, `inflate`, an address) carries it. Raises SamlRefused."""
    if len(text) > 2 * MAX_BYTES:
        raise SamlRefused("message_too_large")
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SamlRefused("message_unreadable") from None
    if inflate:
        try:
            opened = zlib.decompressobj(-15)
            raw = opened.decompress(raw, MAX_BYTES + 1)
        except zlib.error:
            raise SamlRefused("message_unreadable") from None
    if len(raw) > MAX_BYTES:
        raise SamlRefused("message_too_large")
    return raw


def parse(raw: bytes) -> Any:
    """The root element. Raises SamlRefused."""
    try:
        body = _DECLARATION.sub("", raw.decode("utf-8"), count=1)
    except UnicodeDecodeError:
        raise SamlRefused("message_unreadable") from None
    if "<!" in body or "<?" in body:
        raise SamlRefused("message_not_plain")
    # an own parser each time: lxml's are not to be shared between threads
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise SamlRefused("message_unreadable") from None
    if root.getroottree().docinfo.doctype:
        raise SamlRefused("message_not_plain")
    known: set[str] = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            if etree.QName(name).localname.lower() == "id":  # whatever a library may take for an ID
                if value in known:
                    raise SamlRefused("id_twice")
                known.add(value)
    return root


def only(parent: Any, name: str, code: str, space: str = SAML) -> Any:
    """The one child of that name. Raises SamlRefused(code) when there is none or there are several."""
    found = parent.findall(f"{{{space}}}{name}")
    if len(found) != 1:
        raise SamlRefused(code)
    return found[0]


def words(element: Any, code: str, longest: int = 1000) -> str:
    """The text of an element that has nothing but text in it. Raises SamlRefused(code)."""
    if len(element) or element.text is None:
        raise SamlRefused(code)
    text = str(element.text).strip()
    if not 0 < len(text) <= longest or unsafe(text):
        raise SamlRefused(code)
    return text


def instant(text: str | None) -> datetime | None:
    """A time of the message (UTC); None when it has none. Raises SamlRefused."""
    if text is None:
        return None
    found = _INSTANT.match(text)
    if found is None:
        raise SamlRefused("time_unreadable")
    try:
        return datetime.fromisoformat(found.group(1)).replace(tzinfo=UTC)
    except ValueError:
        raise SamlRefused("time_unreadable") from None
