"""One effect for one `Idempotency-Key`, for 24 hours, per tenant and actor.

The answer is stored in the very transaction whose effect it describes, so a stored answer and its
effect exist together or not at all. An advisory lock of that transaction marks a key in flight.
"""

import hashlib

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.context import Context
from metatron.kernel.errors import (
    IdempotencyInFlight,
    IdempotencyKeyReused,
    InvalidInput,
)

LONGEST_KEY = 255
KEPT_HEADERS = ("content-type", "etag", "location")

_LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
_FIND = text("""
select request_hash, status, headers, body from kernel.idempotency_record
where tenant_id = :tenant_id and actor = :actor and key = :key
  and created_at > now() - interval '24 hours'
""")
_STORE = text("""
insert into kernel.idempotency_record (tenant_id, actor, key, request_hash, status, headers, body)
values (:tenant_id, :actor, :key, :request_hash, :status, cast(:headers as jsonb), :body)
on conflict (tenant_id, actor, key) do update
set request_hash = excluded.request_hash, status = excluded.status, headers = excluded.headers,
    body = excluded.body, created_at = clock_timestamp()
""")


def checked_key(key: str) -> str:
    """Return the key if it is 1-255 printable ASCII characters; raise `InvalidInput` if not."""
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput.field(
            "header.idempotency-key", "invalid_key", "Send 1 to 255 printable ASCII characters."
        )
    return key


async def request_hash(request: Request) -> bytes:
    """Return SHA-256 over method, path, query and body."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(head + await request.body()).digest()


def _actor(context: Context) -> str:
    return f"{context.actor_kind}:{context.actor_id or context.ip or ''}"


async def replay(
    session: AsyncSession, context: Context, key: str, digest: bytes
) -> Response | None:
    """Lock the key and return the stored answer, or None when the request is new.

    Raises:
        IdempotencyInFlight: another request with this key has not finished.
        IdempotencyKeyReused: the key came before with another body.
    """
    actor = _actor(context)
    lock = {"key": f"{context.tenant_id}/{actor}/{key}"}
    if not (await session.execute(_LOCK, lock)).scalar_one():
        raise IdempotencyInFlight
    values = {"tenant_id": context.tenant_id, "actor": actor, "key": key}
    found = (await session.execute(_FIND, values)).first()
    if found is None:
        return None
    if bytes(found.request_hash) != digest:
        raise IdempotencyKeyReused
    headers = {**found.headers, "Idempotent-Replayed": "true"}
    return Response(bytes(found.body), status_code=found.status, headers=headers)


async def store(
    session: AsyncSession, context: Context, key: str, digest: bytes, response: Response
) -> None:
    """Keep the answer with its effect; the caller commits both."""
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    values = {
        "tenant_id": context.tenant_id,
        "actor": _actor(context),
        "key": key,
        "request_hash": digest,
        "status": response.status_code,
        "headers": orjson.dumps(headers).decode(),
        "body": bytes(response.body),
    }
    await session.execute(_STORE, values)
