"""Move the schema between revisions with Alembic, as the owner, one starter at a time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from remit.db.location import Location, Role

if TYPE_CHECKING:  # loaded when needed: web and worker never migrate
    from alembic.config import Config
    from alembic.script import ScriptDirectory

LOCK: Final = 0x52454D4D  # advisory lock "REMM": one migration at a time
ATTEMPTS: Final = 8
LOCK_MS: Final = 2_000  # a migration gives up its place in the queue rather than block everybody behind it

log = structlog.get_logger(__name__)


def folder() -> Path:
    """The folder with env.py and versions/: beside src in a checkout, inside the package when installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parent.parent / "migrations"


def config() -> Config:
    """Alembic's configuration; there is no alembic.ini."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(folder()).replace("%", "%%"))
    return made


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config())


def head() -> str | None:
    """The newest revision in the code; None when there is none yet."""
    return _scripts().get_current_head()


def knows(revision: str) -> bool:
    """Whether the code has `revision`: a database at it can be used or migrated."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def current(location: Location) -> str | None:
    """The revision that the database is at."""
    engine = create_engine(location.url(Role.OWNER), poolclass=NullPool)
    with engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('remit.alembic_version')")) is None:
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM remit.alembic_version"))
        return found


def upgrade(location: Location, revision: str = "head") -> None:
    """Migrate up. Waits for another migrator, retries when a lock cannot be had in time."""
    _migrate(location, "upgrade", revision)


def downgrade(location: Location, revision: str) -> None:
    """Migrate down to `revision` (`base` removes everything)."""
    _migrate(location, "downgrade", revision)


def _migrate(location: Location, direction: str, revision: str) -> None:
    engine = create_engine(location.url(Role.OWNER), poolclass=NullPool)
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    _run(location, direction, revision)
                    return
                except OperationalError as error:
                    if "lock timeout" not in str(error) or attempt == ATTEMPTS:
                        raise
                    log.warning("migration waits for a lock", attempt=attempt)
                    time.sleep(min(0.25 * 2**attempt, 5))
        finally:
            guard.rollback()
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


def _run(location: Location, direction: str, revision: str) -> None:
    from alembic import command

    options = f"-c lock_timeout={LOCK_MS} -c search_path=remit,public"
    engine = create_engine(
        location.url(Role.OWNER),
        poolclass=NullPool,
        connect_args={"options": options, "application_name": "remit migrate"},
    )
    with engine.connect() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        getattr(command, direction)(settings, revision)
        connection.commit()
