"""Static files: read and compressed once, addressed by their content so that browsers keep them for good.

Templates write `{{ asset('remit.css') }}`; the address carries the file's hash. Only files that stand in the folder
at start are served, by dictionary, so no path can lead out of it.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, type, hash of the content."""

    content: bytes
    kind: str
    digest: str

    @cached_property
    def compressed(self) -> bytes:
        """The bytes by gzip, made at the first request."""
        return gzip.compress(self.content, 6, mtime=0)


def _read(folder: Path) -> dict[str, Asset]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in TYPES and path.is_file():
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            found[path.relative_to(folder).as_posix()] = Asset(content, TYPES[path.suffix], digest)
    return found


class Assets:
    """All static files of this process."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = _read(folder)

    def address(self, name: str) -> str:
        """The address of file `name`. Raises KeyError for a file that does not exist."""
        return f"/static/{self._files[name].digest}/{name}"

    def serve(self, request: Request, digest: str, name: str) -> Response:
        """The file, when both its name and its hash are right; else 404 (an old page asks for an old file)."""
        asset = self._files.get(name)
        if asset is None or asset.digest != digest:
            return Response("No such file.", status_code=404, media_type="text/plain")
        headers = {"Cache-Control": FOREVER, "ETag": f'"{asset.digest}"', "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", "") and asset.kind != "image/png":
            return Response(
                asset.compressed, media_type=asset.kind, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(asset.content, media_type=asset.kind, headers=headers)
