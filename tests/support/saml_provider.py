"""An identity provider of our own that speaks SAML 2.0 over a browser's forms and address line, and lies on request.

It is a function of the question: `answer` is the form that a browser would post back. `Lies` are what a broken, attacked or
hostile provider, or somebody in between, would send.
"""

from __future__ import annotations

import base64
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import DigestAlgorithm, SignatureMethod, XMLSigner
from signxml.algorithms import CanonicalizationMethod

from remit.connectors.saml import messages
from remit.connectors.saml.documents import METADATA, PROTOCOL, SAML, SIGNATURE
from remit.connectors.saml.keys import OwnKey
from remit.kit import clock

ENTITY = "https://idp.northlake.example/saml"
SIGN_ON, LOGOUT = f"{ENTITY}/sso", f"{ENTITY}/slo"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
Change = Callable[[Any], None]


@dataclass
class Lies:
    """What differs from a good answer. `before`: done to the response before it is signed; `after`: to it when it is; `text`: to its bytes."""

    before: Change = lambda _root: None
    after: Change = lambda _root: None
    text: Callable[[bytes], bytes] = lambda raw: raw
    signs: tuple[str, ...] = ("Assertion",)
    by_stranger: bool = False
    sha1: bool = False
    c14n: str = "http://www.w3.org/2001/10/xml-exc-c14n#"


@dataclass
class Person:
    """Somebody with an account at the provider."""

    subject: str
    email: str
    name: str = "Somebody"
    groups: tuple[str, ...] = ()
    format: str = PERSISTENT


class _OldSigner(XMLSigner):
    def check_deprecated_methods(self) -> None:
        """Lets SHA-1 through, for the lie."""


def make_key(*, days: int = 365, from_days: int = -1) -> OwnKey:
    """A key and its certificate."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now + timedelta(days=from_days))
        .not_valid_after(now + timedelta(days=days)).sign(private, hashes.SHA256())
    )  # fmt: skip
    return OwnKey(private, base64.b64encode(made.public_bytes(Encoding.DER)).decode())


@dataclass
class SamlProvider:
    """The provider's state: its keys (the first signs), who sits at the browser, and how it lies."""

    keys: list[OwnKey] = field(default_factory=lambda: [make_key()])
    person: Person = field(default_factory=lambda: Person("sub-0", "nobody@northlake.example"))
    lies: Lies = field(default_factory=Lies)
    stranger: OwnKey = field(default_factory=make_key)

    def metadata(self) -> str:
        """Its description."""
        keys = "".join(
            f'<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{SIGNATURE}"><ds:X509Data><ds:X509Certificate>'
            f"{one.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
            for one in self.keys
        )
        redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        return (
            f'<EntityDescriptor xmlns="{METADATA}" entityID="{ENTITY}"><IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}">'
            f'{keys}<SingleLogoutService Binding="{redirect}" Location="{LOGOUT}"/>'
            f'<SingleSignOnService Binding="{redirect}" Location="{SIGN_ON}"/></IDPSSODescriptor></EntityDescriptor>'
        )

    def answer(self, address: str) -> dict[str, str]:
        """The form that the browser, sent to `address`, brings back to us."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        asked = opened(query["SAMLRequest"])
        root = response(self.person, asked)
        self.lies.before(root)
        root = self._signed(root)
        self.lies.after(root)
        raw = self.lies.text(etree.tostring(root))
        return {"SAMLResponse": base64.b64encode(raw).decode(), "RelayState": query.get("RelayState", "")}

    def _signed(self, root: Any) -> Any:
        key = self.stranger if self.lies.by_stranger else self.keys[0]
        kind = _OldSigner if self.lies.sha1 else XMLSigner
        for name in self.lies.signs:
            element = root if name == "Response" else root.find(f"{{{SAML}}}{name}")
            mark = etree.Element(f"{{{SIGNATURE}}}Signature", nsmap={"ds": SIGNATURE}, Id="placeholder")
            element.insert(1, mark)  # after the Issuer, as the schema has it
            signer = kind(
                signature_algorithm=SignatureMethod.RSA_SHA1
                if self.lies.sha1
                else SignatureMethod.RSA_SHA256,
                digest_algorithm=DigestAlgorithm.SHA1 if self.lies.sha1 else DigestAlgorithm.SHA256,
                c14n_algorithm=CanonicalizationMethod(self.lies.c14n),
            )
            done = signer.sign(element, key=key.private, cert=None, reference_uri=f"#{element.get('ID')}", always_add_key_value=False)  # fmt: skip
            if name == "Response":
                root = done
            else:
                root.replace(element, done)
        return root

    def logout_address(
        self, to: str, subject: str, sid: str = "", *, key: OwnKey | None = None, **over: Any
    ) -> str:
        """Where the browser is sent when somebody signs out at the provider: to us, with its signed request."""
        root = messages.logout_request(
            over.get("identifier", f"_{secrets.token_hex(16)}"), over.get("now", clock.now()), over.get("issuer", ENTITY),
            over.get("destination", to), {"name_id": subject, "sid": sid},
        )  # fmt: skip
        return messages.address(to, "SAMLRequest", root, "back here", key or self.keys[0])


def opened(message: str) -> Any:
    """A message of ours from the address line."""
    return etree.fromstring(zlib.decompress(base64.b64decode(message), -15))


def response(person: Person, asked: Any) -> Any:
    """A good answer, not yet signed."""
    now = datetime.now(UTC)
    at, until = f"{now:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z", f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    acs, question = asked.get("AssertionConsumerServiceURL"), asked.get("ID")
    us = asked.findtext(f"{{{SAML}}}Issuer")
    values = "".join(f"<saml:AttributeValue>{one}</saml:AttributeValue>" for one in person.groups)
    many = f'<saml:Attribute Name="groups">{values}</saml:Attribute>' if person.groups else ""
    return etree.fromstring(
        f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{SAML}" ID="_{secrets.token_hex(8)}" Version="2.0" IssueInstant="{at}"'
        f' Destination="{acs}" InResponseTo="{question}"><saml:Issuer>{ENTITY}</saml:Issuer><samlp:Status>'
        f'<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f'<saml:Assertion ID="_{secrets.token_hex(8)}" Version="2.0" IssueInstant="{at}"><saml:Issuer>{ENTITY}</saml:Issuer>'
        f'<saml:Subject><saml:NameID Format="{person.format}">{person.subject}</saml:NameID>'
        f'<saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData InResponseTo="{question}"'
        f' NotOnOrAfter="{until}" Recipient="{acs}"/></saml:SubjectConfirmation></saml:Subject>'
        f'<saml:Conditions NotBefore="{at}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{us}</saml:Audience>'
        f"</saml:AudienceRestriction></saml:Conditions>"
        f'<saml:AuthnStatement AuthnInstant="{at}" SessionIndex="sid-{person.subject}"><saml:AuthnContext><saml:AuthnContextClassRef>'
        f"urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        f'<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>{person.email}</saml:AttributeValue>'
        f'</saml:Attribute><saml:Attribute Name="name"><saml:AttributeValue>{person.name}</saml:AttributeValue></saml:Attribute>'
        f"{many}</saml:AttributeStatement></saml:Assertion></samlp:Response>"
    )
