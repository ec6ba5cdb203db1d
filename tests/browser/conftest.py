"""A real server and a real Chromium. The server is uvicorn in a thread of this process, on the module's own database.

Needs Chromium (Debian's `chromium`, or REMIT_CHROMIUM); skips with the reason where there is none, fails with REMIT_REQUIRE_BROWSER. `press(page, "j")`
presses keys when they work; `look(page)` checks what must hold on every page: no overflow, nothing serious from axe, nothing
on the console; `look_both_ways(page)` does so at 1280 px in light and at 390 px in dark.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from remit.db.location import Location
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.support import web_cast as cast
from tests.support.served import served

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WIDE, PHONE = (1280, 900), (390, 844)


def _chromium() -> str | None:
    return os.environ.get("REMIT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the run."""
    path = _chromium()
    if path is None:
        if os.environ.get("REMIT_REQUIRE_BROWSER"):
            pytest.fail("no Chromium here, and REMIT_REQUIRE_BROWSER asks for one", pytrace=False)
        pytest.skip("no Chromium here: install Debian's chromium or set REMIT_CHROMIUM")
    with playwright_api.sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = driver.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def settled(database: Location) -> Location:
    """The module's database with the cast in it."""
    cast.settle(database)
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    return database


@pytest.fixture(scope="module")
def address(settled: Location) -> Iterator[str]:
    """Address of the running server."""
    with served(create_app()) as found:
        yield found


Open = Callable[..., Any]
Profiles = dict[Any, Any]


@pytest.fixture(scope="module")
def profiles(chromium: Any, address: str) -> Iterator[Profiles]:
    """The browser profiles of this module, one for each member who has signed in."""
    kept: Profiles = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def open_as(chromium: Any, address: str, profiles: Profiles) -> Iterator[Open]:
    """`open_as(cast.ALICE, "/approvals", size=PHONE, scheme="dark")`: a page of hers; of nobody's when it is None.

    Her profile is the module's: to sign in and to fetch every style and script anew costs more than most tests. The theme that
    a test chose is forgotten after it, and whoever was signed out signs in again.
    """
    of_members, strangers = [], []

    def opened(
        member: cast.Member | None, path: str = "/", size: tuple[int, int] = WIDE, scheme: str = "light"
    ) -> Any:
        context = profiles.get(member)
        if context is None:
            # no colour is measured half-way
            context = chromium.new_context(base_url=address, reduced_motion="reduce")
            if member is None:
                strangers.append(context)
            else:
                profiles[member] = context
        page = context.new_page()
        if member is not None:
            of_members.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)
        page.problems = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.set_default_timeout(30_000)  # a busy machine fails no test
        page.goto(path)
        if member is not None and "/sign-in" in page.url:
            page.locator("button.demo-person", has_text=member.name).click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
            page.goto(path)
        return page

    yield opened
    for page in of_members:
        page.close()
    for context in profiles.values():
        context.clear_cookies(name="remit_theme")
    for context in strangers:
        context.close()


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other, each once the scripts of the page that is open by then have bound theirs."""
    for key in keys:
        page.locator('html[data-keys="ready"]').wait_for(state="attached")
        page.keyboard.press(key)


def look(page: Any) -> None:
    """Raise AssertionError when the page overflows, axe finds something serious, or the console complains."""
    page.wait_for_load_state("load")
    _with_axe(page)
    _look(page)


def look_both_ways(page: Any) -> None:
    """`look` on a desk in the light and on a phone in the dark, without asking the server twice."""
    page.wait_for_load_state("load")
    _with_axe(page)
    for (width, height), scheme in ((WIDE, "light"), (PHONE, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scheme => { document.documentElement.dataset.bsTheme = scheme }", scheme)
        _look(page)


def fits(page: Any) -> None:
    """Raise AssertionError when the page overflows or the console complains."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the screen"
    assert not page.problems, f"{page.url}: {page.problems}"


def _with_axe(page: Any) -> None:
    # the driver evaluates outside of the page's content security policy, which stays in force for the page itself
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text("utf-8")


# Where a fault is costs as much to say as whether there is one, so it is asked for only then. The stylesheets need not be
# loaded beforehand: no rule that is on and serious reads them.
SERIOUS_FAULTS = """async () => {
    const found = async selectors => (await axe.run(document, {resultTypes: ["violations"], preload: false, selectors}))
        .violations.filter(one => one.impact === "serious" || one.impact === "critical");
    const some = await found(false);
    if (!some.length) return [];
    const told = await found(true);
    return (told.length ? told : some).map(one => [one.id, one.nodes.slice(0, 3).map(node => node.target)]);
}"""


def _look(page: Any) -> None:
    bad = page.evaluate(SERIOUS_FAULTS)
    assert not bad, f"{page.url}: {bad}"
    fits(page)
