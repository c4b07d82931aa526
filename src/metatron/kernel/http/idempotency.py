"""One effect for one `Idempotency-Key`, for 24 hours, per tenant and actor.

The answer is stored in the very transaction whose effect it describes, so a stored answer and its
effect exist together or not at all. An advisory lock of that transaction marks a key in flight.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.context import Context
from metatron.kernel.errors import (
    DomainError,
    IdempotencyInFlight,
    IdempotencyKeyReused,
    InvalidInput,
)

LONGEST_KEY = 255
KEPT_HEADERS = ("content-type", "etag", "location")

_LOCK = text("""
select pg_try_advisory_xact_lock(hashtextextended(x.lock, 0))
from unnest(cast(:locks as text[])) with ordinality x (lock, place) order by x.place
""")
_FIND = text("""
select x.place, r.request_hash, r.status, r.headers, r.body
from unnest(cast(:actors as text[]), cast(:keys as text[])) with ordinality x (actor, key, place)
join kernel.idempotency_record r
  on r.tenant_id = :tenant_id and r.actor = x.actor and r.key = x.key
  and r.created_at > now() - interval '24 hours'
""")
_STORE = text("""
insert into kernel.idempotency_record (tenant_id, actor, key, request_hash, status, headers, body)
select cast(:tenant_id as uuid), x.actor, x.key, x.request_hash, x.status,
  cast(x.headers as jsonb), x.body
from unnest(cast(:actors as text[]), cast(:keys as text[]), cast(:hashes as bytea[]),
  cast(:statuses as int[]), cast(:headers as text[]), cast(:bodies as bytea[]))
  x (actor, key, request_hash, status, headers, body)
on conflict (tenant_id, actor, key) do update
set request_hash = excluded.request_hash, status = excluded.status, headers = excluded.headers,
    body = excluded.body, created_at = clock_timestamp()
""")


@dataclass(frozen=True, slots=True)
class Keyed:
    """One request's key: `digest` is that of the request (see `request_hash`)."""

    context: Context
    key: str
    digest: bytes

    @property
    def actor(self) -> str:
        """Return whose key it is."""
        return f"{self.context.actor_kind}:{self.context.actor_id or self.context.ip or ''}"


def checked_key(key: str) -> str:
    """Return the key if it is 1-255 printable ASCII characters; raise `InvalidInput` if not."""
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput.field(
            "header.idempotency-key", "invalid_key", "Send 1 to 255 printable ASCII characters."
        )
    return key


async def request_hash(request: Request) -> bytes:
    """Return the digest of a request."""
    url = request.url
    return digest_of(request.method, url.path, url.query, await request.body())


def digest_of(method: str, path: str, query: str, body: bytes) -> bytes:
    """Return SHA-256 over method, path, query and body."""
    return hashlib.sha256(f"{method} {path}?{query}\n".encode() + body).digest()


async def replay(
    session: AsyncSession, context: Context, key: str, digest: bytes
) -> Response | None:
    """Lock the key and return the stored answer, or None when the request is new.

    Raises:
        IdempotencyInFlight: another request with this key has not finished.
        IdempotencyKeyReused: the key came before with another body.
    """
    [answer] = await replay_all(session, context, [Keyed(context, key, digest)])
    if isinstance(answer, DomainError):
        raise answer
    return answer


async def replay_all(
    session: AsyncSession, context: Context, requests: Sequence[Keyed]
) -> list[Response | DomainError | None]:
    """Do as `replay` for many requests of the session's tenant; a refusal is returned.

    No two of them may have actor and key in common.
    """
    locks = [f"{context.tenant_id}/{each.actor}/{each.key}" for each in requests]
    assert len(set(locks)) == len(locks), "two of one key in one transaction"
    locked = list((await session.execute(_LOCK, {"locks": locks})).scalars())
    # A statement of its own: its snapshot is of a time when the locks were held.
    values = {
        "tenant_id": context.tenant_id,
        "actors": [each.actor for each in requests],
        "keys": [each.key for each in requests],
    }
    stored = {row.place: row for row in await session.execute(_FIND, values)}
    return [
        _replayed(stored.get(place), each) if is_ours else IdempotencyInFlight()
        for place, (each, is_ours) in enumerate(zip(requests, locked, strict=True), start=1)
    ]


def _replayed(found: Any, request: Keyed) -> Response | DomainError | None:
    if found is None:
        return None
    if bytes(found.request_hash) != request.digest:
        return IdempotencyKeyReused()
    headers = {**found.headers, "Idempotent-Replayed": "true"}
    return Response(bytes(found.body), status_code=found.status, headers=headers)


async def store(
    session: AsyncSession, context: Context, key: str, digest: bytes, response: Response
) -> None:
    """Keep the answer with its effect; the caller commits both."""
    await store_all(session, context, [(Keyed(context, key, digest), response)])


async def store_all(
    session: AsyncSession, context: Context, answered: Sequence[tuple[Keyed, Response]]
) -> None:
    """Do as `store` for many requests of the session's tenant, in one statement."""
    if not answered:
        return
    values = {
        "tenant_id": context.tenant_id,
        "actors": [each.actor for each, _ in answered],
        "keys": [each.key for each, _ in answered],
        "hashes": [each.digest for each, _ in answered],
        "statuses": [response.status_code for _, response in answered],
        "headers": [_kept_headers(response) for _, response in answered],
        "bodies": [bytes(response.body) for _, response in answered],
    }
    await session.execute(_STORE, values)


def _kept_headers(response: Response) -> str:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return orjson.dumps(kept).decode()
