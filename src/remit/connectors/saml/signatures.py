"""Whose signature stands on an element, and the element as it was signed: nobody reads anything else.

The cryptography is signxml's; where a signature may stand and what it may cover is decided here. The profile of SAML Core
5.4: a child of what it signs, one reference, to its parent's ID, no transforms but enveloped-signature and exclusive
canonicalisation without comments. What is returned was parsed again from the very bytes that were hashed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidCertificate, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from remit.connectors.saml.documents import SIGNATURE, SamlRefused
from remit.kit.certificates import Certificate

_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED: Final = f"{SIGNATURE}enveloped-signature"
METHODS: Final = frozenset(
    {
        SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
    }
)  # fmt: skip
DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_WEAK: Final = ("sha1", "md5", "dsa-sha1", "hmac")


def signed(element: Any, keys: Sequence[Certificate], now: datetime) -> Any | None:
    """`element` as one of `keys` signed it; None when it carries no signature. Raises SamlRefused when one does not hold."""
    marks = element.findall(f"{{{SIGNATURE}}}Signature")
    if not marks:
        return None
    if len(marks) > 1:
        raise SamlRefused("signature_twice")
    _shape(marks[0], element.get("ID", ""))
    alone = etree.fromstring(etree.tostring(element, with_tail=False))  # an inner element with its namespaces
    expired = False
    for key in keys:
        try:
            return _verified(alone, key, now)
        except InvalidCertificate:
            expired = True
        except (SignXMLException, UnsupportedAlgorithm, etree.LxmlError, ValueError, TypeError):
            continue  # not by this key: the next one may fit
    raise SamlRefused("certificate_expired" if expired else "signature_wrong")


def _verified(alone: Any, key: Certificate, now: datetime) -> Any:
    config = SignatureConfiguration(
        location="./", signature_methods=METHODS, digest_algorithms=DIGESTS, verification_time=now
    )
    done = XMLVerifier().verify(alone, x509_cert=key.loaded(), expect_config=config)
    assert not isinstance(done, list)  # exactly one reference was asked for
    found = done.signed_xml
    if found is None or found.tag != alone.tag or found.get("ID") != alone.get("ID"):
        raise SamlRefused("signature_elsewhere")
    return found


def _shape(mark: Any, identifier: str) -> None:
    """Refuse what a signature of SAML never looks like, before any of it is worked on."""
    info = mark.findall(f"{{{SIGNATURE}}}SignedInfo")
    references = mark.findall(f".//{{{SIGNATURE}}}Reference")
    if len(info) != 1 or len(references) != 1 or references[0].getparent() is not info[0]:
        raise SamlRefused("signature_elsewhere")
    if not identifier or references[0].get("URI") != f"#{identifier}":
        raise SamlRefused("signature_elsewhere")
    if mark.findall(f"{{{SIGNATURE}}}Object"):
        raise SamlRefused("signature_elsewhere")
    transforms = {one.get("Algorithm", "") for one in mark.iter(f"{{{SIGNATURE}}}Transform")}
    canonical = {one.get("Algorithm", "") for one in mark.iter(f"{{{SIGNATURE}}}CanonicalizationMethod")}
    if transforms != {_ENVELOPED, _EXCLUSIVE} or canonical != {_EXCLUSIVE}:
        raise SamlRefused("transform_not_allowed")
    named = [
        one.get("Algorithm", "").lower().rsplit("#", 1)[-1]
        for name in ("SignatureMethod", "DigestMethod")
        for one in mark.iter(f"{{{SIGNATURE}}}{name}")
    ]
    if len(named) != 2 or any(weak in one for one in named for weak in _WEAK):
        raise SamlRefused("algorithm_not_allowed")
