"""What counts as an address of the web, and a setting that holds one that is none."""

from __future__ import annotations

import pytest

from remit.kit.addresses import is_web_address
from remit.settings import SettingsInvalid, reload


@pytest.mark.parametrize(
    "text", ["https://news.example/feed.xml", "http://127.0.0.1:8080/x", "http://[::1]/x", "https://münchen.example./"]
)  # fmt: skip
def test_a_whole_address(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "news.example", "ftp://x.example/", "http:///x", "http://[::1/x", "http://x.example:99999/", "http://a..b/", "http://u:p@x.example/",
     f"http://{'a' * 70}.example/"],
)  # fmt: skip
def test_no_address(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_web_address(text)
    if text:
        monkeypatch.setenv("REMIT_FEED_ADDRESSES", f"https://good.example/a, {text}")
        with pytest.raises(SettingsInvalid, match=r"feed_addresses.*is no address of a feed"):
            reload()
        monkeypatch.undo()
        reload()
