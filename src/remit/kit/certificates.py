"""Certificates that somebody gives us to know a signer by: read, judged, named by fingerprint. They are keys here, not a chain of trust."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

RSA_BITS: Final = 2048
EC_BITS: Final = 256
MAX_TEXT: Final = 16 << 10


class CertificateUnfit(ValueError):
    """This is no certificate, or its key is too weak; the message says which."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """`text`: base64 of the DER bytes, without line breaks. `fingerprint`: SHA-256, hex."""

    text: str
    fingerprint: str
    key: str
    valid_from: datetime
    valid_until: datetime

    def loaded(self) -> x509.Certificate:
        """For a library that checks signatures with it."""
        return x509.load_der_x509_certificate(base64.b64decode(self.text))


def read(text: str) -> Certificate:
    """A certificate from base64 (with or without PEM lines and blanks). Raises CertificateUnfit."""
    body = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    if len(body) > MAX_TEXT:
        raise CertificateUnfit("this is too long for a certificate")
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
        found = x509.load_der_x509_certificate(der)
        key = found.public_key()
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise CertificateUnfit("this is no certificate (X.509 in base64)") from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS:
        kind = f"RSA {key.key_size}"
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= EC_BITS:
        kind = f"EC {key.curve.name}"
    else:
        raise CertificateUnfit(
            f"its key is none that is taken: RSA from {RSA_BITS} bits, or EC from {EC_BITS}"
        )
    return Certificate(
        base64.b64encode(der).decode(),
        found.fingerprint(hashes.SHA256()).hex(),
        kind,
        found.not_valid_before_utc,
        found.not_valid_after_utc,
    )
