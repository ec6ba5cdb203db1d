"""What we ask of the provider, and what it asks of us, over the browser's address line (HTTP-Redirect binding), signed.

The signature of that binding is over the query as it was sent, so it is checked on the very characters.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import quote, unquote_plus, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree

from remit.connectors.saml.documents import PROTOCOL, SAML, SamlRefused, decode, parse
from remit.connectors.saml.keys import OwnKey
from remit.kit.certificates import Certificate

Kind = Literal["SAMLRequest", "SAMLResponse"]
_RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_RSA: Final = {f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}": kind
               for bits, kind in ((256, hashes.SHA256), (384, hashes.SHA384), (512, hashes.SHA512))}  # fmt: skip
_EC: Final = {f"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha{bits}": kind
              for bits, kind in ((256, hashes.SHA256), (384, hashes.SHA384), (512, hashes.SHA512))}  # fmt: skip
_SPACES: Final = {"samlp": PROTOCOL, "saml": SAML}
MAX_RELAY: Final = 1000
"""Longer than the standard's 80 bytes: some providers send more."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the provider whose signature held, and what it wants to have back with the answer."""

    root: Any
    relay: str


def authn_request(identifier: str, now: datetime, own: str, destination: str, acs: str) -> Any:
    """The question: who is at this browser?"""
    root = _message("AuthnRequest", identifier, now, own, destination)
    root.set("AssertionConsumerServiceURL", acs)
    root.set("ProtocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST")
    etree.SubElement(root, f"{{{PROTOCOL}}}NameIDPolicy", AllowCreate="true")
    return root


def logout_request(identifier: str, now: datetime, own: str, destination: str, name: dict[str, str]) -> Any:
    """Whoever signed on with this name signs out; `name` as the provider gave it (assertion.Proved.hint)."""
    root = _message("LogoutRequest", identifier, now, own, destination)
    kept = {key: name[key] for key in ("Format", "NameQualifier", "SPNameQualifier") if name.get(key)}
    etree.SubElement(root, f"{{{SAML}}}NameID", **kept).text = name.get("name_id", "")
    if name.get("sid"):
        etree.SubElement(root, f"{{{PROTOCOL}}}SessionIndex").text = name["sid"]
    return root


def logout_response(identifier: str, now: datetime, own: str, destination: str, answers: str) -> Any:
    """Done: whoever was named is signed out here."""
    root = _message("LogoutResponse", identifier, now, own, destination)
    root.set("InResponseTo", answers)
    status = etree.SubElement(root, f"{{{PROTOCOL}}}Status")
    etree.SubElement(status, f"{{{PROTOCOL}}}StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Success")
    return root


def _message(kind: str, identifier: str, now: datetime, own: str, destination: str) -> Any:
    root = etree.Element(f"{{{PROTOCOL}}}{kind}", nsmap=_SPACES)
    root.set("ID", identifier)
    root.set("Version", "2.0")
    root.set("IssueInstant", f"{now:%Y-%m-%dT%H:%M:%SZ}")
    root.set("Destination", destination)
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = own
    return root


def address(destination: str, kind: Kind, message: Any, relay: str, key: OwnKey) -> str:
    """Where the browser is sent with this message, signed by us."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(etree.tostring(message)) + packed.flush()
    parts = {kind: base64.b64encode(body).decode()} | ({"RelayState": relay} if relay else {})
    query = "&".join(
        f"{name}={quote(value, safe='')}" for name, value in (parts | {"SigAlg": _RSA_SHA256}).items()
    )
    mark = base64.b64encode(key.private.sign(query.encode(), PKCS1v15(), hashes.SHA256())).decode()
    joined = "&" if urlsplit(destination).query else "?"
    return f"{destination}{joined}{query}&Signature={quote(mark, safe='')}"


def received(query: str, kind: Kind, keys: Sequence[Certificate], now: datetime) -> Received:
    """The message in our own address's query, once the provider's signature on it holds. Raises SamlRefused."""
    raw: dict[str, str] = {}
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        if name in raw:
            raise SamlRefused("parameter_twice")
        raw[name] = value
    if not {kind, "SigAlg", "Signature"} <= raw.keys():
        raise SamlRefused("signature_missing")
    order = [name for name in (kind, "RelayState", "SigAlg") if name in raw]
    _check_mark("&".join(f"{name}={raw[name]}" for name in order).encode(), raw, keys, now)
    relay = unquote_plus(raw.get("RelayState", ""))
    if len(relay) > MAX_RELAY or not relay.isprintable():
        raise SamlRefused("relay_unusable")
    return Received(parse(decode(unquote_plus(raw[kind]), inflate=True)), relay)


def _check_mark(content: bytes, raw: dict[str, str], keys: Sequence[Certificate], now: datetime) -> None:
    method = unquote_plus(raw["SigAlg"])
    if method not in _RSA and method not in _EC:
        raise SamlRefused("algorithm_not_allowed")
    try:
        mark = base64.b64decode(unquote_plus(raw["Signature"]), validate=True)
    except (binascii.Error, ValueError):
        raise SamlRefused("signature_wrong") from None
    for known in keys:
        if not known.valid_from <= now <= known.valid_until:
            continue
        key = known.loaded().public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey) and method in _RSA:
                return key.verify(mark, content, PKCS1v15(), _RSA[method]())
            if isinstance(key, ec.EllipticCurvePublicKey) and method in _EC:
                return key.verify(mark, content, ec.ECDSA(_EC[method]()))
        except InvalidSignature:
            continue
    raise SamlRefused("signature_wrong")
