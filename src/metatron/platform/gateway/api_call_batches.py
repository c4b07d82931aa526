"""Calls as they are written: a batch for a tenant and minute, in it each kind of call once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from metatron.kernel.http.problems import plain_code
from metatron.kernel.ids import new_text_id
from metatron.kernel.telemetry.api_calls import ApiCall

BATCH_SECONDS = 60
"""No batch holds calls that began further apart, so that a time leads to few of them."""
_MOST_BYTES = 2**31 - 1
_Kind = tuple[UUID, UUID | None, str, str, int, str | None]
"""Key, person, method, route, status, code."""
_Call = tuple[int, float, float, int, str]
"""The kind's place from 1, when it began, milliseconds, bytes, request id."""


@dataclass(slots=True)
class _Batch:
    tenant_id: UUID
    kinds: list[_Kind] = field(default_factory=list)
    calls: list[_Call] = field(default_factory=list)
    places: dict[tuple[Any, ...], int] = field(default_factory=dict)
    """Where a kind stands, from 1; its key by identity."""


def arguments_of(calls: Sequence[ApiCall], *, behind: float) -> list[Any]:
    """Return the arguments of the statement that writes calls.

    Args:
        calls: the oldest first.
        behind: by how much `time.perf_counter()` is less than the seconds since 1970.
    """
    batches: dict[tuple[UUID, int], _Batch] = {}
    # By identity: to hash an id takes as long as all else here, and a key's is the same object as
    # long as the key is known.
    of_keys: dict[tuple[int, int], _Batch] = {}
    for used, person, method, route, status, code, started, seconds, size, request_id in calls:
        tenant_id, key_id = used
        key, minute = id(key_id), int(started) // BATCH_SECONDS
        batch = of_keys.get((key, minute))
        if batch is None:
            batch = batches.setdefault((tenant_id, minute), _Batch(tenant_id))
            of_keys[key, minute] = batch
        kind = key, person, method, route, status, code
        place = batch.places.get(kind)
        if place is None:
            batch.kinds.append((key_id, person, method, route, status, code or plain_code(status)))
            place = batch.places[kind] = len(batch.kinds)
        batch.calls.append((place, started + behind, seconds * 1e3, size, request_id))
    return _flattened(list(batches.values()))


def _flattened(batches: list[_Batch]) -> list[Any]:
    """Return a column for each field of the batches, of their kinds, and of the calls."""
    rows: list[tuple[Any, ...]] = []
    kinds: list[_Kind] = []
    calls: list[_Call] = []
    for batch in batches:
        kinds_from, calls_from = len(kinds) + 1, len(calls) + 1
        kinds += batch.kinds
        calls += batch.calls
        last_at = max(call[1] for call in batch.calls)
        ends = kinds_from, len(kinds), calls_from, len(calls)
        rows.append((batch.tenant_id, new_text_id(), last_at, *ends))
    places, began, milliseconds, sizes, request_ids = zip(*calls, strict=True)
    if max(sizes) > _MOST_BYTES:
        sizes = tuple(min(size, _MOST_BYTES) for size in sizes)
    of_batches, of_kinds = zip(*rows, strict=True), zip(*kinds, strict=True)
    return [*of_batches, *of_kinds, places, began, milliseconds, sizes, request_ids]
