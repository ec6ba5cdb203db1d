"""What a buyer reads in a Word template is what was held against the rules of conduct, and what must be read can be seen."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from docx import Document as Word
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.run import Run

from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.proposals import fixed_words, inspection
from remit.kit import clock
from tests.support.cast import make_cast

BAD = "We guarantee the best price."
MUST = (
    "{% if title %}{% endif %}{{ mark }} {{ expires }}", "{% for t in totals %}{{ t.value }}{% endfor %}", "{% for c in conditions %}{{ c }}{% endfor %}",
)  # fmt: skip
HERE = r"<w:p>\s*<w:r>\s*<w:t>HERE</w:t>\s*</w:r>\s*</w:p>"
BOX = "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent><w:p><w:r><w:t>ok</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
MATH = "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'><m:r><m:t>{}</m:t></m:r></m:oMath>"
LIST = '<w:abstractNum w:abstractNumId="77"><w:lvl w:ilvl="0"><w:lvlText w:val="{}"/></w:lvl></w:abstractNum>'


def saved(made: Document) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def based(*lines: str) -> Document:
    made = Word()
    for line in (*MUST, *lines):
        made.add_paragraph(line)
    return made


def remade(data: bytes, replaced: dict[str, str], names: dict[str, str] | None = None) -> bytes:
    """The file with patterns of its text parts replaced, and parts renamed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith((".xml", ".rels")):
                text = content.decode()
                for before, after in replaced.items():
                    text = re.sub(before, lambda _, after=after: after, text, count=1)  # type: ignore[misc]
                content = text.encode()
            new.writestr((names or {}).get(name, name), content)
    return out.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def renamed_header() -> bytes:
    made = based("HERE")
    made.sections[0].header.paragraphs[0].text = BAD
    return remade(saved(made), {r"header1\.xml": "kopf.xml"}, {"word/header1.xml": "word/kopf.xml"})


def test_words_are_read_wherever_they_stand(database: Location) -> None:
    cast = make_cast(database)
    made = saved(based("HERE"))
    ways = {
        "beside a text box": remade(made, {HERE: f"<w:p>{run(BAD)}{BOX}</w:p>"}),
        "in a text box": remade(made, {HERE: f"<w:p>{BOX.replace('ok', BAD)}</w:p>"}),
        "as a formula": remade(made, {HERE: f"<w:p>{MATH.format(BAD)}</w:p>"}),
        "over two paragraphs": remade(made, {HERE: f"<w:p>{run('We guaran')}</w:p><w:p>{run('tee the best price.')}</w:p>"}),
        "with symbols": remade(made, {HERE: f"<w:p>{run('We guarant')}<w:r><w:sym w:font='Arial' w:char='F065'/></w:r>{run('e the best price.')}</w:p>"}),
        "as the mark of a list": remade(made, {r"(?=<w:abstractNum )": LIST.format(BAD)}),
        "in a header of another name": renamed_header(),
    }  # fmt: skip
    with read(cast.scope("cora")) as s:
        for way, data in ways.items():
            assert any(one.stopped for one in fixed_words.look_at(s, data, clock.now())), way
        assert not any(one.stopped for one in fixed_words.look_at(s, made, clock.now()))


@pytest.mark.parametrize(
    "line", ['{{ "We guarantee it." }}', '{{ mark or "It is so." }}', "{% raw %}{# It is so. #}{% endraw %}"]
)
def test_no_tag_holds_words(line: str) -> None:
    with pytest.raises(inspection.TemplateUnfit, match=r"nothing else|may not use raw"):
        inspection.check(saved(based(line)))


def hidden(one: Run) -> None:
    one.font.hidden = True


def tiny(one: Run) -> None:
    one.font.size = Pt(1)


def white(one: Run) -> None:
    one.font.color.rgb = RGBColor(255, 255, 255)


def deleted(one: Run) -> None:
    gone = OxmlElement("w:del")
    one._r.addprevious(gone)
    gone.append(one._r)
    text = OxmlElement("w:delText")  # as Word writes it
    text.text = one.text
    one._r.replace(one._r.find(qn("w:t")), text)


def described(one: Run) -> None:
    """As the description of a picture, which nobody sees."""
    picture = OxmlElement("w:docPr")
    picture.set("descr", one.text)
    one.text = ""
    one._r.append(picture)


@pytest.mark.parametrize("how", [hidden, tiny, white, deleted, described])
def test_what_must_be_read_can_be_seen(how) -> None:  # type: ignore[no-untyped-def]
    made = Word()
    for line in MUST:
        made.add_paragraph(line)
    inspection.check(saved(made))
    how(made.paragraphs[0].runs[0])
    with pytest.raises(inspection.TemplateUnfit, match="does not print mark, expires, or only"):  # fmt: skip
        inspection.check(saved(made))


def test_what_must_be_read_is_on_ordinary_pages_and_in_words() -> None:
    made = Word()
    made.sections[0].first_page_header.paragraphs[0].text = "".join(MUST)
    with pytest.raises(inspection.TemplateUnfit, match="does not print mark, expires, totals, conditions"):
        inspection.check(saved(made))
    numbers = Word()
    for line in (*MUST[:2], "{% for c in conditions %}{{ loop.index }}{% endfor %}"):
        numbers.add_paragraph(line)
    with pytest.raises(inspection.TemplateUnfit, match="does not print conditions"):
        inspection.check(saved(numbers))
