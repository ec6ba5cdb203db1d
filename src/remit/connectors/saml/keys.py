"""Remit's own key towards the provider: signs what we ask of it. Made once, kept beside the other secrets of the installation."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from remit.db.secrets import folder
from remit.kit import clock

KEY_FILE: Final = "saml.pem"
VALID: Final = timedelta(days=3650)
"""The provider knows the key by its certificate, which it takes from us; the dates in it are there because the form wants them."""


@dataclass(frozen=True, slots=True)
class OwnKey:
    """`certificate`: base64 of its DER bytes, for our metadata."""

    private: rsa.RSAPrivateKey = field(repr=False)
    certificate: str


def own_key(home: Path) -> OwnKey:
    """The key, made at first use. Two processes at once agree on one."""
    return _read(folder(home) / KEY_FILE)


@lru_cache(maxsize=4)
def _read(path: Path) -> OwnKey:
    if not path.exists():
        _make(path)
    text = path.read_bytes()
    private = serialization.load_pem_private_key(text, password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key; remove it, and Remit makes a new one")
    der = x509.load_pem_x509_certificate(text).public_bytes(serialization.Encoding.DER)
    return OwnKey(private, base64.b64encode(der).decode())


def _make(path: Path) -> None:
    made = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Remit (SAML)")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(made, path)  # fails when another process was first; then we take its key
    except FileExistsError:
        pass
    finally:
        made.unlink()
