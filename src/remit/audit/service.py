"""The sealer as a service: what the worker runs, and sealing at once for a command that needs it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text

from remit import settings
from remit.audit import keys, seal, witness
from remit.db import engines
from remit.db.location import Role

_PAUSE_SECONDS: Final = 0.05


def run(stop: threading.Event) -> None:
    """Seal until `stop` is set, and hand heads to the witnesses of the settings. Blocks: give it a thread.

    Any number of processes may run it; they take turns by a lock in the database.
    """
    chosen = settings.load()
    messenger = witness.Messenger(witness.configured(chosen.audit_witness_file, chosen.audit_witness_url))
    carrier = threading.Thread(target=messenger.run, args=(stop,), name="audit-witness", daemon=True)
    carrier.start()
    seal.Sealer(engines.engine(Role.WRITER), chosen.home, on_head=messenger.offer).run(stop)
    carrier.join(timeout=witness.TIMEOUT_SECONDS)


def seal_now(engine: Engine, home: Path, patience_seconds: float = 5.0) -> bool:
    """Seal what waits, together with any sealer that is at work. Whether nothing waits any more.

    Raises AuditKeyMissing, AuditKeyUnusable.
    """
    until = time.monotonic() + patience_seconds
    while True:
        seal.seal_all(engine, home)
        with engine.connect() as connection:
            if not connection.execute(text("SELECT EXISTS (SELECT FROM remit.audit_pending)")).scalar():
                return True
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_SECONDS)


def signing_key(engine: Engine, home: Path) -> keys.SigningKey | None:
    """The key that signs now, None where its file is not on this machine. Raises AuditKeyUnusable."""
    with engine.connect() as connection:
        alive = [key for key in keys.listed(connection) if key.retired_at is None]
    if not alive or not keys.path_of(home, alive[-1].key_id).exists():
        return None
    return keys.load(home, alive[-1].key_id)
