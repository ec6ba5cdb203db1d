"""Small PDFs made by hand: with text, without, protected by a password."""

from __future__ import annotations

from collections.abc import Sequence


def pdf(pages: Sequence[str], *, locked: bool = False) -> bytes:
    """A PDF with one line of text a page ('' = a page without text). `locked`: no password that we know opens it."""
    objects: list[bytes] = []

    def add(body: str) -> int:
        objects.append(body.encode("latin-1"))
        return len(objects)

    catalog = add("<< /Type /Catalog /Pages 2 0 R >>")
    add("")  # the page tree, written below
    font = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for text in pages:
        shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        stream = f"BT /F1 12 Tf 72 700 Td ({shown}) Tj ET" if text else ""
        content = add(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R /Resources << /Font << /F1 {font} 0 R >> >> >>"
            )
        )
    objects[1] = (
        f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    )
    extra = ""
    if locked:
        key = "<" + "11" * 32 + ">"
        lock = add(f"<< /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -44 >>")
        extra = f" /Encrypt {lock} 0 R /ID [<{'00' * 16}> <{'00' * 16}>]"
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root {catalog} 0 R{extra} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
