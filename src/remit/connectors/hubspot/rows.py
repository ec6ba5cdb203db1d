"""Records of HubSpot, with what they are associated with, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from remit.connectors.crm.reading import (
    CrmUnavailable,
    Derived,
    Sheet,
    StreamSpec,
    chosen_fields,
    derived_fields,
)  # fmt: skip
from remit.connectors.hubspot.client import HubSpotClient
from remit.connectors.hubspot.mapping import (
    ASSOCIATED,
    COMPANY,
    CONTACT,
    CONTACT_AS_LEAD,
    DEAL,
    LABEL,
    LEAD,
    MERGED,
    OPTIONAL,
    OUTCOME,
    cell,
    modified,
)  # fmt: skip
from remit.domains.crm.model import LEAD_PREFIX

_BESIDE: Final = {"companies": COMPANY, "contacts": CONTACT, "deals": DEAL, "leads": LEAD}
_HISTORY: Final = ("external_id", "opportunity", "from_stage", "to_stage", "at")
Record = Mapping[str, Any]


class Rows:
    """What is asked of one object, and how its records become rows of ours."""

    def __init__(
        self, client: HubSpotClient, spec: StreamSpec, mapping: Mapping[str, str], known: Mapping[str, str]
    ) -> None:
        missing = [name for name in spec.needed if name not in known]
        if missing:
            raise CrmUnavailable(
                f"{spec.object} have no property {', '.join(missing)} any more, or we may not read it."
            )
        self._client, self._spec, self._known = client, spec, known
        self._chosen = chosen_fields(spec, mapping, known)
        beside = {**known, **dict.fromkeys((COMPANY, CONTACT, DEAL, LEAD, LABEL, OUTCOME), "")}
        self._derived: dict[str, Derived] = derived_fields(spec, mapping, beside)
        sources = [name for made in self._derived.values() for name in made.sources if name in known]
        wanted = [*self._chosen.values(), *sources, modified(spec.object)]
        wanted += [MERGED] if MERGED in known else []
        wanted += ["dealstage"] if spec.object == "deals" else []
        wanted += (
            list(chosen_fields(CONTACT_AS_LEAD, {}, known).values()) if spec.object == "contacts" else []
        )
        self.wanted = tuple(dict.fromkeys(wanted))
        self._stages: dict[str, tuple[str, str]] | None = None

    def sheets(self, records: Sequence[Record]) -> tuple[Sheet, ...]:
        """Rows of these records; deals bring their history, contacts without a company are leads."""
        if not records:
            return ()
        properties = self._beside(records)
        if self._spec.object == "contacts":
            return self._contacts(properties)
        made = [self._sheet(self._spec.entity, self._chosen, self._derived, properties)]
        if self._spec.object == "deals":
            made.append(self._history(records))
        return tuple(each for each in made if each.rows)

    def merged(self, records: Sequence[Record]) -> tuple[tuple[str, str], ...]:
        """(loser, winner) for each record that others were merged into."""
        return tuple(
            (loser.strip(), str(each["id"]))
            for each in records
            for loser in cell(each["properties"].get(MERGED)).split(";")
            if loser.strip() and loser.strip() != str(each["id"])
        )

    def _beside(self, records: Sequence[Record]) -> list[dict[str, Any]]:
        """Properties of each record, its id, and what it is associated with."""
        made = [{**each["properties"], "id": str(each["id"])} for each in records]
        ids = [each["id"] for each in made]
        for to in ASSOCIATED.get(self._spec.object, ()):
            if to in OPTIONAL and not self._client.may_read(to):
                continue  # the stream of that object says so
            found = self._client.associated(self._spec.object, to, ids)
            for each in made:
                each[_BESIDE[to]] = next(iter(found.get(each["id"], [])), "")
        if self._spec.object == "deals":
            for each in made:
                each[LABEL], each[OUTCOME] = self._stage(cell(each.get("dealstage")))
        return made

    def _stage(self, stage_id: str) -> tuple[str, str]:
        if self._stages is None:
            self._stages = self._client.stages()
        return self._stages.get(stage_id, (stage_id, "open"))

    def _contacts(self, properties: list[dict[str, Any]]) -> tuple[Sheet, ...]:
        company = self._chosen.get("account_id_text", "associatedcompanyid")
        firm = [each for each in properties if cell(each.get(company))]
        alone = [
            {**each, "id": f"{LEAD_PREFIX}{each['id']}"} for each in properties if not cell(each.get(company))
        ]
        leads = chosen_fields(CONTACT_AS_LEAD, {}, self._known)
        made = (
            self._sheet("contacts", self._chosen, self._derived, firm),
            self._sheet("leads", leads, {}, alone),
        )
        return tuple(each for each in made if each.rows)

    @staticmethod
    def _sheet(
        entity: str,
        chosen: Mapping[str, str],
        derived: Mapping[str, Derived],
        properties: Sequence[Mapping[str, Any]],
    ) -> Sheet:
        rows = [
            [
                each["id"],
                *(cell(each.get(theirs)) for theirs in chosen.values()),
                *(made.make(each) for made in derived.values()),
            ]
            for each in properties
        ]
        return Sheet(entity, ("external_id", *chosen, *derived), rows)

    def _history(self, records: Sequence[Record]) -> Sheet:
        found = self._client.with_history("deals", "dealstage", [str(each["id"]) for each in records])
        rows = []
        for deal, changes in found.items():
            before = ""
            for change in reversed(changes):  # the newest comes first
                label = self._stage(cell(change.get("value")))[0]
                if label and label != before:
                    at = cell(change.get("timestamp"))
                    rows.append([f"{deal}:{at}", deal, before, label, at])
                    before = label
        return Sheet("stages", _HISTORY, rows)
