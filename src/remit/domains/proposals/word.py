"""A proposal as a Word file, filled into a template by docxtpl. The same document and template give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from remit.domains.proposals.model import Document
from remit.domains.proposals.presenting import Status, shown

SHIPPED: Final = Path(__file__).parent / "shipped" / "proposal.docx"
_STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can name


def docx(document: Document, status: Status, template: bytes | None = None) -> bytes:
    """The file, in the firm's own `template` where there is one, else in the one that ships."""
    values = shown(document, status)
    if template is None:  # its foot says on each page what it is
        return filled(SHIPPED.read_bytes(), values, document)
    return filled(template, values, document, status.mark)


def filled(template: bytes, values: dict[str, Any], document: Document, mark: str = "") -> bytes:
    """`template` with `values` in its places. Values are text: nothing in them is read as markup or as a tag of the template.

    `mark`: what the head of each page says on top of it.
    """
    from docxtpl import DocxTemplate
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = DocxTemplate(io.BytesIO(template))
    # no globals: a template has the values and nothing to call (proposals/templates.py lets no other in)
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    environment.globals.clear()
    made.render(values, environment, autoescape=True)
    day = datetime.fromisoformat(document.day)
    if mark:
        _marked(made.docx, mark)
    about = made.docx.core_properties  # get_docx would load the template anew
    about.title, about.author, about.last_modified_by = document.title, document.firm, document.firm
    about.created = about.modified = about.last_printed = day
    about.revision = document.revision
    out = io.BytesIO()
    made.save(out)
    return settled(out.getvalue())


def _marked(made: Any, mark: str) -> None:
    """The mark at the head of every page, whatever the template prints: what is no offer says so."""
    made.settings.odd_and_even_pages_header_footer = False
    for section in made.sections:
        section.different_first_page_header_footer = False
        section.header.is_linked_to_previous = False
        first = section.header.paragraphs[0] if section.header.paragraphs else section.header.add_paragraph()
        paragraph = first.insert_paragraph_before()
        paragraph.add_run(mark).bold = True


def settled(data: bytes) -> bytes:
    """The same package with its parts in order of name and one date: a zip says otherwise when it was written."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as pack,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as sorted_pack,
    ):
        names = sorted(pack.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            part = zipfile.ZipInfo(name, _STAMP)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            sorted_pack.writestr(part, _drawn(name, pack.read(name)))
    return out.getvalue()


def _drawn(name: str, content: bytes) -> bytes:
    """A part without the marks that editors draw anew at each save."""
    return re.sub(rb' w:rsid\w*="[0-9A-F]{8}"', b"", content) if name.startswith("word/") else content
