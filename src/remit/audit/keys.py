"""The keys that sign tree heads: made here, kept in a file outside the database, rotated by endorsement.

The private key lives in REMIT_HOME/secrets/audit-<key_id>.key (mode 0600); the database holds public keys
only. Whoever has the database alone cannot sign a rewritten history; whoever has both is caught by a witness.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, text

from remit.audit.record import format_instant
from remit.audit.verify import fingerprint, key_statement, signed_bytes
from remit.kit import clock

FOLDER: Final = "secrets"
PINS: Final = "audit-trusted-keys"


class AuditKeyMissing(RuntimeError):
    """The database names a signing key whose file is not on this machine."""

    code = "audit_key_missing"


class AuditKeyUnusable(RuntimeError):
    """The key file cannot be read, is no Ed25519 key, or is not the key that its name says."""

    code = "audit_key_unusable"


UNUSABLE: Final = (AuditKeyMissing, AuditKeyUnusable)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in memory; `key_id` is the fingerprint of its public half."""

    key_id: str
    private: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, kind: str, payload: dict[str, Any]) -> bytes:
        """64 bytes over a statement of `kind` (head, key, export)."""
        return self.private.sign(signed_bytes(kind, payload))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A row of `remit.audit_keys`."""

    key_id: str
    public_key: bytes
    created_at: datetime
    retired_at: datetime | None
    endorsed_by: str | None
    endorsement: bytes | None

    def exported(self) -> dict[str, Any]:
        """The form in which exports carry it and endorsements sign it."""
        return {
            "key_id": self.key_id,
            "public_key": self.public_key.hex(),
            "created_at": format_instant(self.created_at),
            "endorsed_by": self.endorsed_by,
            "endorsement": self.endorsement.hex() if self.endorsement else None,
        }


def signature_holds(public_key: bytes, kind: str, payload: dict[str, Any], signature: bytes) -> bool:
    """Whether `signature` over the statement is by the holder of `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed_bytes(kind, payload))
    except (InvalidSignature, ValueError):
        return False
    return True


def create(home: Path) -> SigningKey:
    """Make a key pair and keep the private half under `home`; its id goes on the list of trusted keys."""
    private = Ed25519PrivateKey.generate()
    key = SigningKey(fingerprint(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), private)
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(path_of(home, key.key_id), pem)
    trust(home, key.key_id)
    return key


def path_of(home: Path, key_id: str) -> Path:
    """Where the private half of `key_id` is kept."""
    return home / FOLDER / f"audit-{key_id}.key"


def load(home: Path, key_id: str) -> SigningKey:
    """Read a private key. Raises AuditKeyMissing, AuditKeyUnusable."""
    path = path_of(home, key_id)
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        raise AuditKeyMissing(
            f"the audit log is signed with key {key_id}, whose file {path.name} is not in {path.parent}: "
            "bring the file back, or start a new key with `remit audit rotate-key --lost`"
        ) from None
    except OSError as error:
        raise AuditKeyUnusable(f"{path} cannot be read: {error.strerror}") from error
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise AuditKeyUnusable(f"{path} does not hold a private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise AuditKeyUnusable(f"{path} does not hold an Ed25519 key")
    key = SigningKey(key_id, private)
    if fingerprint(key.public_key) != key_id:
        raise AuditKeyUnusable(f"{path} holds another key than its name says")
    return key


def listed(connection: Connection) -> list[PublicKey]:
    """All keys ever used, oldest first."""
    rows = connection.execute(
        text(
            "SELECT key_id, public_key, created_at, retired_at, endorsed_by, endorsement "
            "FROM remit.audit_keys ORDER BY created_at, key_id"
        )
    )
    return [
        PublicKey(
            row.key_id,
            bytes(row.public_key),
            row.created_at,
            row.retired_at,
            row.endorsed_by,
            None if row.endorsement is None else bytes(row.endorsement),
        )
        for row in rows
    ]


def current(connection: Connection, home: Path) -> SigningKey:
    """The key that signs now; the very first use makes one. Raises AuditKeyMissing, AuditKeyUnusable.

    A missing file is never replaced silently: a new key without the old one's endorsement is what an
    attacker would bring.
    """
    alive = [key for key in listed(connection) if key.retired_at is None]
    if alive:
        return load(home, alive[-1].key_id)
    key = create(home)
    _insert(connection, key, clock.now(), None)
    return key


def rotate(connection: Connection, home: Path, lost: bool = False) -> tuple[str | None, SigningKey]:
    """Start a new key, endorsed by the old one, and retire the old. Gives (old key id, new key).

    With `lost` the old private key is gone and the new one stands without endorsement: verification says
    so wherever the new key is not trusted by name. Raises AuditKeyMissing when it is gone and `lost` is not set.
    """
    alive = [key for key in listed(connection) if key.retired_at is None]
    old_id = alive[-1].key_id if alive else None
    endorser = load(home, old_id) if old_id and not lost else None
    now = clock.now()
    key = create(home)
    _insert(connection, key, now, endorser)
    connection.execute(
        text("UPDATE remit.audit_keys SET retired_at = :now WHERE retired_at IS NULL AND key_id <> :new"),
        {"now": now, "new": key.key_id},
    )
    return old_id, key


def trust(home: Path, key_id: str) -> None:
    """Note on this machine, outside the database, that heads by `key_id` are ours."""
    path = home / FOLDER / PINS
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if key_id in trusted(home):
        return
    with path.open("a", encoding="ascii") as pins:
        pins.write(key_id + "\n")
        pins.flush()
        os.fsync(pins.fileno())


def trusted(home: Path) -> tuple[str, ...]:
    """The key ids noted on this machine; empty when none are."""
    path = home / FOLDER / PINS
    return tuple(path.read_text("ascii").split()) if path.exists() else ()


def _insert(connection: Connection, key: SigningKey, now: datetime, endorser: SigningKey | None) -> None:
    row = PublicKey(key.key_id, key.public_key, now, None, endorser.key_id if endorser else None, None)
    endorsement = endorser.sign("key", key_statement(row.exported())) if endorser else None
    connection.execute(
        text(
            "INSERT INTO remit.audit_keys (key_id, public_key, created_at, endorsed_by, endorsement) "
            "VALUES (:key_id, :public_key, :created_at, :endorsed_by, :endorsement)"
        ),
        {
            "key_id": row.key_id,
            "public_key": row.public_key,
            "created_at": now,
            "endorsed_by": row.endorsed_by,
            "endorsement": endorsement,
        },
    )


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
