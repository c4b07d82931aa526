"""nginx as shipped, before services that only tell what they were sent."""

import contextlib
import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from bench._running import free_port
from metatron.kernel.http.edge import HEADERS
from metatron.services import HTTP_SERVICES
from tests.services.apart import bare, nginx, shipped_site

TRANSPORT = "max-age=31536000; includeSubDomains"


class _Telling(BaseHTTPRequestHandler):
    """Answers with what came, under the headers that a service sets."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        told = HEADERS | {
            "strict-transport-security": TRANSPORT,
            "x-request-id": "0123456789",
            "cache-control": "private, max-age=60",
            "content-length": str(len(body)),
        }
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _telling() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Telling)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[httpx.Client]:
    """A client of the proxy; core and auth tell what they were sent, the others are away."""
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(each.stat().st_mode | 0o055)
    with _telling() as core, _telling() as auth:
        port = free_port()
        ports = {each.name: 9 for each in HTTP_SERVICES} | {"core": core, "auth": auth}
        home = shipped_site(folder, port, ports)
        command = nginx(home, "-g", "daemon off;")
        process = subprocess.Popen(command, env=bare(), stderr=subprocess.PIPE)
        trusted = ssl.create_default_context(cafile=home / "site" / "certificate.pem")
        client = httpx.Client(
            base_url=f"https://localhost:{port}", verify=trusted, trust_env=False, timeout=20
        )
        try:
            _wait_for(client)
            yield client
        finally:
            client.close()
            process.terminate()
            process.communicate(timeout=20)


def _wait_for(client: httpx.Client) -> None:
    for _ in range(100):
        with contextlib.suppress(httpx.ConnectError):
            client.get("/")
            return
        time.sleep(0.1)
    pytest.fail("nginx did not start")


def test_cookies_go_to_auth_alone(proxy: httpx.Client) -> None:
    cookie = {"cookie": "__Host-metatron_refresh=secret; other=1"}
    assert proxy.get("/api/v1/auth/me", headers=cookie).json()["cookie"] == cookie["cookie"]
    for path in ("/", "/api/v1/members", "/assets/page.js"):
        assert "cookie" not in proxy.get(path, headers=cookie).json(), path


def test_what_a_service_says_is_said_once(proxy: httpx.Client) -> None:
    answer = proxy.get("/api/v1/members")
    for name, value in (HEADERS | {"strict-transport-security": TRANSPORT}).items():
        assert answer.headers.get_list(name) == [value]
    assert answer.headers.get_list("cache-control") == ["private, max-age=60"]


@pytest.mark.parametrize(
    ("path", "status"), [("/metrics", 404), ("/api/v1/campaigns", 502), ("/%00", 400)]
)
def test_what_the_proxy_says_by_itself_is_as_strict(
    proxy: httpx.Client, path: str, status: int
) -> None:
    answer = proxy.get(path)
    assert answer.status_code == status
    if status == 400:  # refused before it is known whose it is
        assert "nginx/" not in answer.text
        return
    assert answer.headers["strict-transport-security"] == TRANSPORT
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "nginx/" not in answer.headers["server"] + answer.text


def test_traces_are_refused(proxy: httpx.Client) -> None:
    assert proxy.request("TRACE", "/api/v1/members").status_code == 405


def test_a_callers_words_about_whence_it_comes_are_not_passed_on(proxy: httpx.Client) -> None:
    lies = {"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9",
            "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}  # fmt: skip
    told = proxy.get("/api/v1/members", headers=lies).json()
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert not {"forwarded", "x-forwarded-host"} & set(told)


def test_lines_hold_no_secret_and_the_answers_id(proxy: httpx.Client, folder: Path) -> None:
    for path in (
        "/s/amc/tok-1",
        "/api/v1/public/amc/snapshots/tok-2",
        "/api/v1/members?token=tok-3",
    ):
        proxy.get(path, headers={"authorization": "Bearer tok-4", "cookie": "c=tok-5"})
    proxy.get('/api/v1/members/"}%0a{"path":"forged')
    log = folder / "nginx" / "run" / "access.log"
    for _ in range(50):
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        if any("forged" in line["path"] for line in lines):
            break
        time.sleep(0.1)
    assert "tok-" not in log.read_text()
    paths = [line["path"] for line in lines]
    assert "/s/amc/[struck out]" in paths
    assert "/api/v1/public/amc/snapshots/[struck out]" in paths
    members = [line for line in lines if line["path"] == "/api/v1/members"]
    assert members[-1]["request_id"] == "0123456789"
