"""The background sender of webhooks and the clerk that settles what is due."""

import asyncio
import logging
import time
from contextlib import suppress

import httpx

from metatron.platform.payments.call_lines import ONE, CallLines
from metatron.platform.payments.sandbox import authorisations, payouts, refunds, signing
from metatron.platform.payments.sandbox.settings import SandboxSettings
from metatron.platform.payments.sandbox.store import Row, Store

BATCH = 50
PACE_SECONDS = 0.02
SHORTEST_IDLE_SECONDS = 0.1
LONGEST_IDLE_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 300.0
SUCCESS = range(200, 300)

_NEXT = """
select min(at) as at from (
  select min(due_at) as at from delivery where state = 'pending'
  union all select min(settle_at) from payout where status = 'pending'
  union all select min(settle_at) from refund where status = 'pending'
  union all select min(capture_before) from authorisation where status = 'held')
"""

logger = logging.getLogger(__name__)


def settle_due(store: Store) -> int:
    """Settle payouts, failing refunds and expired holds that are due; return how many."""
    with store.transaction():
        return (
            payouts.settle_due(store) + refunds.settle_due(store) + authorisations.expire_due(store)
        )


async def run(store: Store, settings: SandboxSettings) -> None:
    """Settle and deliver until cancelled. A failing round is logged and tried again."""
    tls, seconds = httpx.create_ssl_context(), settings.webhook_timeout_seconds
    lines = CallLines(lambda: httpx.AsyncClient(timeout=seconds, limits=ONE, verify=tls))
    try:
        while True:
            store.changed.clear()
            try:
                busy = settle_due(store) + await deliver_due(store, settings, lines)
                pause = 0.0 if busy else _seconds_to_next(store)
            except Exception:
                logger.exception("a round of the sandbox provider's clerk failed")
                pause = LONGEST_IDLE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(store.changed.wait(), pause)
            # What comes in one after the other goes out together.
            await asyncio.sleep(PACE_SECONDS)
    finally:
        await lines.close()


def _seconds_to_next(store: Store) -> float:
    """Return how long nothing will be due, if nothing comes in."""
    found = store.row(_NEXT)
    assert found is not None
    if found["at"] is None:
        return LONGEST_IDLE_SECONDS
    left: float = found["at"] - store.now()
    return min(LONGEST_IDLE_SECONDS, max(SHORTEST_IDLE_SECONDS, left))


async def deliver_due(store: Store, settings: SandboxSettings, lines: CallLines) -> int:
    """Send the deliveries that are due, at least once each; return how many were tried."""
    url = store.meta("webhook_url")
    if not url:
        return 0
    due = store.rows(
        "select delivery.*, event.body from delivery join event on event.id = delivery.event_id"
        " where state = 'pending' and due_at <= ? order by due_at, delivery.id limit ?",
        store.now(),
        BATCH,
    )
    if not due:
        return 0
    secrets = signing.live_secrets(store)
    answers = await asyncio.gather(*(_deliver(lines, url, secrets, row) for row in due))
    # One transaction, one flush to disk, for all: after a crash before it they are sent again.
    with store.transaction():
        for row, (status, problem) in zip(due, answers, strict=True):
            _record(store, settings, row, status, problem)
    return len(due)


async def _deliver(
    lines: CallLines, url: str, secrets: tuple[str, ...], row: Row
) -> tuple[int | None, str | None]:
    """Send one message; returns the answer's status, or what was in the way."""
    # The signature carries the real time also while the provider's own clock is set ahead.
    timestamp = int(time.time())
    raw: bytes = row["body"]
    header = signing.signature_header(raw, timestamp, secrets)
    if row["forged"]:
        raw, header = signing.forged_copy(raw, timestamp)
    try:
        async with lines.one() as client:
            answer = await client.post(
                url,
                content=raw,
                headers={signing.HEADER: header, "Content-Type": "application/json"},
            )
    except httpx.HTTPError as error:
        return None, type(error).__name__
    return answer.status_code, None


def _record(
    store: Store, settings: SandboxSettings, row: Row, status: int | None, problem: str | None
) -> None:
    attempts = row["attempts"] + 1
    state = "pending"
    if status in SUCCESS:
        state = "delivered"
    elif row["forged"] or attempts >= settings.webhook_attempts:
        state = "given_up"
    wait = min(settings.webhook_retry_seconds * 2 ** min(attempts - 1, 20), LONGEST_RETRY_SECONDS)
    store.execute(
        "update delivery set attempts = ?, state = ?, due_at = ?, last_status = ?, last_error = ?"
        " where id = ?",
        attempts,
        state,
        store.now() + wait,
        status,
        problem,
        row["id"],
    )
