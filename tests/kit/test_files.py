"""There is the whole file or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.kit.files import whole_file


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "verify.py"
    with whole_file(path) as file:
        file.write("text")
        assert not path.exists()
    assert path.read_text() == "text" and list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space"), whole_file(tmp_path / "verify.py") as file:
        file.write("half")
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_replaced_also_when_it_came_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "verify.py"
    with pytest.raises(FileExistsError), whole_file(path) as file:
        file.write("mine")
        path.write_text("theirs")
    with pytest.raises(FileExistsError), whole_file(path):
        pass
    assert path.read_text() == "theirs" and list(tmp_path.iterdir()) == [path]
