"""Staged rows into their table: new ones inserted, changed ones updated, the rest left alone. Set-based, through RLS."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.db.trouble import check_space
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.priced import keep_priced
from remit.domains.imports.shapes import Shape, shape
from remit.domains.imports.staging import Stage, StagedFile
from remit.domains.imports.statements import Driver, run

_GROWTH: Final = 3  # staged rows take this much again: table, indexes and the write-ahead log of both
_UNVERSIONED: Final = frozenset({"stages"})
# what a row must have found to be kept: (entity, column of the shape, field shown, what to say)
_MUST_REFER: Final = {
    "contacts": ("account_id", "account", "a contact needs an account that exists"),
    "prices": ("product_id", "product", "a price needs a product that exists"),
    "stages": ("opportunity_id", "opportunity", "a change of stage needs a deal that exists"),
    "members": ("campaign_id", "campaign", "a member of a campaign needs a campaign that exists"),
}
_MUST_HAVE: Final = {
    "accounts": ("name", "an account needs a name"),
    "products": ("name", "a product needs a name"),
    "campaigns": ("name", "a campaign needs a name"),
    "competitors": ("name", "a competitor needs a name"),
    "prices": ("price_minor", "a price needs an amount"),
    "stages": ("to_stage", "a change of stage needs the new stage"),
    "activities": ("at", "an activity needs a date"),
}


def merge(stage: Stage, file: StagedFile, import_id: UUID) -> None:
    """Merge one file; its counts are in `file.created` and `file.updated` afterwards."""
    driver = stage.driver
    table = f"remit.{file.entity.table}"
    file.telling.step("merging", file.row_count)
    check_space(_count(driver, f"SELECT pg_total_relation_size('{file.table}')") * _GROWTH)
    if stage.ids_of is not None:
        _known(driver, file)
    _adopt(driver, file)
    if stage.ids_of is not None:
        _link(driver, file)
    _require(stage, file)
    _only_once(stage, file)
    made = shape(file)
    _must_refer(stage, file, made)
    if file.entity.name == "members":
        _somebody(stage, file)
    if file.entity.name == "activities":
        _months(driver, file)
    if file.entity.name == "prices":
        _keep_live(driver, file)
    if file.entity.name == "products":
        keep_priced(stage, file)
    file.created = _insert(driver, table, file, made, import_id)
    staged = _count(driver, f"SELECT count(*) FROM {file.table}")
    if file.created < staged:
        file.updated = _update(driver, table, file, made, import_id)
    run(driver, f"ANALYZE {table}")


def _count(driver: Driver, text: str) -> int:
    row = run(driver, text).fetchone()
    assert row is not None
    return int(row[0])


def _adopt(driver: Driver, file: StagedFile) -> None:
    """Take over rows that stand under their name only (made by hand, or for a reference before this file came)."""
    entity = file.entity.name
    same = {
        "accounts": "t.name_key = s.name_key AND (t.source IS NULL OR t.external_id = t.name_key OR t.extra ? 'named_only')",
        "products": "lower(t.name) = lower(s.name)",
        "competitors": "t.name_key = s.name_key",
        "people": "t.kind = 'person' AND " + _same_person(file),
    }.get(entity)
    if same is None or not (file.has("name") or entity == "people"):
        return
    table = f"remit.{file.entity.table}"
    run(
        driver,
        f"""UPDATE {file.table} x SET id = f.id FROM (
            SELECT s.n, (array_agg(t.id))[1] AS id FROM {file.table} s JOIN {table} t ON {same}
            WHERE NOT EXISTS (SELECT FROM {table} k WHERE k.id = s.id) GROUP BY s.n HAVING count(*) = 1) f
        WHERE x.n = f.n""",
    )


def _known(driver: Driver, file: StagedFile) -> None:
    """Records of a CRM that another row stands for here."""
    run(
        driver,
        f"""UPDATE {file.table} x SET id = l.record_id FROM remit.crm_links l
        WHERE l.source = %s AND l.entity = %s AND l.external_id = x.external_id AND NOT l.merged""",
        (file.plan.source, file.entity.name),
    )


def _link(driver: Driver, file: StagedFile) -> None:
    """Remember which rows were taken over, so that what the CRM says of them later finds them."""
    table = f"remit.{file.entity.table}"
    run(
        driver,
        f"""INSERT INTO remit.crm_links (source, entity, external_id, record_id)
        SELECT %s, %s, s.external_id, t.id FROM {file.table} s JOIN {table} t ON t.id = s.id
        WHERE (t.source, t.external_id) IS DISTINCT FROM (%s, s.external_id) ON CONFLICT DO NOTHING""",
        (file.plan.source, file.entity.name, file.plan.source),
    )


def _same_person(file: StagedFile) -> str:
    choices = []
    if file.has("email"):
        choices.append("lower(t.email) = lower(s.email)")
    if file.has("name"):
        choices.append("lower(t.name) = lower(s.name)")
    if file.has("first_name") and file.has("last_name"):
        choices.append("lower(t.name) = lower(concat_ws(' ', s.first_name, s.last_name))")
    return "(" + (" OR ".join(choices) or "false") + ")"


def _require(stage: Stage, file: StagedFile) -> None:
    wanted = _MUST_HAVE.get(file.entity.name)
    if wanted is None:
        return
    column, says = wanted
    field = column.removesuffix("_minor")
    if file.has(column):
        stage.reject(file, f"s.{column} IS NULL", field, "NULL", f"'{says}'")
    else:
        stage.reject(file, "true", None, "NULL", f"'{says}, and no column holds it'")


def _only_once(stage: Stage, file: StagedFile) -> None:
    """The first row of an id stays; others are rejected, naming the row that they repeat."""
    twice = _count(
        stage.driver, f"SELECT count(*) FROM (SELECT FROM {file.table} GROUP BY id HAVING count(*) > 1) d"
    )
    if not twice:
        return
    run(
        stage.driver,
        f"CREATE TEMPORARY TABLE once_{file.table} ON COMMIT DROP AS SELECT id, min(n) AS n FROM {file.table} GROUP BY id HAVING count(*) > 1",
    )
    first = f"(SELECT o.n FROM once_{file.table} o WHERE o.id = s.id)"
    same = f"(SELECT x.hash FROM {file.table} x WHERE x.n = {first} AND x.id = s.id)"
    stage.reject(
        file,
        f"EXISTS (SELECT FROM once_{file.table} o WHERE o.id = s.id AND o.n < s.n)",
        "external_id",
        "s.external_id",
        f"CASE WHEN s.hash = {same} THEN 'repeats row ' ELSE 'has the same id as row ' END || {first}",
    )


def _must_refer(stage: Stage, file: StagedFile, made: Shape) -> None:
    wanted = _MUST_REFER.get(file.entity.name)
    if wanted is None:
        return
    column, field, says = wanted
    value = next((each.insert for each in made.columns if each.name == column), None)
    if value is None:
        stage.reject(file, "true", None, "NULL", f"'{says}, and no column names one'")
        return
    # the join to the record itself would hide exactly the rows that are looked for
    joins = " ".join(join for join in made.joins if " map_" in join)
    shown = f"s.{field}" if file.has(field) else "NULL"
    stage.reject(
        file,
        f"s.n IN (SELECT s.n FROM {file.table} s {joins} WHERE {value} IS NULL)",
        field,
        shown,
        f"'{says}'",
    )


def _somebody(stage: Stage, file: StagedFile) -> None:
    """A member is a contact or a lead that is here."""
    named = [each for each in ("contact", "lead") if file.has(each)]
    known = [
        f"EXISTS (SELECT FROM map_{each}s m WHERE m.value = s.{each} AND m.id IS NOT NULL)" for each in named
    ]
    shown = f"coalesce({', '.join(f's.{each}' for each in named)})" if named else "NULL"
    says = "'a member of a campaign is a contact or a lead that exists'"
    stage.reject(file, f"NOT ({' OR '.join(known) or 'false'})", next(iter(named), None), shown, says)


def _months(driver: Driver, file: StagedFile) -> None:
    """Monthly partitions for the months that occur; what lies far off stays in the default partition."""
    run(
        driver,
        f"""SELECT remit.ensure_months('activities', m, m) FROM (
            SELECT DISTINCT date_trunc('month', at)::date AS m FROM {file.table}
            WHERE at BETWEEN now() - interval '15 years' AND now() + interval '2 years') d""",
    )


def _keep_live(driver: Driver, file: StagedFile) -> None:
    """Another price for a row that is live, or was, becomes a row of its own, which waits: the price book is changed by people."""
    run(
        driver,
        f"""UPDATE {file.table} x SET id = md5(x.id::text || x.price_minor || x.price_currency)::uuid FROM remit.prices p
        WHERE p.id = x.id AND NOT p.pending AND (p.price_minor, p.price_currency) IS DISTINCT FROM (x.price_minor, x.price_currency::char(3))""",
    )


def _insert(driver: Driver, table: str, file: StagedFile, made: Shape, import_id: UUID) -> int:
    own = ["id", "source", "external_id", "import_id", "import_hash"]
    values = ["s.id", "%s", "s.external_id", "%s", "s.hash"]
    if file.entity.name not in _UNVERSIONED:
        own.append("extra")
        values.append("s.extra")
    names = ", ".join([*own, *(column.name for column in made.columns)])
    selected = ", ".join([*values, *(column.insert for column in made.columns)])
    conflict = "ON CONFLICT DO NOTHING" if file.entity.name == "people" else ""
    return run(
        driver,
        f"""INSERT INTO {table} ({names}) SELECT {selected} FROM {file.table} s {" ".join(made.joins)}
        WHERE NOT EXISTS (SELECT FROM {table} k WHERE k.id = s.id) {conflict}""",
        (file.plan.source, import_id),
    ).rowcount


def _update(driver: Driver, table: str, file: StagedFile, made: Shape, import_id: UUID) -> int:
    """Update rows whose line in the file changed, or whose reference has been found since."""
    columns = [column for column in made.columns if column.update != f"t.{column.name}"]
    before = ", ".join(f"t.{column.name}" for column in columns) or "0"
    after = ", ".join(column.update for column in columns) or "0"
    references = [
        column for column in columns if column.update.startswith("coalesce(m_") or column.name == "account_id"
    ]
    found_since = (
        " OR ".join(f"(t.{c.name} IS NULL AND ({c.insert}) IS NOT NULL)" for c in references) or "false"
    )
    changes = [f"{column.name} = {column.update}" for column in columns] + [
        "import_hash = s.hash",
        "import_id = %s",
    ]
    versioned = file.entity.name not in _UNVERSIONED
    differs = (
        f"({before}) IS DISTINCT FROM ({after})"
        if len(columns) != 1
        else f"{before} IS DISTINCT FROM {after}"
    )
    if versioned:
        changes += ["extra = t.extra || s.extra", "updated_at = now()", "version = t.version + 1"]
        differs = f"({differs} OR NOT t.extra @> s.extra)"
    # a person who was not imported is never changed by a file, nor a price that is live
    mine = {"people": "AND t.source IS NOT NULL", "prices": "AND t.pending"}.get(file.entity.name, "")
    # UPDATE … FROM cannot join to its own target: the lookups are joined to the staged rows in a subquery's place
    joins = " ".join(made.joins)
    ids = run(
        driver,
        f"""SELECT count(*) FROM {table} t JOIN {file.table} s ON s.id = t.id WHERE t.import_id IS DISTINCT FROM %s""",
        (import_id,),
    ).fetchone()
    if ids is None or not ids[0]:
        return 0
    return run(
        driver,
        f"""UPDATE {table} t SET {", ".join(changes)} FROM {file.table} s {joins}
        WHERE t.id = s.id AND t.import_id IS DISTINCT FROM %s {mine}
          AND ((t.import_hash IS DISTINCT FROM s.hash AND {differs}) OR {found_since})""",
        (import_id, import_id),
    ).rowcount


def link_parents(stage: Stage, entity: str, column: str, field: str, import_id: UUID) -> None:
    """Set references inside one entity (an account's parent, a person's manager), once all its rows are there."""
    table = f"remit.{ENTITIES[entity].table}"
    for file in stage.of(entity):
        if not file.has(field):
            continue
        mine = "AND t.source IS NOT NULL" if entity == "people" else ""
        file.updated += run(
            stage.driver,
            f"""WITH linked AS (UPDATE {table} t SET {column} = m.id, import_id = %s,
                version = t.version + (t.import_id IS DISTINCT FROM %s)::int
            FROM {file.table} s, map_{entity} m, {table} o
            WHERE t.id = s.id AND o.id = t.id AND m.value = s.{field} AND m.id IS NOT NULL AND m.id <> t.id
              AND t.{column} IS DISTINCT FROM m.id {mine} RETURNING o.import_id IS DISTINCT FROM %s AS older)
            SELECT count(*) FROM linked WHERE older""",
            (import_id, import_id, import_id),
        ).fetchall()[0][0]
