"""Files that can be read, and a clear answer for each that cannot."""

from __future__ import annotations

import pytest

from remit.llm.handling import files


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"PK\x03\x04....", "zipped document"),
        (b"\x89PNG\r\n", "is a picture"),
        (b"\x1f\x8b\x08", "is compressed"),
        (b"text\x00text", "holds NUL bytes"),
        (bytes(range(1, 9)) * 50 + b"\xff\xfe", "is neither UTF-8 nor Western text"),
        (b"\xff\xfeab\xd8\x00\xd8", "says it is UTF-16 and is not"),
        (b"x" * (files.MAX_BYTES + 1), "the most is"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(data: bytes, told: str) -> None:
    with pytest.raises(files.FileNotScanned) as refused:
        files.decode(data, "thing.txt")
    assert told in str(refused.value)
    assert "thing.txt" in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert files.decode("Müller, 5 € – “so”".encode(encoding), "a.txt") == "Müller, 5 € – “so”"


def test_a_mail_gives_its_heads_and_readable_parts() -> None:
    mail = (
        b"From: Jane <jane@desk.example>\r\nSubject: =?utf-8?q?Geb=C3=BChren?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nVGhlaXIgQVVNIGlzICQ0LjJibi4=\r\n--x\r\nContent-Type: text/html\r\n\r\n"
        b"<style>p{}</style><p>fee <b>1.5%</b></p>\r\n--x\r\nContent-Type: image/png\r\n\r\n....\r\n--x--\r\n"
    )
    text = files.decode(mail, "a.eml")
    assert "Subject: Gebühren" in text
    assert "Their AUM is $4.2bn." in text
    assert "fee  1.5%" in text
    assert "style" not in text


def test_a_folder_and_a_missing_file_are_no_files(tmp_path) -> None:
    with pytest.raises(files.FileNotScanned, match="no ordinary file"):
        files.text_of(tmp_path)
