"""Traces over the wire: a real web process and a real worker, a collector that decodes them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry import trace_parent
from metatron.kernel.telemetry.traces import open_tracing
from metatron.platform.identity.interface import ensure_user, issue_sign_in_link
from tests.platform.payments.provider_process import free_port

messages = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")

ROOT = Path(__file__).parents[2]
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SECONDS = 60.0


class Collector(BaseHTTPRequestHandler):
    """OTLP over HTTP: takes what is posted, answers with an empty response message."""

    bodies: list[bytes]

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        assert self.headers["content-type"] == "application/x-protobuf"
        body = self.rfile.read(int(self.headers["content-length"]))
        self.bodies.append(body)
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def collecting() -> Iterator[tuple[str, list[bytes]]]:
    taken: list[bytes] = []
    handler = type("Handler", (Collector,), {"bodies": taken})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def spans_of(bodies: list[bytes]) -> list[tuple[str, Any]]:
    """Every span with the name of the service it came from."""
    found = []
    for body in bodies:
        request = messages.ExportTraceServiceRequest.FromString(body)
        for of_resource in request.resource_spans:
            names = {a.key: a.value.string_value for a in of_resource.resource.attributes}
            for of_scope in of_resource.scope_spans:
                found += [(names["service.name"], span) for span in of_scope.spans]
    return found


def _environment(settings: Settings, endpoint: str, port: int) -> dict[str, str]:
    mirrored = (
        "database_url", "database_system_url", "database_owner_url", "secret_keys",
        "payments_secret", "payments_webhook_secrets",
    )  # fmt: skip
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        **{f"METATRON_{n.upper()}": getattr(settings, n).get_secret_value() for n in mirrored},
        "METATRON_DATA_DIR": str(settings.data_dir),
        "METATRON_SIGNING_KEY_DIR": str(settings.signing_key_dir),
        "METATRON_PUBLIC_URL": settings.public_url,
        "METATRON_PORT": str(port),
        "METATRON_WORKERS": "1",
        "METATRON_OTLP_ENDPOINT": endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


@contextmanager
def processes(environment: dict[str, str], folder: Path) -> Iterator[None]:
    started = []
    with (folder / "log").open("wb") as log:
        for arguments in (("serve", "web"), ("work",)):
            argv = [sys.executable, "-m", "metatron", *arguments]
            started.append(
                subprocess.Popen(argv, env=environment, cwd=folder, stdout=log, stderr=log)
            )
        try:
            yield
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                assert process.wait(30) is not None


def _until(true: Any, what: str) -> Any:
    ends = time.monotonic() + SECONDS
    while True:
        found = true()
        if found:
            return found
        assert time.monotonic() < ends, f"never: {what}"
        time.sleep(0.1)


def _answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health/live").is_success
    except httpx.TransportError:
        return False


@pytest.mark.timeout(180)
async def test_spans_reach_a_collector_and_keep_secrets_to_themselves(
    committed_database: tuple[Settings, Database], tmp_path: Path
) -> None:
    settings, database = committed_database
    email, port = "private.person@example.com", free_port()
    async with database.transaction(system_context()) as session:
        await ensure_user(
            session, email=email, display_name="Priva Tesson", verified=True, now=utc_now()
        )
    base = f"http://127.0.0.1:{port}"
    with collecting() as (endpoint, taken):
        with processes(_environment(settings, endpoint, port), tmp_path):
            _until(lambda: _answers(base), "web process ready")
            link = await issue_sign_in_link(database, email=email, settings=settings, now=utc_now())
            secret = link.partition("token=")[2]
            async with httpx.AsyncClient(base_url=f"{base}/api/v1", timeout=20) as client:
                signed = await client.post("/auth/verify-magic-link", json={"token": secret})
                token = signed.raise_for_status().json()["access_token"]
                client.headers["authorization"] = f"Bearer {token}"
                client.headers["user-agent"] = "Telltale Browser 1.0"
                for path in ("/auth/me?about=private.person", f"/nowhere/{email}"):
                    await client.get(path)
                asked = await client.post(
                    "/auth/send-magic-link",
                    json={"email": email},
                    headers={"traceparent": f"00-{TRACE}-{PARENT}-01"},
                )
                assert asked.status_code == 202
            _until(
                lambda: any(
                    span.name.startswith("job ") and span.trace_id.hex() == TRACE
                    for _, span in spans_of(taken)
                ),
                "the span of the job that was asked for",
            )
        # Both processes have ended and left nothing behind.
        _judge(taken, private=(email, "private.person", "Priva", secret, token, "Telltale"))


def _judge(taken: list[bytes], *, private: tuple[str, ...]) -> None:
    spans = spans_of(taken)
    by_name = {span.name: span for service, span in spans if service == "metatron-web"}
    assert "GET /api/v1/auth/me" in by_name
    assert "GET unmatched" in by_name
    asked = by_name["POST /api/v1/auth/send-magic-link"]
    assert (asked.trace_id.hex(), asked.parent_span_id.hex()) == (TRACE, PARENT)
    jobs = [span for service, span in spans if service == "metatron-worker"]
    mail = [span for span in jobs if span.trace_id.hex() == TRACE]
    assert mail, "the job that a request asked for belongs to the request's trace"
    assert asked.span_id in {span.parent_span_id for span in mail}
    me = by_name["GET /api/v1/auth/me"]
    assert not me.parent_span_id
    assert me.trace_id.hex() != TRACE
    keys = {attribute.key for _, span in spans for attribute in span.attributes}
    assert keys == {
        "http.request.method", "http.route", "http.response.status_code", "metatron.handler",
    }  # fmt: skip
    assert not [event for _, span in spans for event in span.events]
    whole = b"".join(taken)
    for words in private:
        assert words.encode() not in whole


def test_tracing_is_off_unless_it_is_configured() -> None:
    assert open_tracing(Settings(), "web") is None
    assert trace_parent.current_trace() == ""
