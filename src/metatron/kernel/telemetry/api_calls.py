"""Calls made with API keys, held in this process until somebody writes them down.

An answer costs one tuple here and nothing else: no statement, no clock, no object of its own.
"""

from collections import deque
from collections.abc import Sequence
from uuid import UUID

from prometheus_client import Counter

MOST_HELD = 50_000
"""What is held while the database is away; beyond it the oldest are forgotten, and counted."""
KeyUsed = tuple[UUID, UUID]
"""The tenant and the key (its id, never its text)."""
ApiCall = tuple[KeyUsed, UUID | None, str, str, int, str | None, float, float, int, str]
"""Key, the person whose token came with it, method, route's template, status, the refusal's code
where one is known, when it began (`time.perf_counter()`), seconds, bytes answered, request id."""
_held: deque[ApiCall] = deque(maxlen=MOST_HELD)
_FORGOTTEN = Counter(
    "metatron_api_log_forgotten_total", "API calls that were answered and never written down"
)


def note_api_call(call: ApiCall) -> None:
    """Hold one answered call."""
    if len(_held) == MOST_HELD:
        _FORGOTTEN.inc()
    _held.append(call)


def take_api_calls(most: int) -> list[ApiCall]:
    """Return at most so many of the held calls, the oldest first; they are held no longer."""
    return [_held.popleft() for _ in range(min(most, len(_held)))]


def put_back_api_calls(calls: Sequence[ApiCall]) -> None:
    """Hold again what could not be written, as far as there is room beside what came since."""
    room = MOST_HELD - len(_held)
    kept = calls[max(0, len(calls) - room) :]
    if len(kept) < len(calls):
        _FORGOTTEN.inc(len(calls) - len(kept))
    _held.extendleft(reversed(kept))
