"""Where the database is and how each role signs in to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import URL

DATABASE = "remit"


class Role(StrEnum):
    """The three roles of the application. None is a superuser, none may bypass row-level security."""

    OWNER = "remit_owner"  # owns the schema; migrations only
    WRITER = "remit_writer"  # the transactions of actions.perform
    READER = "remit_reader"  # every query


@dataclass(frozen=True)
class Location:
    """One database. `host` is a host name or, for the embedded server, the folder of its socket."""

    host: str
    port: int
    passwords: dict[Role, str] = field(repr=False)
    database: str = DATABASE
    options: dict[str, str] = field(default_factory=dict, repr=False)

    def url(self, role: Role) -> URL:
        """SQLAlchemy URL that signs in as `role`."""
        return URL.create(
            "postgresql+psycopg",
            username=role.value,
            password=self.passwords[role],
            host=None if self.host.startswith("/") else self.host,
            port=None if self.host.startswith("/") else self.port,
            database=self.database,
            query=self._query(),
        )

    def conninfo(self, role: Role) -> dict[str, Any]:
        """Keyword arguments for `psycopg.connect` as `role`."""
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": role.value,
            "password": self.passwords[role],
            **self.options,
        }

    def libpq_url(self, role: Role) -> str:
        """A `postgresql://` URL with its password, for libraries that take a string."""
        return self.url(role).set(drivername="postgresql").render_as_string(hide_password=False)

    def named(self, database: str) -> Location:
        """The same server and roles, another database (a test's clone)."""
        return replace(self, database=database)

    def described(self) -> str:
        """For people; without secrets."""
        where = "embedded server" if self.host.startswith("/") else f"{self.host}:{self.port}"
        return f"{self.database} on {where}"

    def _query(self) -> dict[str, str]:
        if self.host.startswith("/"):
            return {"host": self.host, "port": str(self.port), **self.options}
        return dict(self.options)
