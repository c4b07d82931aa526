"""Serves the built page from memory: hashed assets for good, the entry page afresh."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from metatron.kernel.http.problems import plain_problem, request_id_of

COMPRESSED = {".js", ".css", ".html", ".svg", ".json", ".txt", ".webmanifest", ".map"}
RESERVED = ("/api/", "/health", "/metrics", "/assets/")
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    gzipped: bytes | None
    media_type: str
    etag: str
    cache_control: str


class Page:
    """ASGI application behind all API routes.

    Unknown addresses below `/api`, `/health` and `/.well-known` stay 404; everything else that is
    no file is an address inside the page, which its own router answers.
    """

    def __init__(self, folder: Path | None) -> None:
        """Read the build in `folder`; without one every address is 404."""
        self._files: dict[str, _File] = {}
        if folder is not None and folder.is_dir():
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    name = "/" + path.relative_to(folder).as_posix()
                    self._files[name] = _read(path, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        await self._answer(request)(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        file = self._files.get(path)
        if file is None and _is_inside_the_page(path):
            file = self._files.get("/index.html")
        if file is None:
            return plain_problem(404, request_id_of(request), _hint(path))
        if request.method not in {"GET", "HEAD"}:
            return plain_problem(405, request_id_of(request), headers={"Allow": "GET, HEAD"})
        headers = {
            "etag": file.etag,
            "cache-control": file.cache_control,
            "vary": "accept-encoding",
        }
        if request.headers.get("if-none-match") == file.etag:
            return Response(status_code=304, headers=headers)
        body = file.body
        if file.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body = file.gzipped
            headers["content-encoding"] = "gzip"
        return Response(body, media_type=file.media_type, headers=headers)


def _is_inside_the_page(path: str) -> bool:
    """Tell whether the page's router may answer: a plain path that means no file and no route."""
    if path.lower().startswith(RESERVED) or "\\" in path or "%" in path or "//" in path:
        return False
    return not any(segment.startswith(".") for segment in path.split("/"))


def _hint(path: str) -> str:
    """Say what a caller of the API most often got wrong; nothing about what there is."""
    if path.startswith("/api/") and path.endswith("/"):
        return "No address of the API ends in a slash: leave it out."
    return ""


def _read(path: Path, name: str) -> _File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.endswith("+xml"):  # of text/... the framework says it
        kind += "; charset=utf-8"
    return _File(
        body=body,
        gzipped=gzip.compress(body, 9) if path.suffix in COMPRESSED else None,
        media_type=kind,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        cache_control=FOR_GOOD if name.startswith("/assets/") else "no-cache",
    )
