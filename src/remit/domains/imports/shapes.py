"""How each entity's staged columns become columns of its table: SQL expressions over `s` and the reference maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.domains.imports.staging import StagedFile

# NOT NULL columns with the value of a row that says nothing
DEFAULTS: Final = {
    "people": {"title": "''", "time_zone": "'UTC'", "active": "true"},
    "accounts": {"segment": "'other'", "relation": "'target'", "key_account": "false"},
    "contacts": {"first_name": "''", "last_name": "''"},
    "products": {"family": "''", "description": "''", "active": "true"},
    "prices": {"unit": "'each'", "generation": "1", "pending": "true"},  # live once two people of ours say so
    "competitors": {"notes": "''"},
    "campaigns": {"kind": "''", "state": "''", "active": "true"},
    "leads": {"first_name": "''", "last_name": "''", "state": "'new'"},
    "members": {"state": "''", "responded": "false"},
    "opportunities": {"forecast_category": "'pipeline'"},
    "activities": {"kind": "'note'", "subject": "''", "body": "''"},
}  # fmt: skip
# fields that are not columns of the same name
SPECIAL: Final = frozenset(
    [
        "external_id",
        "full_name",
        "manager",
        "team",
        "territory",
        "location",
        "parent",
        "price",
        "do_not_email",
        "won_at",
        "outcome",
        "stage",
        "name",
        "owner",
        "owner_id_text",
        "account",
        "account_id_text",
        "product",
        "lead",
        "competitor",
        "contact",
        "opportunity",
        "by",
        "from_stage",
        "to_stage",
        "unit",
        "campaign",
        "converted_account",
        "converted_contact",
        "converted_opportunity",
    ]
)
REFERENCES: Final = {
    "product": ("product_id", "products"),
    "lead": ("lead_id", "leads"),
    "competitor": ("competitor_id", "competitors"),
    "contact": ("contact_id", "contacts"),
    "opportunity": ("opportunity_id", "opportunities"),
    "by": ("by_id", "people"),
    "campaign": ("campaign_id", "campaigns"),
}
WITH_ACCOUNT: Final = frozenset({"contacts", "opportunities", "activities"})
# what stands behind an information barrier is moved by people alone: a file or a CRM changes its fields, never its place
BEHIND: Final = "(SELECT g.barrier_id FROM remit.access_groups g WHERE g.id = {})"
UNASSIGNED: Final = """(SELECT g.id FROM remit.access_groups g JOIN remit.territories t ON t.id = g.territory_id
    WHERE t.name = 'Unassigned' AND g.barrier_id IS NULL)"""


@dataclass(frozen=True)
class Column:
    """One column of the target. `insert` is its value in a new row, `update` in one that exists (as `t`)."""

    name: str
    insert: str
    update: str


@dataclass
class Shape:
    """Columns and joins with which a staged file is merged."""

    columns: list[Column]
    joins: list[str]


def shape(file: StagedFile) -> Shape:
    """The shape for one staged file, from the fields that it has."""
    made = Shape([], [])
    defaults = DEFAULTS.get(file.entity.name, {})
    for field in file.entity.fields:
        if field.name in SPECIAL and not (field.name in ("unit", "price") and file.entity.name == "prices"):
            continue
        if field.kind == "money":
            if file.has(f"{field.name}_minor"):
                _plain(made, f"{field.name}_minor", None)
                _plain(made, f"{field.name}_currency", None)
        elif file.has(field.name) and not (
            field.name in ("first_name", "last_name") and file.has("full_last")
        ):
            _plain(made, field.name, defaults.get(field.name))
    _owner(made, file)
    _references(made, file)
    _by_entity(made, file)
    present = {column.name for column in made.columns}
    for name, value in defaults.items():
        if name not in present:
            made.columns.append(Column(name, value, f"t.{name}"))
    return made


def _plain(made: Shape, name: str, default: str | None) -> None:
    value = f"s.{name}" if default is None else f"coalesce(s.{name}, {default})"
    made.columns.append(Column(name, value, value))


def _first(*values: str) -> str:
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _owner(made: Shape, file: StagedFile) -> None:
    found = []
    for column in ("owner", "owner_id_text"):
        if file.has(column):
            made.joins.append(f"LEFT JOIN map_people m_{column} ON m_{column}.value = s.{column}")
            found.append(f"m_{column}.id")
    if found:
        value = _first(*found)
        made.columns.append(Column("owner_id", value, f"coalesce({value}, t.owner_id)"))
        made.joins.append(f"LEFT JOIN person_access pa ON pa.person_id = {value}")


def _references(made: Shape, file: StagedFile) -> None:
    for field, (column, entity) in REFERENCES.items():
        if file.has(field) and file.entity.field(field) is not None:
            made.joins.append(f"LEFT JOIN map_{entity} m_{field} ON m_{field}.value = s.{field}")
            made.columns.append(Column(column, f"m_{field}.id", f"coalesce(m_{field}.id, t.{column})"))


def _access_by_owner(made: Shape) -> str:
    return (
        f"coalesce(pa.access_id, {UNASSIGNED})" if any(" pa " in join for join in made.joins) else UNASSIGNED
    )


def _account(made: Shape, file: StagedFile) -> None:
    found = []
    for column in ("account_id_text", "account"):
        if file.has(column):
            made.joins.append(f"LEFT JOIN map_accounts m_{column} ON m_{column}.value = s.{column}")
            found.append(f"m_{column}")
    owner = _access_by_owner(made)
    if not found:
        made.columns.append(Column("access_id", owner, "t.access_id"))
        return
    account, access = _first(*(f"{m}.id" for m in found)), _first(*(f"{m}.access_id" for m in found))
    behind = BEHIND.format("t.access_id")
    moves = f"{account} IS NOT NULL AND ({behind} IS NULL OR {behind} = {BEHIND.format(access)})"
    made.columns.append(
        Column("account_id", account, f"CASE WHEN {moves} THEN {account} ELSE t.account_id END")
    )
    made.columns.append(
        Column(
            "access_id",
            f"coalesce({access}, {owner})",
            f"CASE WHEN {moves} THEN {access} ELSE t.access_id END",
        )
    )


def _by_entity(made: Shape, file: StagedFile) -> None:
    entity = file.entity.name
    if entity in WITH_ACCOUNT:
        _account(made, file)
    match entity:
        case "people":
            _people(made, file)
        case "accounts":
            _accounts(made, file)
        case "contacts":
            _names(made, file)
        case "products" | "campaigns":
            _plain(made, "name", None)
        case "competitors":
            _plain(made, "name", None)
            _plain(made, "name_key", None)
        case "leads":
            _names(made, file)
            made.columns.append(Column("access_id", _access_by_owner(made), "t.access_id"))
            if file.has("do_not_email"):
                said = "coalesce(s.do_not_email, false)"
                made.columns.append(Column("opted_out", said, f"t.opted_out OR {said}"))
        case "members":
            _members(made, file)
        case "opportunities":
            _opportunities(made, file)
        case "stages":
            _stages(made, file)
        case _:
            return


def _names(made: Shape, file: StagedFile) -> None:
    if not file.has("full_last"):
        return
    for name, full in (("first_name", "full_first"), ("last_name", "full_last")):
        value = f"coalesce(s.{name}, s.{full}, '')" if file.has(name) else f"coalesce(s.{full}, '')"
        made.columns.append(Column(name, value, value))


def _people(made: Shape, file: StagedFile) -> None:
    parts = [f"nullif(s.{name}, '')" for name in ("name",) if file.has(name)]
    names = [f"s.{name}" for name in ("first_name", "last_name") if file.has(name)]
    if names:
        parts.append(f"nullif(concat_ws(' ', {', '.join(names)}), '')")
    if file.has("email"):
        parts.append("s.email")
    value = _first(*parts, "s.external_id")
    made.columns = [column for column in made.columns if column.name not in ("first_name", "last_name")]
    made.columns.append(Column("name", value, value))
    made.columns.append(Column("kind", "'person'", "t.kind"))
    if file.has("team"):
        made.joins.append("LEFT JOIN remit.teams tm ON tm.name = s.team")
        made.columns.append(Column("team_id", "tm.id", "coalesce(tm.id, t.team_id)"))


def _accounts(made: Shape, file: StagedFile) -> None:
    _plain(made, "name", None)
    _plain(made, "name_key", None)
    if file.has("location"):
        made.columns = [column for column in made.columns if column.name != "country"]
        value = "coalesce(s.country, s.location)" if file.has("country") else "s.location"
        made.columns.append(Column("country", value, value))
    owner = _access_by_owner(made)
    if file.has("territory"):
        made.joins.append("LEFT JOIN map_territories mt ON mt.value = s.territory")
        stays = f"mt.access_id IS NULL OR {BEHIND.format('t.access_id')} IS NOT NULL"
        place = f"CASE WHEN {stays} THEN t.access_id ELSE mt.access_id END"
        made.columns.append(Column("access_id", f"coalesce(mt.access_id, {owner})", place))
    else:
        made.columns.append(Column("access_id", owner, "t.access_id"))


def _opportunities(made: Shape, file: StagedFile) -> None:
    won = "CASE WHEN s.won_at IS NOT NULL THEN 'won' END"
    outcomes = [
        text
        for has, text in (("outcome", "s.outcome"), ("stage", "s.stage_outcome"), ("won_at", won))
        if file.has(has)
    ]
    outcome = _first(*outcomes) if outcomes else "NULL::text"
    closings = [
        text
        for has, text in (("won_at", "s.won_at"), ("close_on", "s.close_on::timestamp AT TIME ZONE 'UTC'"))
        if file.has(has)
    ]
    closed = (
        f"CASE WHEN {outcome} IS NOT NULL THEN {_first(*closings)} END" if closings else "NULL::timestamptz"
    )
    named = f"CASE {outcome} WHEN 'won' THEN 'won' WHEN 'lost' THEN 'lost' ELSE 'open' END"
    stage = f"coalesce(s.stage, {named})" if file.has("stage") else named
    made.columns.append(Column("stage", stage, stage if file.has("stage") or outcomes else "t.stage"))
    made.columns.append(Column("outcome", outcome, outcome if outcomes else "t.outcome"))
    made.columns.append(Column("closed_at", closed, closed if outcomes and closings else "t.closed_at"))
    if not file.has("close_on") and file.has("won_at"):
        made.columns.append(Column("close_on", "s.won_at::date", "coalesce(s.won_at::date, t.close_on)"))
    forecast = "coalesce(s.forecast_category, 'pipeline')" if file.has("forecast_category") else "'pipeline'"
    forecast = f"CASE WHEN {outcome} IS NOT NULL THEN 'closed' ELSE {forecast} END"
    made.columns = [column for column in made.columns if column.name != "forecast_category"]
    made.columns.append(
        Column(
            "forecast_category",
            forecast,
            forecast if outcomes or file.has("forecast_category") else "t.forecast_category",
        )
    )
    parts = [f"m_{name}.name" for name in ("account_id_text", "account", "product", "lead") if file.has(name)]
    account = [part for part in parts if "account" in part]
    others = [part for part in parts if "account" not in part]
    pieces = [_first(*account)] if account else []
    label = f"nullif(concat_ws(' · ', {', '.join(pieces + others)}), '')" if parts else "NULL"
    name = f"coalesce({'s.name, ' if file.has('name') else ''}{label}, 'Deal ' || s.external_id)"
    made.columns.append(Column("name", name, name if file.has("name") else "t.name"))


def _stages(made: Shape, file: StagedFile) -> None:
    made.columns = [
        column for column in made.columns if column.name not in ("amount_minor", "amount_currency")
    ] + [
        Column(name, f"s.{name}", f"s.{name}")
        for name in ("amount_minor", "amount_currency")
        if file.has(name)
    ]
    if file.has("from_stage"):
        _plain(made, "from_stage", None)
    _plain(made, "to_stage", None)
    made.joins.append("JOIN remit.opportunities o ON o.id = m_opportunity.id")
    made.columns.append(Column("account_id", "o.account_id", "t.account_id"))
    made.columns.append(Column("access_id", "o.access_id", "t.access_id"))


def _members(made: Shape, file: StagedFile) -> None:
    """The place of a member is that of the contact, else of the lead; behind a barrier it stays, with whom it names."""
    named = [each for each in ("contact", "lead") if file.has(each)]
    made.joins += [f"LEFT JOIN remit.{each}s who_{each} ON who_{each}.id = m_{each}.id" for each in named]
    account, access = (
        _first(*(f"who_{each}.{column}" for each in named)) for column in ("account_id", "access_id")
    )
    behind = BEHIND.format("t.access_id")
    moves = f"{access} IS NOT NULL AND ({behind} IS NULL OR {behind} = {BEHIND.format(access)})"
    new = {"account_id": account, "access_id": access, **{f"{each}_id": f"m_{each}.id" for each in named}}
    made.columns = [each for each in made.columns if each.name not in new] + [
        Column(
            name,
            value,
            f"CASE WHEN {moves} THEN {value if name in ('account_id', 'access_id') else f'coalesce({value}, t.{name})'} ELSE t.{name} END",
        )
        for name, value in new.items()
    ]
