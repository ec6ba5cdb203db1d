"""References by name or id, resolved in SQL once every file is staged, so the order of files does not matter.

For each entity a temporary table `map_<entity>(value, key, id, access_id, name)` holds each distinct value that some
file refers to it by, and the row it means: by external id, else e-mail, else folded name when only one row has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from remit.db.bulk import escaped
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.staging import Stage, StagedFile
from remit.domains.imports.statements import Driver, composed, run
from remit.kit.text import fold, name_key, squash

_BATCH: Final = 10_000
SMALL: Final = frozenset({"people", "products", "competitors", "campaigns"})
"""Entities of which a firm has few: resolved through a dictionary."""
_SAID: Final = dict.fromkeys(("contacts", "leads"), "concat_ws(' ', t.first_name, t.last_name)")
STUBBED: Final = frozenset({"people", "accounts", "products", "competitors"})
"""Entities of which a bare row is made for a name that no file describes."""


@dataclass(frozen=True)
class Reference:
    """One staging column that refers to an entity."""

    file: StagedFile
    column: str


def references_to(stage: Stage, entity: str) -> list[Reference]:
    """Every staged column that refers to `entity`."""
    return [
        Reference(file, field.name)
        for file in stage.files
        for field in file.entity.fields
        if field.to == entity and file.has(field.name)
    ]


def make_map(stage: Stage, entity: str) -> None:
    """Build `map_<entity>`; call it when the entity's rows are merged."""
    driver = stage.driver
    run(
        driver,
        f"CREATE TEMPORARY TABLE map_{entity} (value text, key text, id uuid, access_id int, name text) ON COMMIT DROP",
    )
    used = references_to(stage, entity)
    if not used:
        return
    union = " UNION ".join(f"SELECT {each.column} AS value FROM {each.file.table}" for each in used)
    if stage.ids_of is not None:
        _by_ids(driver, entity, union, stage.ids_of)
    elif entity in SMALL:
        _by_dictionary(driver, entity, union)
    else:
        _by_join(driver, entity, union)
    run(driver, f"CREATE INDEX ON map_{entity} (value)")
    run(driver, f"ANALYZE map_{entity}")


def _key(entity: str, value: str) -> str:
    return squash(name_key(value)) if entity in ("accounts", "competitors") else squash(value)


def _by_dictionary(driver: Driver, entity: str, union: str) -> None:
    known: dict[tuple[str, str], Any] = {}
    email = "email" if entity == "people" else "NULL"
    only = "WHERE kind = 'person'" if entity == "people" else ""
    query = f"SELECT id, name, external_id, lower({email}) FROM remit.{ENTITIES[entity].table} {only} ORDER BY created_at, id"
    for row in run(driver, query).fetchall():
        known.setdefault(("id", row[2] or ""), row)
        known.setdefault(("email", row[3] or ""), row)
        named = ("name", _key(entity, row[1]))
        # a name that two rows share names neither
        known[named] = row if named not in known or known[named][0] == row[0] else (None, None, None, None)
    lines = []
    for (value,) in run(driver, f"SELECT DISTINCT value FROM ({union}) u WHERE value IS NOT NULL").fetchall():
        key = _key(entity, value)
        row = (
            known.get(("id", value))
            or known.get(("email", value.lower()))
            or (known.get(("name", key)) if key else None)
        )
        found = row if row is not None and row[0] is not None else (None, None)
        lines.append((value, key, found[0], found[1]))
    with (
        driver.cursor() as cursor,
        cursor.copy(composed(f"COPY map_{entity} (value, key, id, name) FROM STDIN")) as into,
    ):
        for line in lines:
            into.write_row(line)


def _by_ids(driver: Driver, entity: str, union: str, source: str) -> None:
    """What a connected CRM refers to is the row with that id of that CRM, or the row that stands for it here."""
    run(
        driver,
        f"INSERT INTO map_{entity} (value, key) SELECT DISTINCT value, '' FROM ({union}) u WHERE value IS NOT NULL",
    )
    if entity in ("stages", "activities", "prices"):
        return
    access = "t.access_id" if entity not in SMALL else "NULL"
    name = _SAID.get(entity, "t.name")
    table = f"remit.{ENTITIES[entity].table}"
    run(
        driver,
        f"""UPDATE map_{entity} m SET id = t.id, access_id = {access}, name = {name} FROM {table} t
        WHERE t.external_id = m.value AND t.source = %s AND t.source IN ('salesforce', 'hubspot')""",
        (source,),
    )
    run(
        driver,
        f"""UPDATE map_{entity} m SET id = t.id, access_id = {access}, name = {name}
        FROM remit.crm_links l JOIN {table} t ON t.id = l.record_id
        WHERE l.source = %s AND l.entity = %s AND l.external_id = m.value""",
        (source, entity),
    )


def _by_join(driver: Driver, entity: str, union: str) -> None:
    named = entity == "accounts"
    with driver.cursor(name=f"values_{entity}") as values:
        values.execute(composed(f"SELECT DISTINCT value FROM ({union}) u WHERE value IS NOT NULL"))
        while batch := values.fetchmany(_BATCH):
            text = "".join(
                f"{escaped(v)}\t{escaped(_key(entity, v) if named else v.lower())}\n" for (v,) in batch
            )
            with (
                driver.cursor() as cursor,
                cursor.copy(composed(f"COPY map_{entity} (value, key) FROM STDIN")) as into,
            ):
                into.write(text)
    table = f"remit.{ENTITIES[entity].table}"
    name = _SAID.get(entity, "t.name")
    if entity in ("stages", "activities", "prices"):
        return
    run(
        driver,
        f"UPDATE map_{entity} m SET id = t.id, access_id = t.access_id, name = {name} FROM {table} t WHERE t.external_id = m.value",
    )
    keys = {
        "accounts": ["replace(t.name_key, ' ', '')"],
        "contacts": ["lower(t.email)", "lower(concat_ws(' ', t.first_name, t.last_name))"],
        "leads": ["lower(t.email)"],
        "opportunities": ["lower(t.name)"],
    }.get(entity, [])
    for key in keys:
        run(
            driver,
            f"""UPDATE map_{entity} m SET id = f.id, access_id = f.access_id, name = f.name
            FROM (SELECT {key} AS key, (array_agg(t.id))[1] AS id, (array_agg(t.access_id))[1] AS access_id,
                         min({name}) AS name FROM {table} t
                  WHERE {key} IN (SELECT key FROM map_{entity} WHERE id IS NULL) GROUP BY 1 HAVING count(*) = 1) f
            WHERE m.id IS NULL AND m.key = f.key AND m.key <> ''""",
        )


def describe(stage: Stage, entity: str) -> None:
    """Note on each file which names were read as another spelling, and which were not found."""
    if stage.ids_of == "hubspot" and entity == "leads":
        return  # whom it calls a contact is a lead here or a contact: one of the two is never found
    for each in references_to(stage, entity):
        spelled = run(
            stage.driver,
            f"""SELECT s.{each.column}, m.name, count(*) FROM {each.file.table} s JOIN map_{entity} m ON m.value = s.{each.column}
            WHERE m.id IS NOT NULL AND m.key <> '' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 2000""",
        ).fetchall()
        told = [
            (v, name, n)
            for v, name, n in spelled
            if name and squash(v) == squash(name) and fold(v) != fold(name)
        ]
        if entity == "accounts":
            told = [
                (v, name, n)
                for v, name, n in spelled
                if name and name_key(v) != name_key(name) and _key(entity, v) == _key(entity, name)
            ]
        for value, name, count in told[:20]:
            each.file.notes.append(f"{value!r} is read as {name!r} ({count:,} rows)")
        missing = run(
            stage.driver,
            f"""SELECT count(*), count(DISTINCT s.{each.column}), min(s.{each.column}) FROM {each.file.table} s
            JOIN map_{entity} m ON m.value = s.{each.column} WHERE m.id IS NULL""",
        ).fetchone()
        if missing and missing[0]:
            one = ENTITIES[entity].name
            each.file.notes.append(
                f"{each.column.removesuffix('_id_text')}: {missing[1]:,} of the {one} named in {missing[0]:,} rows are not known,"
                f" or more than one has the name (such as {missing[2]!r}); those rows are kept without"
            )
