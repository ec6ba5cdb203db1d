"""Copy the browser files we ship from their npm packages into the source tree: `python tools/vendor_assets.py`.

There is no front-end build: these files are served as they are. Run this to move to a newer version, look at the
pages, and commit the result. Needs `npm`; licences are copied beside the files.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "src/remit/web/static/vendor"
AXE = ROOT / "tests/browser/vendor"

# (package and exact version, file in the package, where it goes)
FILES = (
    ("@tabler/core@1.6.1", "dist/css/tabler.min.css", STATIC / "tabler.min.css"),
    ("htmx.org@2.0.11", "dist/htmx.min.js", STATIC / "htmx.min.js"),
    ("htmx.org@2.0.11", "LICENSE", STATIC / "htmx.LICENSE"),
    ("echarts@6.1.0", "dist/echarts.simple.min.js", STATIC / "echarts.simple.min.js"),
    ("echarts@6.1.0", "LICENSE", STATIC / "echarts.LICENSE"),
    ("echarts@6.1.0", "NOTICE", STATIC / "echarts.NOTICE"),
    ("@tabler/icons@3.51.0", "LICENSE", STATIC / "tabler-icons.LICENSE"),
    ("axe-core@4.14.1", "axe.min.js", AXE / "axe.min.js"),
    ("axe-core@4.14.1", "LICENSE", AXE / "axe.LICENSE"),
)
ICONS = [
    "home",
    "building",
    "chart-bar",
    "pencil",
    "checks",
    "list-search",
    "stairs",
    "settings",
    "hand-stop",
    "alert-triangle",
    "check",
    "x",
    "clock",
    "search",
    "moon",
    "sun",
    "keyboard",
    "user",
    "logout",
    "shield",
    "lock",
    "mail",
    "phone",
    "users",
    "coin",
    "flag",
    "file-text",
    "external-link",
    "chevron-right",
    "chevron-left",
    "chevron-down",
    "arrow-up",
    "arrow-down",
    "dots",
    "filter",
    "download",
    "plus",
    "robot",
    "player-pause",
    "eye",
    "refresh",
    "circle-check",
    "circle-x",
    "circle-dashed",
    "history",
    "calendar",
    "map-pin",
    "star",
    "database-heart",
    "note",
    "trash",
    "send",
    "quote",
    "layout-kanban",
    "table",
    "help",
    "point",
    "arrow-right",
    "messages",
]
TABLER_LICENCE = "MIT License. Copyright (c) 2018-2026 The Tabler Authors. https://github.com/tabler/tabler/blob/master/LICENSE\n"


def fetch(package: str, into: Path) -> Path:
    """Download one package with npm and unpack it; returns its folder."""
    name = re.sub(r"\W+", "-", package)
    done = into / name
    if not done.exists():
        shown = subprocess.run(
            ["npm", "pack", package, "--silent"], cwd=into, check=True, capture_output=True, text=True
        )
        with tarfile.open(into / shown.stdout.strip().splitlines()[-1]) as archive:
            archive.extractall(done, filter="data")
    return done / "package"


def sprite(icons: Path) -> str:
    """One SVG file with a symbol per icon, used as `<use href="…#name">`."""
    symbols = []
    for name in sorted(set(ICONS)):
        drawing = (icons / f"{name}.svg").read_text("utf-8")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
        if inner is None:
            raise SystemExit(f"{name}.svg is not a drawing")
        paths = re.sub(r"\s+", " ", inner.group(1)).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{paths}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    """Fetch every package and write the files."""
    STATIC.mkdir(parents=True, exist_ok=True)
    AXE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for package, source, target in FILES:
            text = (fetch(package, work) / source).read_text("utf-8")
            # a map that is not served is a 404 in every browser's console
            text = re.sub(r"\n?(/\*|//)# sourceMappingURL=\S+( \*/)?", "", text)
            target.write_text(text, "utf-8")
        (STATIC / "icons.svg").write_text(
            sprite(fetch("@tabler/icons@3.51.0", work) / "icons/outline"), "utf-8"
        )
        (STATIC / "tabler.LICENSE").write_text(TABLER_LICENCE, "utf-8")
    print(f"written to {STATIC.relative_to(ROOT)} and {AXE.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
