"""Importing a path, start to end: survey, then the action through the door. For the CLI and `remit init`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from remit.actions import Waiting, perform
from remit.domains.imports.actions import ImportCrm
from remit.domains.imports.mapping import MappingFile
from remit.domains.imports.mapping import load as load_mapping
from remit.domains.imports.plan import OnError
from remit.domains.imports.survey import survey
from remit.kit.dates import Order
from remit.scope import Scope


def import_path(
    scope: Scope,
    path: Path,
    *,
    mapping: Path | None = None,
    dry_run: bool = False,
    date_order: Order | None = None,
    on_error: OnError | None = None,
) -> Mapping[str, Any] | Waiting:
    """Import a file or folder; returns the report (the shape of `ImportReport`) or what waits for approval.

    Raises NoSuchPath, NothingToImport, FilesBroken, MappingInvalid, DateOrderNeeded before anything is written, and Refused.
    """
    says = load_mapping(mapping) if mapping else MappingFile()
    plan = survey(path.resolve(), says, on_error or says.on_error or "stop", date_order)
    answer = perform(scope, ImportCrm(plan=plan, dry_run=dry_run))
    return answer if isinstance(answer, Waiting) else answer.result
