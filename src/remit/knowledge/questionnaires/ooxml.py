"""The parts of an Office file (a zip of XML): read with bounds, changed one by one, everything else kept byte for byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from remit.knowledge.questionnaires.model import QuestionnaireRefused

MAX_PART: Final = 128 << 20  # bytes of one part, unpacked
MAX_UNPACKED: Final = 400 << 20
MAX_PARTS: Final = 5_000
SHEET: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


class Package:
    """An Office file. `part` reads one of its parts; `changed` gives the file with some parts replaced."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._spent = 0
        try:
            self._pack = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise self._damaged(error) from error
        if len(self._pack.infolist()) > MAX_PARTS:
            raise QuestionnaireRefused(
                "questionnaire_bomb", f"{name} has {len(self._pack.infolist()):,} parts and is not read."
            )

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return self._pack.namelist()

    def raw(self, part: str) -> bytes:
        """The bytes of a part. Raises QuestionnaireRefused when it is not there, damaged, or unpacks too far: sizes may lie."""
        try:
            with self._pack.open(part) as file:
                found = file.read(MAX_PART + 1)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise self._damaged(error) from error
        self._spent += len(found)
        if len(found) > MAX_PART or self._spent > MAX_UNPACKED:
            raise QuestionnaireRefused(
                "questionnaire_bomb", f"{self.name} unpacks to more than {MAX_PART >> 20} MB and is not read."
            )
        return found

    def part(self, part: str) -> Any:
        """A part as a tree. Entities and references to other files are not followed."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(self.raw(part), parser)
        except etree.XMLSyntaxError as error:
            raise self._damaged(error) from error

    def related(self, part: str) -> dict[str, str]:
        """Names of the parts that a part points to, by the id of the relation."""
        folder, _, file = part.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        if rels not in self.names:
            return {}
        found = {}
        for each in self.part(rels):
            target = str(each.get("Target") or "")
            found[str(each.get("Id"))] = (
                target.removeprefix("/") if target.startswith("/") else f"{folder}/{target}"
            )
        return found

    def changed(self, parts: Mapping[str, Any]) -> bytes:
        """The file with these trees in place of parts; every other part keeps its bytes, its place and its day."""
        self._spent = 0
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
            for each in self._pack.infolist():
                if each.filename in parts:
                    tree = parts[each.filename]
                    data = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
                else:
                    data = self.raw(each.filename)
                out.writestr(each, data, compress_type=each.compress_type)
        return made.getvalue()

    def _damaged(self, error: Exception) -> QuestionnaireRefused:
        said = str(error).strip("'\". ") or type(error).__name__
        return QuestionnaireRefused(
            "questionnaire_damaged",
            f"{self.name} is damaged ({said}). Fetch it again, or open and save it anew.",
        )
