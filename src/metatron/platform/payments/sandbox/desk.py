"""What every route shares: the open books, the key check, and one call under its fault."""

import asyncio
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from metatron.platform.payments.sandbox import faults, idempotency
from metatron.platform.payments.sandbox.faults import DrawnFault
from metatron.platform.payments.sandbox.idempotency import Done, Write
from metatron.platform.payments.sandbox.problems import Refusal, answer
from metatron.platform.payments.sandbox.settings import SandboxSettings
from metatron.platform.payments.sandbox.store import Store

type Act = Callable[[str | None], Done]


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """An effect that comes after its caller has given up; lost when the process dies."""

    due_at: float
    act: Callable[[], Done]


@dataclass(slots=True)
class Desk:
    """The provider while it runs."""

    store: Store
    settings: SandboxSettings
    late: list[Late] = field(default_factory=list)
    waiting: set[asyncio.Task[None]] = field(default_factory=set)


async def desk_of(request: Request) -> Desk:
    """Return the running provider."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


OpenDesk = Annotated[Desk, Depends(desk_of)]


async def demand_secret_key(desk: OpenDesk, authorization: Annotated[str, Header()] = "") -> None:
    """Refuse with 401 unless the bearer secret key is ours."""
    scheme, _, given = authorization.partition(" ")
    expected = desk.settings.secret_key.encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected):
        raise Refusal(401, "invalid_secret_key", "Send the secret key as a bearer token.")


async def demand_idempotency_key(idempotency_key: Annotated[str | None, Header()] = None) -> str:
    """Return the Idempotency-Key; refuse a write without one."""
    if idempotency_key is None:
        raise Refusal(400, "idempotency_key_required", "Writes need an Idempotency-Key header.")
    if not 1 <= len(idempotency_key) <= 255 or not idempotency_key.isprintable():
        raise Refusal(400, "idempotency_key_invalid", "Use 1 to 255 printable characters.")
    return idempotency_key


Key = Annotated[str, Depends(demand_idempotency_key)]


async def perform(desk: Desk, key: str, write: Write, act: Act) -> JSONResponse:
    """Run one write once for its key, under the fault drawn for it."""
    fault = faults.draw(desk.store, write.operation)
    business = fault.name if fault and fault.name in faults.BUSINESS_FAULTS else None

    def once() -> Done:
        return idempotency.run_once(desk.store, key, write, lambda: act(business))

    if fault and fault.name == "timeout_with_late_effect":
        _later(desk, hang_seconds(desk, fault), once)
    elif fault and fault.name in faults.EFFECTLESS_FAULTS:
        await suffer(desk, fault)
    else:
        done = once()
        if fault is None or business:
            return answer(done.status, done.answer)
    assert fault is not None
    await asyncio.sleep(hang_seconds(desk, fault))
    raise _timed_out()


async def suffer(desk: Desk, fault: DrawnFault | None) -> None:
    """Fail a call that has no effect, in the way `fault` says; without one do nothing."""
    if fault is None:
        return
    if fault.name == "http_429":
        raise Refusal(429, "rate_limited", "Too many requests.", retry_after_seconds=1)
    if fault.name == "http_500":
        raise Refusal(500, "internal_error", "The provider had a fault of its own.")
    await asyncio.sleep(hang_seconds(desk, fault))
    raise _timed_out()


def hang_seconds(desk: Desk, fault: DrawnFault) -> float:
    """Return how long a hanging call hangs."""
    return desk.settings.hang_seconds if fault.seconds is None else fault.seconds


def _timed_out() -> Refusal:
    return Refusal(504, "gateway_timeout", "The answer did not come in time.")


def _later(desk: Desk, seconds: float, once: Callable[[], Done]) -> None:
    late = Late(desk.store.now() + seconds, once)
    desk.late.append(late)
    if desk.store.clock_is_held():
        return

    async def act() -> None:
        await asyncio.sleep(seconds)
        _take_effect(desk, late)

    task = asyncio.create_task(act())
    desk.waiting.add(task)
    task.add_done_callback(desk.waiting.discard)


def settle_late(desk: Desk) -> int:
    """Let the late effects that are due on the provider's clock come about; return how many."""
    due = [late for late in desk.late if late.due_at <= desk.store.now()]
    for late in due:
        _take_effect(desk, late)
    return len(due)


def _take_effect(desk: Desk, late: Late) -> None:
    if late not in desk.late:
        return
    desk.late.remove(late)
    # Nobody waits for this answer any more; a refusal is kept under the key like any other.
    with suppress(Refusal):
        late.act()
