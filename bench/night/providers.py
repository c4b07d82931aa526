"""Faults of the providers themselves: their twins have switches for them."""

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx

from metatron.kernel.process.secret_files import secret

if TYPE_CHECKING:
    from bench.night.faults import Scene

PAYMENTS = (
    "timeout_with_effect", "timeout_with_late_effect", "timeout_without_effect", "http_500",
    "http_429", "decline", "webhook_duplicate", "webhook_reorder", "webhook_late",
    "webhook_forged",
)  # fmt: skip
AMAZON = (
    "http_500", "http_429", "hang", "slow", "lost_answer", "expired_token", "slow_run", "failed",
    "many_files", "dead_link", "truncated_file", "empty_result",
)  # fmt: skip
_OPERATION = {
    "lost_answer": "create_execution", "slow_run": "run", "failed": "run", "many_files": "run",
    "empty_result": "run", "expired_token": "authorise", "dead_link": "download_urls",
    "truncated_file": "download",
}  # fmt: skip
_HANG_SECONDS = 2.0
_TROUBLE = (httpx.HTTPError, OSError)
_Strike = Callable[["Scene", random.Random], Awaitable[str]]


def provider_chaos(fault: str) -> _Strike:
    """Return what lets a part of the provider's calls, or of its webhooks, suffer a fault."""
    operation = "webhook" if fault.startswith("webhook") else "*"
    if fault == "decline":
        # A payment to the supplier that is declined waits for a person, and nobody here is one.
        operation = "authorise"

    async def strike(scene: "Scene", chance: random.Random) -> str:
        rule: dict[str, Any] = {
            "operation": operation, "fault": fault, "probability": chance.uniform(0.2, 0.9),
            "seconds": _HANG_SECONDS,
        }  # fmt: skip
        seconds = chance.uniform(1.5, 4.0)
        body = {"seed": chance.randrange(10**6), "rules": [rule]}
        if not await _at_the_desk(scene, "POST", "faults", body):
            return "the provider did not listen"
        await asyncio.sleep(seconds)
        while not await _at_the_desk(scene, "DELETE", "faults", None):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        return f"{rule['probability']:.0%} of {operation} for {seconds:.1f} s"

    return strike


async def step_provider_clock(scene: "Scene", chance: random.Random) -> str:
    """Let the provider's clock jump forward."""
    seconds = chance.randint(60, 3_600)
    done = await _at_the_desk(scene, "POST", "clock/advance", {"seconds": seconds})
    return f"{seconds} s" if done else "the provider did not listen"


def amazon_chaos(fault: str) -> _Strike:
    """Return what lets the local Amazon suffer a fault for some seconds."""

    async def strike(scene: "Scene", chance: random.Random) -> str:
        rule: dict[str, Any] = {
            "operation": _OPERATION.get(fault, "*"), "fault": fault,
            "probability": chance.uniform(0.3, 1.0),
        }  # fmt: skip
        if fault in {"hang", "slow", "slow_run"}:
            rule["value"] = _HANG_SECONDS
        if fault == "many_files":
            rule["value"] = 3
        seconds = chance.uniform(2.0, 5.0)
        seed = chance.randrange(10**6)
        if not await _to_amazon(scene, {"seed": seed, "rules": [rule]}):
            return "it was asleep"
        await asyncio.sleep(seconds)
        for _ in range(100):
            if await _to_amazon(scene, {"rules": []}):
                break
            await asyncio.sleep(0.2)
        return f"{rule['probability']:.0%} of {rule['operation']} for {seconds:.1f} s"

    return strike


async def _at_the_desk(scene: "Scene", method: str, path: str, body: dict[str, Any] | None) -> bool:
    """Say something at the provider's control desk, beside the wire; tell whether it heard."""
    with contextlib.suppress(*_TROUBLE):
        address = f"http://127.0.0.1:{scene.stand.port_of('payments')}/control/{path}"
        key = secret(scene.stand.disk.data / "secrets", "payments")
        async with httpx.AsyncClient(timeout=5, trust_env=False) as desk:
            answer = await desk.request(
                method, address, json=body, headers={"authorization": f"Bearer {key}"}
            )
            return answer.raise_for_status().is_success
    return False


async def _to_amazon(scene: "Scene", body: dict[str, Any]) -> bool:
    with contextlib.suppress(*_TROUBLE):
        address = f"http://127.0.0.1:{scene.stand.port_of('amazon')}/chaos"
        file = scene.stand.disk.data / "amc-sandbox" / "keys.json"
        headers = {"x-chaos-key": json.loads(file.read_text())["chaos_key"]}
        async with httpx.AsyncClient(timeout=5, trust_env=False) as desk:
            answer = await desk.put(address, json=body, headers=headers)
            return answer.raise_for_status().is_success
    return False
