"""The advisories are asked about every pin, and nobody waits for them without a network."""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from metatron.audits.dependencies import accepted, audit, audit_packages, audit_page

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 1, 31)
NOWHERE = "http://127.0.0.1:9"
WEAKNESS = {
    "id": "GHSA-0000-0000-0001", "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z", "summary": "It breaks",
    "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]}],
}  # fmt: skip


class _Advisories(BaseHTTPRequestHandler):
    """Speaks as the public services do: OSV's batches, and npm's bulk advisories."""

    asked: dict[str, str]

    def do_POST(self) -> None:
        given = self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith("/querybatch"):
            queries = json.loads(given)["queries"]
            self.asked.update((each["package"]["name"], each["version"]) for each in queries)
            weak = {"vulns": [{"id": WEAKNESS["id"], "modified": WEAKNESS["modified"]}]}
            known = [weak if each["package"]["name"] == "jinja2" else {} for each in queries]
            self._tell({"results": known})
        else:
            bad = {"id": 1, "url": "https://advisories.example/GHSA-0000-0000-0002"}
            bad |= {"title": "It leaks", "severity": "high", "vulnerable_versions": "<99"}
            self._tell({"react": [bad]})

    def do_GET(self) -> None:
        self._tell(
            WEAKNESS if "/vulns/" in self.path else {}, 200 if "/vulns/" in self.path else 404
        )

    def _tell(self, told: Any, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def advisories() -> Iterator[tuple[str, dict[str, str]]]:
    handler = type("Handler", (_Advisories,), {"asked": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler.asked
    server.shutdown()
    server.server_close()


def test_every_pin_is_asked_about(advisories: tuple[str, dict[str, str]]) -> None:
    url, asked = advisories
    answer = audit_packages(ROOT, url)
    assert answer.away == ""
    pinned = re.findall(
        r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    assert set(asked) == set(pinned)
    [found] = answer.advisories
    assert (found.id, found.package) == (WEAKNESS["id"], "jinja2")
    assert (found.version, found.fixed_in) == (asked["jinja2"], "99.1")


def test_the_page_is_asked_about(advisories: tuple[str, dict[str, str]]) -> None:
    url, _ = advisories
    answer = audit_page(ROOT, url)
    assert answer.away == ""
    assert [(each.id, each.package) for each in answer.advisories] == [
        ("GHSA-0000-0000-0002", "react")
    ]


def test_without_an_answer_nothing_is_known_and_it_says_so() -> None:
    for answer in audit(ROOT, service_url=NOWHERE):
        assert answer.away
        assert answer.advisories == ()


def test_what_is_accepted_ends_on_its_day(tmp_path: Path) -> None:
    write = (tmp_path / "pyproject.toml").write_text
    write('[tool.metatron.advisories]\nGHSA-1 = "until 2026-01-31: not reachable from outside"\n')
    assert accepted(tmp_path, today=TODAY) == {"GHSA-1": "not reachable from outside"}
    assert accepted(tmp_path, today=date(2026, 2, 1)) == {}
    write('[tool.metatron.advisories]\nGHSA-1 = "later"\n')
    with pytest.raises(ValueError, match="until"):
        accepted(tmp_path, today=TODAY)


def test_both_audits_are_gates_and_the_workflow_requires_them() -> None:
    gates = (ROOT / "bin" / "check").read_text()
    assert "metatron check secrets" in gates
    assert "metatron check dependencies" in gates
    assert "METATRON_AUDIT_REQUIRED" in (ROOT / ".github" / "workflows" / "check.yaml").read_text()
    assert accepted(ROOT, today=TODAY) is not None
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"] == "metatron"
