"""Make the Word template that ships (src/remit/domains/proposals/shipped/proposal.docx): run after a change of its look.

.venv/bin/python -m tools.make_proposal_template
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from remit.domains.proposals.word import SHIPPED, settled

ACCENT, QUIET, INK, BAD = "1F4E79", "5B6670", "1C2126", "A4262C"
FONT = "Calibri"


def _colour(run: Any, colour: str) -> None:
    run.font.color.rgb = RGBColor.from_string(colour)


def _styles(doc: Any) -> None:
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.font.color.rgb = RGBColor.from_string(INK)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    for name, size, colour, before in (
        ("Heading 1", 15, ACCENT, 20),
        ("Heading 2", 11.5, INK, 12),
        ("Title", 26, INK, 6),
    ):
        style = doc.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for mark in list(fonts.attrib):
            del fonts.attrib[mark]
        for mark in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(mark), FONT)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(5)
        style.paragraph_format.keep_with_next = True
        for border in style.element.findall(".//" + qn("w:pBdr")):
            border.getparent().remove(border)
    doc.styles["List Bullet"].paragraph_format.space_after = Pt(3)


def _small(paragraph: Any, text: str, *, bold: bool = False, colour: str = QUIET, size: float = 9) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    _colour(run, colour)
    return run


def _shade(cell: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _rule(paragraph: Any, colour: str = ACCENT, size: int = 12) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("w:val", "single"), ("w:sz", str(size)), ("w:space", "4"), ("w:color", colour)):
        bottom.set(qn(name), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _borders(table: Any, inside: str = "D5DBE1", top: str = "") -> None:
    found = OxmlElement("w:tblBorders")
    for side, colour in (("top", top), ("bottom", inside), ("insideH", inside)):
        if colour:
            line = OxmlElement(f"w:{side}")
            for name, value in (
                ("w:val", "single"),
                ("w:sz", "12" if side == "top" else "4"),
                ("w:space", "0"),
                ("w:color", colour),
            ):
                line.set(qn(name), value)
            found.append(line)
    table._tbl.tblPr.append(found)


def _field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")
        run.font.size = Pt(8.5)
        _colour(run, QUIET)
        if kind == "shown":
            continue
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _row(cells: Any, texts: tuple[str, ...], *, head: bool = False) -> None:
    for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(3)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if place in (1, 3, 4) else WD_ALIGN_PARAGRAPH.LEFT
        if head:
            _small(paragraph, text)
        else:
            paragraph.add_run(text).bold = place == 0


def _widths(table: Any, widths: tuple[float, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def _priced(doc: Any, rows: str, amount: str) -> None:
    doc.add_paragraph(f"{{%p if {rows} %}}")
    table = doc.add_table(rows=4, cols=5)
    _borders(table, top=ACCENT)
    _row(table.rows[0].cells, ("Product", "Quantity", "Per", "List price", amount), head=True)
    _row(table.rows[1].cells, (f"{{%tr for r in {rows} %}}", "", "", "", ""))
    _row(
        table.rows[2].cells,
        ("{{ r.product }}", "{{ r.quantity }}", "{{ r.unit }}", "{{ r.price }}", "{{ r.list }}"),
    )
    _row(table.rows[3].cells, ("{%tr endfor %}", "", "", "", ""))
    _widths(table, (5.4, 1.9, 3.2, 2.9, 3.2))
    doc.add_paragraph("{%p endif %}")


def _cover(doc: Any) -> None:
    first = doc.add_paragraph()
    first.paragraph_format.tab_stops.add_tab_stop(Cm(16.6), alignment=2)
    _small(first, "{{ firm }}", bold=True, colour=ACCENT, size=11)
    _small(first, "\t{{ reference }}")
    _rule(first)
    doc.add_paragraph("{{ title }}", style="Title")
    doc.add_paragraph("{%p if mark %}")
    _small(doc.add_paragraph(), "{{ mark }}", bold=True, colour=BAD, size=10.5)
    doc.add_paragraph("{%p endif %}")
    table = doc.add_table(rows=1, cols=3)
    parts = (
        (("For", False), ("{{ account }}", True), ("{{ reader }}", False), ("{{ reader_title }}", False)),
        (
            ("From", False),
            ("{{ firm }}", True),
            ("{{ seller }}", False),
            ("{{ seller_title }}", False),
            ("{{ seller_email }}", False),
        ),
        (("Dated", False), ("{{ day }}", False), ("Holds until", False), ("{{ expires }}", True)),
    )
    for cell, lines in zip(table.rows[0].cells, parts, strict=True):
        for place, (text, strong) in enumerate(lines):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            if "{{" in text and "title" not in text and "email" not in text:
                paragraph.add_run(text).bold = strong
            else:
                _small(paragraph, text)
    _widths(table, (6.0, 6.6, 4.0))
    gap = doc.add_paragraph()
    gap.paragraph_format.space_after = Pt(4)
    box = doc.add_table(rows=1, cols=2)
    left, right = box.rows[0].cells
    for cell in (left, right):
        _shade(cell, "EEF3F8")
        cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = (
            Pt(8)
        )
    _small(
        left.paragraphs[0],
        "Total over {{ term }}{% if discount %} · discount of {{ discount }} taken off{% endif %}",
        size=9.5,
    )
    right.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _small(right.paragraphs[0], "{{ total }}", bold=True, colour=ACCENT, size=15)
    _widths(box, (10.6, 6.0))


def _sections(doc: Any) -> None:
    doc.add_paragraph("{%p for s in sections %}")
    doc.add_paragraph("{{ s.title }}", style="Heading 1")
    doc.add_paragraph("{%p for b in s.blocks %}")
    for test, style, text in (
        ('{%p if b.kind == "subheading" or b.kind == "heading" %}', "Heading 2", "{{ b.text }}"),
        ('{%p elif b.kind == "bullet" %}', "List Bullet", "{{ b.text }}"),
        ('{%p elif b.kind == "number" %}', "Normal", "{{ b.number }}\t{{ b.text }}"),
        ("{%p else %}", "Normal", "{{ b.text }}"),
    ):
        doc.add_paragraph(test)
        made = doc.add_paragraph(text, style=style)
        if "number" in text:
            made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Cm(0.63), Cm(-0.63)
            made.paragraph_format.tab_stops.add_tab_stop(Cm(0.63))
            made.paragraph_format.space_after = Pt(3)
    for _ in range(3):
        doc.add_paragraph("{%p endif %}" if _ == 0 else "{%p endfor %}")


def _totals(doc: Any) -> None:
    table = doc.add_table(rows=3, cols=2)
    for place, texts in enumerate((("{%tr for t in totals %}", ""), ("", ""), ("{%tr endfor %}", ""))):
        for cell, text in zip(table.rows[place].cells, texts, strict=True):
            if text:
                cell.paragraphs[0].add_run(text)
    for cell, name in zip(table.rows[1].cells, ("label", "value"), strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run("{% if t.strong %}")
        _small(paragraph, f"{{{{ t.{name} }}}}", bold=True, colour=ACCENT, size=12)
        paragraph.add_run("{% else %}")
        paragraph.add_run(f"{{{{ t.{name} }}}}")
        paragraph.add_run("{% endif %}")
    _widths(table, (12.6, 4.0))
    doc.add_paragraph()


def make() -> bytes:
    """The template's bytes: the same at each run."""
    doc = Document()
    _styles(doc)
    page = doc.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin, page.bottom_margin = Cm(2.2), Cm(2.0)
    foot = page.footer.paragraphs[0]
    foot.style = doc.styles["Normal"]  # the style of footers brings a tab stop of its own
    foot.paragraph_format.tab_stops.add_tab_stop(Cm(16.6), alignment=2)
    _small(
        foot,
        "{{ firm }} · {{ reference }} · {% if mark %}{{ mark }}{% else %}holds until {{ expires }}{% endif %}\tPage ",
        size=8.5,
    )
    _field(foot, "PAGE")
    _small(foot, " of ", size=8.5)
    _field(foot, "NUMPAGES")
    _cover(doc)
    _sections(doc)
    doc.add_paragraph("Price", style="Heading 1")
    _priced(doc, "recurring", "A year, at list")
    _priced(doc, "once", "Once, at list")
    _totals(doc)
    _small(doc.add_paragraph(), "{{ basis }}")
    doc.add_paragraph("Terms", style="Heading 1")
    doc.add_paragraph("{%p for c in conditions %}")
    doc.add_paragraph("{{ c }}", style="List Bullet")
    doc.add_paragraph("{%p endfor %}")
    doc.add_paragraph("{%p if sources %}")
    doc.add_paragraph("Sources", style="Heading 1")
    _small(doc.add_paragraph(), "What this proposal says of either firm stands on these records.")
    doc.add_paragraph("{%p for s in sources %}")
    line = doc.add_paragraph()
    line.paragraph_format.space_after = Pt(2)
    _small(line, "{{ s.number }}. {{ s.text }} · as of {{ s.as_of }}")
    doc.add_paragraph("{%p endfor %}")
    doc.add_paragraph("{%p endif %}")
    about = doc.core_properties
    about.author, about.title, about.comments = "Remit", "Proposal", ""
    about.created = about.modified = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    doc.save(out)
    return settled(out.getvalue())


if __name__ == "__main__":
    SHIPPED.write_bytes(make())
    print(f"wrote {SHIPPED}")
