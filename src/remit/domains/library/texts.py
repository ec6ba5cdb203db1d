"""What a sequence says: the versions of the templates that its steps name, pinned when compliance approves the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.library.model import Template
from remit.domains.library.queries import Version
from remit.scope import Scope

_LIVE: Final = """
SELECT t.key, v.id, v.channel, v.number FROM remit.templates t JOIN remit.template_versions v ON v.template_id = t.id
WHERE t.key = ANY (:keys) AND v.state = 'live'
"""
_KNOWN: Final = (
    "SELECT t.key FROM remit.templates t JOIN remit.template_versions v ON v.template_id = t.id AND v.newest"
    " WHERE t.key = ANY (:keys) AND v.channel <> 'sequence'"
)
_PIN: Final = """
INSERT INTO remit.sequence_texts (version_id, step, number, template_version_id) VALUES (:version, :step, :number, :template)
"""
# a sequence was approved with these texts: when one of them is not what is live any more, nor is the whole
_FALLEN: Final = """
SELECT DISTINCT ON (x.version_id) x.version_id, x.step, t.key, w.number, w.state
FROM remit.sequence_texts x JOIN remit.template_versions v ON v.id = x.version_id AND v.state = 'live'
JOIN remit.template_versions w ON w.id = x.template_version_id JOIN remit.templates t ON t.id = w.template_id
WHERE w.state <> 'live' ORDER BY x.version_id, x.number
"""
# live sequences that were approved with the present live version of this template, another one than the version asked about
_PINNING: Final = """
SELECT DISTINCT v.id, v.title, w.number,
    (SELECT count(*) FROM remit.enrolments e WHERE e.version_id = v.id AND e.state IN ('active', 'paused')) AS runs
FROM remit.sequence_texts x JOIN remit.template_versions v ON v.id = x.version_id AND v.state = 'live'
JOIN remit.template_versions w ON w.id = x.template_version_id AND w.state = 'live' AND w.id <> :version
WHERE w.template_id = (SELECT template_id FROM remit.template_versions WHERE id = :version) ORDER BY v.title, v.id
"""
_OUT_OF_USE: Final = """
SELECT count(*) FROM remit.template_versions v WHERE v.newest AND v.state = 'expired' AND v.channel = 'sequence'
"""


@dataclass(frozen=True, slots=True)
class Pinning:
    """A live sequence that falls when another version of a text of it goes live. `number`: the version that it says; `runs`: those the asker sees."""

    id: UUID
    title: str
    number: int
    runs: int


def list_pinning(scope: Scope, version_id: UUID) -> list[Pinning]:
    """Live sequences that go out of use when this version of a template is approved."""
    with read(scope) as s:
        return [Pinning(**row._mapping) for row in s.rows(_PINNING, {"version": version_id})]


def list_fallen(scope: Scope) -> dict[UUID, str]:
    """As fallen, for a page: live sequences that a newer version of a text has just put out of use."""
    with read(scope) as s:
        return fallen(s)


def count_sequences_out_of_use(scope: Scope) -> int:
    """Sequences that are out of use, or live with a text that is: nothing of them goes on."""
    with read(scope) as s:
        return int(s.scalar(_OUT_OF_USE) or 0) + len(fallen(s))


def named(template: Template) -> list[tuple[str, str]]:
    """(step, template's key) of every text of a sequence."""
    return [(one.name, key) for one in template.steps for key in one.templates]


def check_texts(s: ReadSession, template: Template, *, live: bool, beside: Iterable[str] = ()) -> Check:
    """Whether every template that a sequence names is there, and, where `live` is asked, approved. `beside`: keys decided with it."""
    wanted = named(template)
    keys = [key for _, key in wanted]
    have = {row.key for row in s.rows(_LIVE if live else _KNOWN, {"keys": keys})} | set(beside)
    lacking = next(((step, key) for step, key in wanted if key not in have), None)
    what = "live" if live else "in the library"
    return Check.that(
        "sequence-texts", lacking is None,
        f"{template.id}: the step {lacking[0]} takes {lacking[1]}, which is not {what}." if lacking else "",
        f"{template.id}: all {len(wanted)} texts are {what}.",
    )  # fmt: skip


def pin_texts(tx: WriteSession, version_id: UUID, template: Template) -> None:
    """Keep which version of each template the sequence was approved with."""
    live = {row.key: row.id for row in tx.rows(_LIVE, {"keys": [key for _, key in named(template)]})}
    rows = [
        {"version": version_id, "step": one.name, "number": number, "template": live[key]}
        for one in template.steps
        for number, key in enumerate(one.templates, 1)
    ]
    if rows:
        tx.execute(_PIN, rows)


def fallen(s: ReadSession) -> dict[UUID, str]:
    """Live sequences of which a text is not live any more, with why."""
    return {
        row.version_id: f"the text of its step {row.step}, {row.key} version {row.number}, is {row.state}; have the sequence approved with the"
        " present text"
        for row in s.rows(_FALLEN)
    }


def with_sources(scope: Scope, versions: Sequence[Version]) -> list[Version]:
    """The same versions with their texts."""
    with read(scope) as s:
        rows = s.rows(
            "SELECT id, source FROM remit.template_versions WHERE id = ANY (:ids)",
            {"ids": [one.id for one in versions]},
        )
    sources = {row.id: row.source for row in rows}
    return [replace(one, source=sources[one.id]) for one in versions]
