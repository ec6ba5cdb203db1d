"""The provider's metadata, as an admin brings it, and our own, as the provider takes it (SAML Metadata 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from remit.connectors.saml.documents import METADATA, PROTOCOL, SIGNATURE, SamlRefused, instant, parse
from remit.connectors.saml.keys import OwnKey
from remit.kit.certificates import Certificate, CertificateUnfit, read

_REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
MOST_KEYS: Final = 5


class MetadataUnfit(Exception):
    """This metadata cannot be used; the message says what is missing."""

    code = "saml_metadata_unfit"


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What a provider says of itself. `logout_url` "" when it offers no single logout by redirect."""

    entity_id: str
    sign_on_url: str
    logout_url: str
    logout_answer_url: str
    keys: tuple[Certificate, ...]


def read_provider(raw: bytes, now: datetime) -> ProviderMetadata:
    """The provider in a metadata document. Raises MetadataUnfit."""
    try:
        root = parse(raw)
        until = instant(root.get("validUntil"))
    except SamlRefused as refused:
        raise MetadataUnfit(
            f"This is no metadata that Remit reads ({refused.code}): XML in UTF-8 without comments and document type."
        ) from None
    if root.tag == f"{{{METADATA}}}EntitiesDescriptor":
        raise MetadataUnfit(
            "This describes several providers: give the EntityDescriptor of the one that is meant."
        )
    if root.tag != f"{{{METADATA}}}EntityDescriptor" or not root.get("entityID"):
        raise MetadataUnfit("This is no EntityDescriptor with an entityID.")
    if until is not None and until <= now:
        raise MetadataUnfit(
            "This metadata is no longer valid (validUntil is past): fetch it again from the provider."
        )
    roles = [
        one
        for one in root.findall(f"{{{METADATA}}}IDPSSODescriptor")
        if PROTOCOL in one.get("protocolSupportEnumeration", "").split()
    ]
    if len(roles) != 1:
        raise MetadataUnfit("This describes no identity provider for SAML 2.0 (one IDPSSODescriptor).")
    sign_on = _endpoint(roles[0], "SingleSignOnService")
    if sign_on is None:
        raise MetadataUnfit("The provider offers no sign-on by HTTP-Redirect, which Remit uses.")
    logout = _endpoint(roles[0], "SingleLogoutService")
    out = str(logout.get("Location", "")) if logout is not None else ""
    answer = str(logout.get("ResponseLocation") or out) if logout is not None else ""
    return ProviderMetadata(
        str(root.get("entityID")), str(sign_on.get("Location", "")), out, answer, _keys(roles[0])
    )


def _endpoint(role: Any, name: str) -> Any | None:
    found = [one for one in role.findall(f"{{{METADATA}}}{name}") if one.get("Binding") == _REDIRECT]
    return found[0] if found else None


def _keys(role: Any) -> tuple[Certificate, ...]:
    found: dict[str, Certificate] = {}
    for descriptor in role.findall(f"{{{METADATA}}}KeyDescriptor"):
        if descriptor.get("use", "signing") != "signing":
            continue
        for element in descriptor.iter(f"{{{SIGNATURE}}}X509Certificate"):
            try:
                one = read(str(element.text or ""))
            except CertificateUnfit as unfit:
                raise MetadataUnfit(f"A certificate of the provider cannot be used: {unfit}.") from None
            found[one.fingerprint] = one
    if not 0 < len(found) <= MOST_KEYS:
        raise MetadataUnfit(
            f"The provider has to show 1 to {MOST_KEYS} certificates for signing; here are {len(found)}."
        )
    return tuple(found.values())


def service_metadata(entity_id: str, acs: str, logout: str, key: OwnKey) -> bytes:
    """Our own metadata, for the provider."""
    root = etree.Element(
        f"{{{METADATA}}}EntityDescriptor", nsmap={None: METADATA, "ds": SIGNATURE}, entityID=entity_id
    )
    role = etree.SubElement(
        root, f"{{{METADATA}}}SPSSODescriptor", AuthnRequestsSigned="true", WantAssertionsSigned="true",
        protocolSupportEnumeration=PROTOCOL,
    )  # fmt: skip
    info = etree.SubElement(
        etree.SubElement(role, f"{{{METADATA}}}KeyDescriptor", use="signing"), f"{{{SIGNATURE}}}KeyInfo"
    )
    data = etree.SubElement(info, f"{{{SIGNATURE}}}X509Data")
    etree.SubElement(data, f"{{{SIGNATURE}}}X509Certificate").text = key.certificate
    etree.SubElement(role, f"{{{METADATA}}}SingleLogoutService", Binding=_REDIRECT, Location=logout)
    etree.SubElement(
        role, f"{{{METADATA}}}NameIDFormat"
    ).text = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    etree.SubElement(
        role,
        f"{{{METADATA}}}AssertionConsumerService",
        Binding=_POST,
        Location=acs,
        index="0",
        isDefault="true",
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
