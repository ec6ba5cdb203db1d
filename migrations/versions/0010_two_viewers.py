"""At approval a row is there only for an act whose maker and approver both see it.

The approver's view alone let a maker name, in the payload, records that they cannot see themselves: the approver's wider
view resolved them. `remit.also_id` names the second person for the length of that transaction; unset, as everywhere
else, the functions answer as before.

Revision ID: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ALSO = """
CREATE FUNCTION remit.also() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('remit.also_id', true), '')::uuid $$
"""

_REACHES = """
SELECT FROM people p WHERE p.id = {person} AND p.active
  AND (p.reach IN ('all', 'all_with_barriers')
       OR (p.reach = 'own' AND EXISTS (SELECT FROM person_territories t
           WHERE t.person_id = p.id AND t.territory_id = g.territory_id)))
  AND (g.barrier_id IS NULL OR p.reach = 'all_with_barriers'
       OR EXISTS (SELECT FROM person_barriers b WHERE b.person_id = p.id AND b.barrier_id = g.barrier_id))
"""
_REACHED_BY_ME = """
    SELECT coalesce(array_agg(g.id), '{}')
    FROM access_groups g JOIN people p ON p.id = remit.me() AND p.active
    WHERE (p.reach IN ('all', 'all_with_barriers')
           OR (p.reach = 'own' AND EXISTS (SELECT FROM person_territories t
               WHERE t.person_id = p.id AND t.territory_id = g.territory_id)))
      AND (g.barrier_id IS NULL OR p.reach = 'all_with_barriers'
           OR EXISTS (SELECT FROM person_barriers b WHERE b.person_id = p.id AND b.barrier_id = g.barrier_id))
"""
_REACHED_BY_BOTH = f"""{_REACHED_BY_ME}
      AND (remit.also() IS NULL OR EXISTS ({_REACHES.format(person="remit.also()")}))
"""
ACCESS = """
CREATE OR REPLACE FUNCTION remit.my_access() RETURNS int[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = remit, pg_temp AS $${body}$$
"""

_MY_SEATS = """
    SELECT coalesce(array_agg(DISTINCT d.account_id), '{}')
    FROM deal_team d JOIN access_groups g ON g.id = d.access_id
    JOIN people p ON p.id = d.person_id AND p.active AND p.reach <> 'none'
    WHERE d.person_id = remit.me() AND d.access_id <> ALL ((SELECT remit.my_access())::int[])
      AND (g.barrier_id IS NULL OR EXISTS (SELECT FROM person_barriers b
           WHERE b.person_id = d.person_id AND b.barrier_id = g.barrier_id))
"""
# A seat of one of the two counts where the other has a seat as well, or reaches the account's group.
_SEATS_OF_BOTH = f"""
    SELECT coalesce(array_agg(DISTINCT d.account_id), '{{}}')
    FROM deal_team d JOIN access_groups g ON g.id = d.access_id
    JOIN people s ON s.id = d.person_id AND s.active AND s.reach <> 'none'
    CROSS JOIN LATERAL (SELECT CASE WHEN d.person_id = remit.me() THEN remit.also() ELSE remit.me() END AS id) o
    WHERE d.person_id IN (remit.me(), remit.also()) AND d.access_id <> ALL ((SELECT remit.my_access())::int[])
      AND (g.barrier_id IS NULL OR EXISTS (SELECT FROM person_barriers b
           WHERE b.person_id = d.person_id AND b.barrier_id = g.barrier_id))
      AND (o.id IS NULL OR EXISTS ({_REACHES.format(person="o.id")})
           OR EXISTS (SELECT FROM deal_team e JOIN people q ON q.id = e.person_id AND q.active AND q.reach <> 'none'
                WHERE e.person_id = o.id AND e.account_id = d.account_id
                  AND (g.barrier_id IS NULL OR EXISTS (SELECT FROM person_barriers b
                       WHERE b.person_id = e.person_id AND b.barrier_id = g.barrier_id))))
"""
TEAM = """
CREATE OR REPLACE FUNCTION remit.my_team_accounts() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = remit, pg_temp AS $${body}$$
"""

_MY_SEAT = "person_id = (SELECT remit.me()) OR access_id = ANY ((SELECT remit.my_access())::int[])"
SEAT = "ALTER POLICY deal_team_visible ON remit.deal_team USING ({seat}) WITH CHECK ({seat})"


def upgrade() -> None:
    op.execute(ALSO)
    op.execute(ACCESS.format(body=_REACHED_BY_BOTH))
    op.execute(SEAT.format(seat=f"person_id = (SELECT remit.also()) OR {_MY_SEAT}"))
    op.execute(TEAM.format(body=_SEATS_OF_BOTH))


def downgrade() -> None:
    op.execute(ACCESS.format(body=_REACHED_BY_ME))
    op.execute(TEAM.format(body=_MY_SEATS))
    op.execute(SEAT.format(seat=_MY_SEAT))
    op.execute("DROP FUNCTION remit.also()")
