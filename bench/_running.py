"""A running suite of our own, as `bin/up` starts it, with somebody signed in."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench._processes import cpu_seconds
from metatron.kernel.settings import RATE_LIMITS, TIER_LIMITS

ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"(http://\S+)/sign-in/link#token=(\S+)")
_START_SECONDS = 180.0
QUIET_LOOKS = 3
AT_REST = 0.1
"""Processor seconds a second."""
# The limiter still counts every request; it only never says no.
_WITHOUT_PLANS = json.dumps({tier: dict.fromkeys(limits) for tier, limits in TIER_LIMITS.items()})
UNBOUNDED = {
    "METATRON_RATE_LIMITS": json.dumps({name: [10**6, 10**8] for name in RATE_LIMITS}),
    "METATRON_TIER_LIMITS": _WITHOUT_PLANS,
}
"""Settings under which nobody is refused for asking often."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Where it runs, how long it took to be ready, and the organiser's access token."""

    base_url: str
    data: Path
    pid: int
    ready_seconds: float
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header of the signed-in organiser."""
        return {"Authorization": f"Bearer {self.token}"}


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


UP = (sys.executable, "-m", "metatron", "up")
SCRIPT = (str(ROOT / "bin" / "up"),)
"""The same by the script people call: it looks at environment and page first."""


def start(
    data: Path,
    port: int,
    environment: dict[str, str] | None = None,
    *,
    demo: bool = True,
    by: tuple[str, ...] = UP,
) -> tuple[subprocess.Popen[str], str, float]:
    """Start the suite; returns the process, the sign-in token and the seconds it took."""
    begun = time.monotonic()
    told = ["--data", str(data), "--port", str(port), "--demo" if demo else "--no-demo"]
    process = subprocess.Popen(
        [*by, *told],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | UNBOUNDED | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = _LINK.search(line)
        if found:
            return process, found[2], time.monotonic() - begun
        if time.monotonic() - begun > _START_SECONDS:
            break
    process.kill()
    sys.exit("the suite did not start:\n" + "".join(said))


def stop(process: "subprocess.Popen[str]") -> None:
    """End the suite as Ctrl-C does."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()


def until_at_rest(pid: int, *, seconds: float = 90.0) -> None:
    """Wait until the suite does next to nothing: a first start goes on with its demo."""
    end = time.monotonic() + seconds
    quiet, used = 0, cpu_seconds(pid)
    while quiet < QUIET_LOOKS and time.monotonic() < end:
        time.sleep(1.0)
        before, used = used, cpu_seconds(pid)
        quiet = quiet + 1 if used - before < AT_REST else 0


@contextlib.contextmanager
def running(environment: dict[str, str] | None = None, *, demo: bool = True) -> Iterator[Suite]:
    """Start the suite on a fresh data folder and sign the organiser (or the operator) in."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="metatron-bench-") as folder:
        process, link_token, seconds = start(Path(folder), port, environment, demo=demo)
        try:
            base = f"http://127.0.0.1:{port}"
            answer = httpx.post(f"{base}/api/v1/auth/verify-magic-link", json={"token": link_token})
            answer.raise_for_status()
            token = answer.json()["access_token"]
            until_at_rest(process.pid)
            yield Suite(base, Path(folder), process.pid, seconds, token)
        finally:
            stop(process)
