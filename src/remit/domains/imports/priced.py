"""No file says what is sold at a price in force: another name or state of a product that has one is refused, with the way to do it."""

from __future__ import annotations

from typing import Final

from remit.domains.imports.staging import Stage, StagedFile

_PRICED: Final = """EXISTS (SELECT FROM remit.products t JOIN remit.prices r ON r.product_id = t.id
    WHERE t.id = s.id AND t.import_hash IS DISTINCT FROM s.hash AND NOT r.pending
      AND (r.valid_until_on IS NULL OR r.valid_until_on >= current_date) AND {differs})"""
_HOW: Final = (
    "this product has a price in force, and a file does not change {what}: change it under Prices, Products,"
    " where finance or the VP approves it; then bring the row in again"
)


def keep_priced(stage: Stage, file: StagedFile) -> None:
    """Reject rows that would give such a product another name, or take it on or off sale. The same row again is no change."""
    for field, what, differs in (
        ("name", "its name", "s.name IS NOT NULL AND t.name <> s.name"),
        ("active", "whether it is on sale", "s.active IS NOT NULL AND t.active <> s.active"),
    ):
        if file.has(field):
            says = f"'{_HOW.format(what=what)}'"
            stage.reject(file, _PRICED.format(differs=differs), field, f"s.{field}", says)
