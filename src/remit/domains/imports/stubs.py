"""Bare rows for what files name and none describes: a rep known by name only, a customer named on its deals."""

from __future__ import annotations

from uuid import UUID

from remit.domains.imports.references import references_to
from remit.domains.imports.shapes import UNASSIGNED
from remit.domains.imports.staging import Stage
from remit.domains.imports.statements import run
from remit.kit.ids import imported_id
from remit.kit.text import name_key, shorten


def make_stubs(stage: Stage, entity: str, source: str, import_id: UUID, only_within: bool) -> int:
    """Make a row for each unresolved value of `map_<entity>` and resolve it; returns how many.

    `only_within`: only for references inside the entity itself (managers that a list of reps names).
    """
    driver = stage.driver
    used = [
        each for each in references_to(stage, entity) if not only_within or each.file.plan.entity == entity
    ]
    if not used:
        return 0
    values = " UNION ".join(f"SELECT {each.column} FROM {each.file.table}" for each in used)
    made: dict[str, tuple[UUID, str]] = {}
    found = run(
        driver, f"SELECT value, key FROM map_{entity} WHERE id IS NULL AND key <> '' AND value IN ({values})"
    ).fetchall()
    groups: dict[str, list[str]] = {}
    for value, key in sorted(found):
        groups.setdefault(key, []).append(value)
    for key, spellings in groups.items():
        name = spellings[0]
        external = (name_key(name) if entity in ("accounts", "people", "products", "competitors") else name)[
            :500
        ]
        made[key] = (imported_id(entity, source, external), name)
        _insert(stage, entity, source, import_id, made[key][0], shorten(name, 500), external)
    for key, (id_, name) in made.items():
        run(
            driver,
            f"UPDATE map_{entity} SET id = %s, name = %s WHERE id IS NULL AND key = %s",
            (id_, name, key),
        )
    if entity == "accounts" and made:
        _place(stage, import_id)
    return len(made)


def _insert(
    stage: Stage, entity: str, source: str, import_id: UUID, id_: UUID, name: str, external: str
) -> None:
    columns, values = {
        "people": ("kind", "'person'"),
        "accounts": ("name_key, access_id", f"%(key)s, {UNASSIGNED}"),
        "products": ("family", "''"),
        "competitors": ("name_key", "%(key)s"),
    }[entity]
    run(
        stage.driver,
        f"""INSERT INTO remit.{entity} (id, name, source, external_id, import_id, extra, {columns})
        VALUES (%(id)s, %(name)s, %(source)s, %(external)s, %(import)s, '{{"named_only": true}}', {values})
        ON CONFLICT DO NOTHING""",
        {"id": id_, "name": name, "source": source, "external": external, "import": import_id, "key": name_key(name) or name.lower()},
    )  # fmt: skip


def _place(stage: Stage, import_id: UUID) -> None:
    """A bare account stands in the territory of an owner of the rows that name it, if one has a territory."""
    for each in references_to(stage, "accounts"):
        if not each.file.has("owner") or each.file.plan.entity == "accounts":
            continue
        run(
            stage.driver,
            f"""UPDATE remit.accounts t SET access_id = f.access_id, owner_id = coalesce(t.owner_id, f.owner_id) FROM (
                SELECT DISTINCT ON (m.id) m.id, pa.access_id, p.id AS owner_id FROM {each.file.table} s
                JOIN map_accounts m ON m.value = s.{each.column} JOIN map_people p ON p.value = s.owner
                JOIN person_access pa ON pa.person_id = p.id ORDER BY m.id, s.n DESC) f
            WHERE t.id = f.id AND t.import_id = %s AND t.extra ? 'named_only' AND t.access_id = {UNASSIGNED}""",
            (import_id,),
        )
    run(
        stage.driver,
        "UPDATE map_accounts m SET access_id = t.access_id FROM remit.accounts t WHERE t.id = m.id",
    )
