"""A store that speaks S3 over HTTP: it checks signatures by itself and keeps objects in memory."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ACCESS, SECRET, REGION, BUCKET = "AKLOCAL", "the+secret/of=these/tests", "eu-test-1", "lake"


@dataclass
class Store:
    """What is in the bucket, and what was asked of it; `failures` are answered first."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, int]] = field(default_factory=list)

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "endpoint": f"http://127.0.0.1:{self.port}", "region": REGION, "bucket": BUCKET,
            "prefix": "amc/results", "path_style": True, "access_key_id": ACCESS,
            "secret_access_key": SECRET,
        } | changes  # fmt: skip


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _signed(self, body: bytes) -> str:
        """What is wrong with the signature, nothing when it holds."""
        said = self.headers.get("authorization", "")
        if not said.startswith("AWS4-HMAC-SHA256 "):
            return "AccessDenied"
        parts = dict(each.strip().split("=", 1) for each in said[17:].split(","))
        access, day, region, service, end = parts["Credential"].split("/")
        if access != ACCESS:
            return "InvalidAccessKeyId"
        if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            return "XAmzContentSHA256Mismatch"
        target, _, query = self.path.partition("?")
        names = parts["SignedHeaders"].split(";")
        asked = "\n".join(
            [self.command, target, query, *(f"{n}:{self.headers[n]}" for n in names), "",
             ";".join(names), self.headers["x-amz-content-sha256"]]
        )  # fmt: skip
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, service, end):
            key = _hmac(key, part)
        scope = f"{day}/{region}/{service}/{end}"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{scope}\n{digest}"
        if region != REGION or _hmac(key, text).hex() != parts["Signature"]:
            return "SignatureDoesNotMatch"
        return ""

    def _do(self) -> None:
        store = self.store
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        bucket, _, key = unquote(parts.path)[1:].partition("/")
        store.calls.append((self.command, key))
        for number, (method, status) in enumerate(store.failures):
            if method == self.command:
                del store.failures[number]
                return self._say(status, "<Error><Code>SlowDown</Code></Error>")
        wrong = self._signed(body)
        if wrong:
            return self._say(403, f"<Error><Code>{wrong}</Code></Error>")
        if bucket != BUCKET:
            return self._say(404, "<Error><Code>NoSuchBucket</Code></Error>")
        return self._act(key, query, body)

    def _act(self, key: str, query: dict[str, str], body: bytes) -> None:
        store = self.store
        upload = query.get("uploadId", "")
        match self.command:
            case "PUT" if upload:
                store.uploads[upload][int(query["partNumber"])] = body
                return self._say(200, "", etag=f'"{hashlib.md5(body).hexdigest()}"')
            case "PUT":
                store.objects[key] = body
            case "POST" if upload:
                parts = store.uploads.pop(upload)
                store.objects[key] = b"".join(parts[number] for number in sorted(parts))
                return self._say(200, "<CompleteMultipartUploadResult/>")
            case "POST":
                name = f"u{len(store.calls)}&amp;"
                store.uploads[name.replace("&amp;", "&")] = {}
                return self._say(200, f"<R><UploadId>{name}</UploadId></R>")
            case "DELETE" if upload:
                store.uploads.pop(upload, None)
                return self._say(204, "")
            case "DELETE":
                store.objects.pop(key, None)
                return self._say(204, "")
            case _:
                found = sorted(each for each in store.objects if each.startswith(query["prefix"]))
                keys = "".join(f"<Contents><Key>{each}</Key></Contents>" for each in found)
                return self._say(200, f"<R><IsTruncated>false</IsTruncated>{keys}</R>")
        return self._say(200, "")

    def _say(self, status: int, text: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "0" if status == 204 else str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


@contextmanager
def serving() -> Iterator[Store]:
    store = Store()
    verbs = {f"do_{verb}": _Handler._do for verb in ("GET", "PUT", "POST", "DELETE")}
    handler = type("Handler", (_Handler,), {"store": store, **verbs})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
