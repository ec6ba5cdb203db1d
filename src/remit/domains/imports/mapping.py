"""The mapping file: what a person says about their files, over what was guessed. JSON or TOML."""

from __future__ import annotations

import fnmatch
import json
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from remit.domains.imports.entities import ENTITIES
from remit.kit.dates import Order
from remit.kit.money import CURRENCIES, Decimal_mark


class MappingInvalid(Exception):
    """A mapping file cannot be used; the message says where and what is accepted."""

    code = "mapping_invalid"


class ColumnSays(BaseModel):
    """One column. `field` "" keeps the column in `extra`; the rest overrides how its values are read."""

    model_config = ConfigDict(extra="forbid")
    field: str | None = None
    date_order: Order | None = None
    decimal_mark: Decimal_mark | None = None
    currency: str | None = None
    scale: int | None = Field(None, ge=1, le=10**9)


class FileSays(BaseModel):
    """One file (or pattern such as `deals*.csv`). `columns`: header → field name, or → details.

    `header: []` names the columns of a file that has none.
    """

    model_config = ConfigDict(extra="forbid")
    entity: str | None = None
    skip: bool = False
    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    header: list[str] | bool | None = None
    columns: dict[str, str | ColumnSays | None] = {}
    defaults: dict[str, str] = {}
    currency: str | None = None
    date_order: Order | None = None
    decimal_mark: Decimal_mark | None = None
    source: str | None = None


class MappingFile(FileSays):
    """The whole file: settings for every table at the top level, and `files` for some."""

    files: dict[str, FileSays] = {}
    on_error: Literal["stop", "keep-valid", "strict"] | None = None
    create_missing: bool = True

    def for_file(self, name: str) -> FileSays:
        """The settings for one table: those of the first pattern that fits, over the general ones."""
        general = {
            key: value
            for key, value in self.model_dump(exclude={"files", "on_error", "create_missing"}).items()
            if value
        }
        for pattern, says in self.files.items():
            if name == pattern or name.split("#")[0] == pattern or fnmatch.fnmatch(name, pattern):
                special = {key: value for key, value in says.model_dump().items() if value or value is False}
                special.setdefault("skip", False)
                return FileSays.model_validate({**general, **special})
        return FileSays.model_validate(general)


def load(path: Path) -> MappingFile:
    """Read and check a mapping file. Raises MappingInvalid."""
    try:
        text = path.read_text("utf-8-sig")
        table = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
        made = MappingFile.model_validate(table)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingInvalid(f"{path} cannot be read: {error}") from error
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingInvalid(f"{path} is neither JSON nor TOML: {error}") from error
    except (ValidationError, RecursionError) as error:
        raise MappingInvalid(f"{path}: {_told(error)}") from error
    for where, says in {"": made, **made.files}.items():
        _check(f"{path}{': ' + where if where else ''}", says)
    return made


def _told(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5])


def _check(where: str, says: FileSays) -> None:
    if says.entity is not None and says.entity not in ENTITIES:
        raise MappingInvalid(f"{where}: there is no entity {says.entity!r}; there are {', '.join(ENTITIES)}")
    currencies = [says.currency, *(c.currency for c in says.columns.values() if isinstance(c, ColumnSays))]
    for currency in currencies:
        if currency is not None and currency not in CURRENCIES:
            raise MappingInvalid(f"{where}: {currency!r} is not an ISO 4217 currency")
    if says.entity is None:
        return
    entity = ENTITIES[says.entity]
    names = [c.field if isinstance(c, ColumnSays) else c for c in says.columns.values()]
    for name in [*names, *says.defaults]:
        if name and entity.field(name) is None:
            known = ", ".join(field.name for field in entity.fields)
            raise MappingInvalid(f"{where}: {says.entity} have no field {name!r}; they have {known}")
