"""A store that speaks S3 over HTTP: it checks signatures by itself and keeps objects in memory."""

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET, REGION, BUCKET = "AKLOCAL", "the+secret/of=these/tests", "eu-test-1", "lake"


@dataclass
class Store:
    """What is in the bucket, and what was asked of it; `failures` are answered first."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, int]] = field(default_factory=list)
    cuts: list[tuple[str, int]] = field(default_factory=list)
    """Verb and number of bytes after which the connection ends, coming (PUT) or going (GET)."""
    dates: dict[str, datetime] = field(default_factory=dict)
    silent: threading.Event | None = None
    """While there is one, nobody is answered before it is set."""
    page: int = 1_000

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "endpoint": f"http://127.0.0.1:{self.port}", "region": REGION, "bucket": BUCKET,
            "prefix": "amc/results", "path_style": True, "access_key_id": ACCESS,
            "secret_access_key": SECRET,
        } | changes  # fmt: skip

    def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content
        self.dates[key] = datetime.now(UTC)

    def listing(self, query: dict[str, str]) -> str:
        """A page of keys, or of what stands before the next delimiter of them."""
        prefix, sign = query.get("prefix", ""), query.get("delimiter")
        found = sorted(each for each in list(self.objects) if each.startswith(prefix))
        if sign:
            rest = {each.removeprefix(prefix).partition(sign) for each in found}
            names = sorted({f"{prefix}{first}{sign}" for first, cut, _ in rest if cut})
            items = [f"<CommonPrefixes><Prefix>{each}</Prefix></CommonPrefixes>" for each in names]
        else:
            items = [
                f"<Contents><Key>{escape(each)}</Key><Size>{len(self.objects[each])}</Size>"
                f"<LastModified>{self.dates.get(each, datetime.now(UTC)).isoformat()}"
                "</LastModified></Contents>"
                for each in found
            ]
        first = int(query.get("continuation-token", "0"))
        last = first + min(self.page, int(query.get("max-keys", self.page)))
        more = f"<NextContinuationToken>{last}</NextContinuationToken>" if items[last:] else ""
        truncated = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        return (
            f"<R><Prefix>{escape(prefix)}</Prefix>{truncated}{more}{''.join(items[first:last])}</R>"
        )


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
        signed = re.search(r"SignedHeaders=([^,]*)", said)
        named = signed[1].split(";") if signed else []
        sent = [each.lower() for each in self.headers if each.lower().startswith("x-amz-")]
        if not {"host", "x-amz-date", *sent} <= set(named):
            return "AccessDenied"
        told = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%S%z")
        if abs(datetime.now(UTC) - told) > timedelta(minutes=15):
            return "RequestTimeTooSkewed"
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
        length = int(self.headers.get("content-length", 0))
        cut = self._cut("PUT") if length else None
        body = self.rfile.read(length if cut is None else min(cut, length))
        if cut is not None:
            return self._hang_up()
        if store.silent is not None:
            store.silent.wait(30)
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
            case "PUT" if "x-amz-copy-source" in self.headers:
                source = unquote(self.headers["x-amz-copy-source"]).removeprefix(f"/{BUCKET}/")
                if source not in store.objects:
                    return self._say(404, "<Error><Code>NoSuchKey</Code></Error>")
                store.put(key, store.objects[source])
                return self._say(200, "<CopyObjectResult/>")
            case "PUT":
                store.put(key, body)
            case "POST" if upload:
                parts = store.uploads.pop(upload)
                store.put(key, b"".join(parts[number] for number in sorted(parts)))
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
            case _ if key:
                return self._give(key)
            case _:
                return self._say(200, store.listing(query))
        return self._say(200, "")

    def _give(self, key: str) -> None:
        content = self.store.objects.get(key)
        if content is None:
            return self._say(404, "<Error><Code>NoSuchKey</Code></Error>")
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        self.send_response(206 if asked else 200)
        part = content
        if asked:
            first, last = int(asked[1]), int(asked[2] or len(content) - 1)
            part = content[first : last + 1]
            self.send_header("content-range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("content-length", str(len(part)))
        self.end_headers()
        cut = self._cut("GET") if len(part) > 1 else None
        self.wfile.write(part if cut is None else part[:cut])
        if cut is not None:
            self._hang_up()
        return None

    def _cut(self, verb: str) -> int | None:
        for number, (method, after) in enumerate(self.store.cuts):
            if method == verb == self.command:
                del self.store.cuts[number]
                return after
        return None

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True

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
