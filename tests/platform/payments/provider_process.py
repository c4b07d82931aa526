"""The sandbox provider as a real process that tests start, kill and start again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

SOURCE = Path(__file__).parents[3] / "src"
START_SECONDS = 15


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ProviderProcess:
    """One provider on one data folder and one port, whatever happens to its process."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=self.url)

    def start(self) -> None:
        self._client.close()
        self._client = httpx.Client(base_url=self.url)
        module = "metatron.platform.payments.sandbox"
        command = [sys.executable, "-m", module, "--port", str(self.port), "--data", str(self.data)]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        for name in ("METATRON_PAYMENTS_SECRET", "METATRON_PAYMENTS_WEBHOOK_SECRETS"):
            environment.pop(name, None)
        with (self.data.parent / "provider.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *self._arguments], env=environment, stdout=log, stderr=log
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                if self._client.get("/health/live", timeout=1).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError((self.data.parent / "provider.log").read_text()[-2000:])

    def kill(self) -> None:
        """End the process as a power cut would, under the calls of whatever threads."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the process to end; returns its exit status. No other thread may be calling it."""
        self._client.close()
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(timeout=10)

    def keys(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "keys.json").read_text())
        return found

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        timeout: float = 5,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys()['secret_key']}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return self._client.request(method, path, json=body, headers=headers, timeout=timeout)

    def capture(self, key: str, amount: int = 1000, method: str = "pm_ok", **more: Any) -> Any:
        body = {
            "amount_minor": amount,
            "currency": "EUR",
            "payment_method": method,
            "capture_method": "automatic",
            **more,
        }
        return self.call("POST", "/v1/authorisations", body, key=key).json()

    def faults(self, *rules: dict[str, Any], seed: int = 0) -> None:
        body = {"seed": seed, "rules": list(rules)}
        assert self.call("POST", "/control/faults", body).status_code == 200

    def balance(self, currency: str = "EUR") -> int:
        rows = self.call("GET", "/v1/balance").json()["available"]
        return sum(row["amount_minor"] for row in rows if row["currency"] == currency)
