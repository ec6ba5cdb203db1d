"""Look at the demo firm in a real Chromium and keep what was seen: `python tools/take_screenshots.py [ADDRESS]`.

Needs a running demo (`make run`) and Chromium. Writes docs/screenshots/<page>-<width>-<theme>.png; every page of the menu is
taken as the demo person who lives there. Names what overflows or fails on the way.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs/screenshots"
LOOKS = ((1280, 900, "light"), (1280, 900, "dark"), (390, 844, "light"), (390, 844, "dark"))
# typed into a draft to show how it is refused; nothing of it is stored
CLAIM = "Northlake OMS guarantees forty percent lower costs."
# (demo person, pages). "!" types CLAIM into the draft. "@first" follows the first row's link of the page before, "@first/brief" goes on from there.
TOURS = (
    ("", ("/sign-in",)),
    ("Alice Hartwell", ("/today", "/accounts", "/accounts@first", "/accounts@first/brief", "/compare?q=How+does+our+OMS+compare+to+Veldmark", "/pipeline", "/pipeline/table", "/pipeline@first",
                        "/quality", "/write?state=draft", "/write?state=draft@first", "/write?state=draft@first!", "/write/new", "/write/paste", "/write/follow-up", "/library", "/library@first", "/library/outcomes", "/library/coverage", "/sequences", "/sequences@first", "/questionnaires", "/questionnaires@first", "/answers", "/proposals", "/proposals@first", "/documents", "/documents@first", "/search?q=mo", "/approvals", "/approvals@first")),
    ("Nadia Forsyth", ("/audit", "/audit@first", "/ladder", "/ladder/gates/S0-G1", "/halt", "/team", "/team/outcomes?whose=all", "/team/primary?whose=all", "/ladder/gates/S1-G2", "/team/cases", "/team/cases@first", "/settings/handling", "/compliance", "/compliance/profiles", "/compliance/queue", "/compliance/queue@first", "/compliance/findings", "/compliance/reviewers")),
    ("Adam Pereira", ("/settings", "/settings/people", "/settings/territories", "/settings/sign-on", "/settings/tokens", "/settings/connections")),
)  # fmt: skip


def visit(page: Page, path: str) -> bool:
    """Go to a page, or to the first row of it; False where it does not exist."""
    plain, _, first = path.rstrip("!").partition("@")
    answer = page.goto(plain)
    if answer is None or answer.status != 200:
        return False
    if first:
        link = page.locator("main a.row-link").first
        if not link.count():
            return False
        link.click()
        page.wait_for_load_state()
        if first != "first":  # a page under the first row's
            page.goto(page.url + first.removeprefix("first"))
    if path.endswith("!"):
        body = page.locator("textarea[name=body]")
        body.fill(f"{CLAIM}\n\n{body.input_value()}")
        page.locator(".letter.as-written", has_text="guarantees").wait_for()
    return True


def tour(browser: Browser, address: str, look: tuple[int, int, str]) -> None:
    """Every page in one size and theme."""
    width, height, scheme = look
    for person, paths in TOURS:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        if person:
            page.goto("/sign-in")
            page.locator("button.demo-person", has_text=person).click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        for path in paths:
            if not visit(page, path):
                print(f"not there: {path}")
                continue
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wider > 0:
                print(f"{path} at {width}: {wider} px too wide")
            plain = (
                path.strip("/").replace("?state=draft", "").replace("@first", "-one").replace("!", "-refused")
            )
            name = re.sub(r"\W+", "-", plain.split("?q=How")[0])
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
        context.close()


def main() -> None:
    """All looks."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8321"
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("REMIT_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for look in LOOKS:
            tour(browser, address, look)
        browser.close()


if __name__ == "__main__":
    main()
