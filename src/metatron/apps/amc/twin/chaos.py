"""Chaos switches: faults drawn from a seed and a durable counter, so that a run can be repeated."""

import asyncio
import random
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.store import Store

type Fault = Literal[
    "http_500", "http_429", "hang", "lost_answer", "slow", "expired_token", "revoked_refresh",
    "forbidden_account", "forbidden_instance", "status_rejected", "status_unknown", "failed",
    "empty_result", "many_files", "dead_link", "slow_run", "truncated_file",
]  # fmt: skip
HANG_SECONDS = 20.0
AT_CALLS = ("http_500", "http_429", "hang", "slow")


class Rule(BaseModel):
    """One fault: of which operation (`*` for all), how likely, how often at most."""

    model_config = ConfigDict(extra="forbid")

    operation: Annotated[str, Field(max_length=60)] = "*"
    fault: Fault
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    count: Annotated[int, Field(ge=1)] | None = None
    value: Annotated[float, Field(ge=0)] | None = None
    """Seconds of a Retry-After, a slow answer or a slow run; how many files."""


class Rules(BaseModel):
    """All faults from now on."""

    model_config = ConfigDict(extra="forbid")

    seed: int = 0
    rules: Annotated[list[Rule], Field(max_length=100)] = []
    clock_offset_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fault that strikes now."""

    fault: str
    value: float | None


def script(store: Store, given: Rules) -> None:
    """Replace all rules."""
    with store.transaction():
        store.execute("delete from chaos")
        for number, rule in enumerate(given.rules):
            store.execute(
                "insert into chaos (id, seed, operation, fault, probability, remaining, value)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                number, given.seed, rule.operation, rule.fault, rule.probability, rule.count,
                rule.value,
            )  # fmt: skip
        if given.clock_offset_seconds is not None:
            store.set_meta("clock_offset_seconds", str(given.clock_offset_seconds))


def draw(store: Store, operation: str, *faults: str) -> Drawn | None:
    """Decide whether one of `faults` strikes an operation; the decision is counted durably."""
    for rule in store.rows("select * from chaos order by id"):
        if rule["fault"] not in faults or rule["operation"] not in {operation, "*"}:
            continue
        if rule["remaining"] == 0:
            continue
        drawn = random.Random(f"{rule['seed']}:{rule['id']}:{rule['decisions']}").random()  # noqa: S311
        hit = drawn < rule["probability"]
        spent = int(hit and rule["remaining"] is not None)
        store.execute(
            "update chaos set decisions = decisions + 1, remaining = remaining - ? where id = ?",
            spent, rule["id"],
        )  # fmt: skip
        if hit:
            return Drawn(rule["fault"], rule["value"])
    return None


async def suffer(store: Store, operation: str) -> None:
    """Fail a call before it has any effect, when a fault says so.

    Raises:
        Refusal: 429 or 500; a `hang` answers so late that no caller waits for it.
    """
    drawn = draw(store, operation, *AT_CALLS)
    if drawn is None:
        return
    if drawn.fault == "slow":
        await asyncio.sleep(drawn.value or 1.0)
        return
    if drawn.fault == "hang":
        await asyncio.sleep(drawn.value or HANG_SECONDS)
    if drawn.fault == "http_429":
        seconds = 1 if drawn.value is None else int(drawn.value)
        raise Refusal(429, "Too many requests.", retry_after_seconds=seconds)
    raise Refusal(500, "Internal error.")
