"""The local AMC as a process of its own, and people who give consent at it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

SOURCE = Path(__file__).parents[2] / "src"
CLIENT_ID = "amzn1.application-oa2-client.local"
SECRET = "the-client-secret-of-these-tests"
BACK = "http://localhost:3000/amc/connected"
ANNA, BEN = "amzn1.account.ANNA", "amzn1.account.BEN"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class LocalAmc:
    """A running local AMC."""

    url: str
    folder: Path

    def chaos(self, *rules: dict[str, Any], **more: Any) -> None:
        """Replace all faults; without any, nothing fails."""
        key = json.loads((self.folder / "keys.json").read_text())["chaos_key"]
        answer = httpx.put(
            f"{self.url}/chaos",
            json={"rules": list(rules), **more},
            headers={"x-chaos-key": key},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    async def consent(self, authorization_url: str, user: str = ANNA) -> dict[str, str]:
        """Do what a person's browser does: look at the page, choose, be led back."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(authorization_url)
            assert page.status_code == 200, page.text
            answer = await browser.post(authorization_url, data={"user_id": user})
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"].startswith(BACK)
        told = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in told.items()}

    def change(self, statement: str, *values: object) -> list[Any]:
        """Do something to its books behind its back."""
        with closing(sqlite3.connect(self.folder / "amc.sqlite3", timeout=20)) as books, books:
            return books.execute(statement, values).fetchall()

    def tokens_given(self) -> int:
        """How many access tokens were ever issued."""
        [[count]] = self.change("select count(*) from access")
        return int(count)


@contextmanager
def local_amc(folder: Path) -> Iterator[LocalAmc]:
    """Run one in `folder` until the end of the block."""
    port = free_port()
    command = [
        sys.executable, "-m", "metatron", "serve", "amc-sandbox", "--port", str(port),
        "--data", str(folder), "--redirect-uri", BACK,
    ]  # fmt: skip
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "METATRON_AMAZON_STAND_IN_SECRET": SECRET,
    }
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
    try:
        while time.monotonic() < end:
            try:
                if httpx.get(f"{url}/health/live", trust_env=False).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield LocalAmc(url, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
