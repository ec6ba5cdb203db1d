"""Territories, teams and who sees what: made from the names that files use, before accounts are merged."""

from __future__ import annotations

from typing import Final

from remit.domains.imports.staging import Stage
from remit.domains.imports.statements import Driver, run
from remit.kit.ids import imported_id

UNASSIGNED: Final = "Unassigned"
_MOST_TERRITORIES: Final = 2_000


class TooManyTerritories(Exception):
    """A column that was taken for territories has too many different values to be one."""

    code = "too_many_territories"


def make_territories(stage: Stage) -> int:
    """Territories (with their access group) named in any file; builds `map_territories`. Returns how many are new."""
    driver = stage.driver
    files = [file for file in stage.files if file.has("territory")]
    names: dict[str, None] = {}
    for file in files:
        found = run(
            driver,
            f"SELECT DISTINCT territory FROM {file.table} WHERE territory IS NOT NULL LIMIT {_MOST_TERRITORIES + 1}",
        )
        names.update(dict.fromkeys(name for (name,) in found.fetchall()))
        if len(names) > _MOST_TERRITORIES:
            raise TooManyTerritories(
                f"{file.plan.file} has more than {_MOST_TERRITORIES:,} territories; map that column to another field"
            )
    made = 0
    for name in names:
        made += run(
            driver,
            """INSERT INTO remit.territories (name) SELECT %s
            WHERE NOT EXISTS (SELECT FROM remit.territories WHERE lower(name) = lower(%s)) ON CONFLICT DO NOTHING""",
            (name, name),
        ).rowcount
    run(
        driver,
        """INSERT INTO remit.access_groups (territory_id) SELECT id FROM remit.territories t
        WHERE NOT EXISTS (SELECT FROM remit.access_groups g WHERE g.territory_id = t.id AND g.barrier_id IS NULL)""",
    )
    run(driver, "CREATE TEMPORARY TABLE map_territories (value text, id int, access_id int) ON COMMIT DROP")
    for name in names:
        run(
            driver,
            """INSERT INTO map_territories SELECT %s, t.id, g.id FROM remit.territories t
            JOIN remit.access_groups g ON g.territory_id = t.id AND g.barrier_id IS NULL WHERE lower(t.name) = lower(%s) LIMIT 1""",
            (name, name),
        )
    return made


def make_teams(stage: Stage) -> None:
    """Teams named in files of people."""
    for file in stage.of("people"):
        if not file.has("team"):
            continue
        for (name,) in run(
            stage.driver, f"SELECT DISTINCT team FROM {file.table} WHERE team IS NOT NULL"
        ).fetchall():
            run(
                stage.driver,
                "INSERT INTO remit.teams (id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (imported_id("teams", "crm", name.lower()), name),
            )


def assign_territories(stage: Stage) -> None:
    """Give imported people their territory. People who can sign in keep exactly what an admin gave them."""
    for file in stage.of("people"):
        if file.has("territory"):
            run(
                stage.driver,
                f"""INSERT INTO remit.person_territories (person_id, territory_id)
                SELECT DISTINCT s.id, m.id FROM {file.table} s JOIN map_territories m ON m.value = s.territory
                JOIN remit.people p ON p.id = s.id AND p.source IS NOT NULL
                WHERE NOT EXISTS (SELECT FROM remit.credentials c WHERE c.person_id = s.id) ON CONFLICT DO NOTHING""",
            )


def make_person_access(driver: Driver) -> None:
    """`person_access(person_id, access_id)`: the access group of rows that only their owner places."""
    run(
        driver,
        """CREATE TEMPORARY TABLE person_access ON COMMIT DROP AS
        SELECT p.person_id, min(g.id) AS access_id FROM remit.person_territories p
        JOIN remit.access_groups g ON g.territory_id = p.territory_id AND g.barrier_id IS NULL GROUP BY 1""",
    )
    run(driver, "CREATE UNIQUE INDEX ON person_access (person_id)")
