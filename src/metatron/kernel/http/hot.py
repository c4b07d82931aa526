"""The hottest routes, dispatched before the framework: same gate, same core function, less way.

An endpoint names its hot twin with `@hot(core)`. The ordinary endpoint stays: it documents the
route, and serves it when a request carries what only the ordinary way knows: an Idempotency-Key,
but where the endpoint keeps its answers by itself.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import FieldError, InvalidInput
from metatron.kernel.http.idempotency import Keyed, checked_key, digest_of
from metatron.kernel.http.plain_text import refuse_unkept_json
from metatron.kernel.http.problems import said

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
_JSON_TYPE = re.compile(rb"application/json(?:; ?charset=utf-8)?", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LIMIT = re.compile(rb"limit=([1-9][0-9]{0,2})")
KEY_HEADER = b"idempotency-key"
ID_FORM = _UUID.pattern
LIMIT_FORM = r"[1-9][0-9]?|1[0-9]{2}|200"
"""A page's size, `MAX_PAGE` at most."""
FLAG_FORM = "true|false"


@dataclass(slots=True)
class HotRequest:
    """What a hot core is given."""

    scope: Scope
    receive: Receive
    context: Context
    database: Database
    path_value: str
    headers: dict[bytes, bytes]

    def limit(self, *, default: int) -> int:
        """Return the page size of a query that `plain_limit` let through."""
        raw: bytes = self.scope["query_string"]
        return int(raw[6:]) if raw else default

    def query(self) -> dict[str, str]:
        """Return the parameters of a query that `plain_query` let through."""
        return _parameters(self.scope["query_string"])

    async def body[Body: BaseModel](self, model: type[Body]) -> Body:
        """Return the validated JSON body; refuse with the framework's words."""
        return read_body(model, await self.raw())

    async def raw(self) -> bytes:
        """Return the body as it came, once; refuse texts that cannot be kept."""
        raw = await _whole_body(self.receive)
        refuse_unkept_json(raw)
        return raw

    def keyed(self, raw: bytes) -> Keyed:
        """Return the Idempotency-Key of a request with the body `raw`.

        Raises:
            InvalidInput: it is not a key.
        """
        scope, key = self.scope, checked_key(self.headers[KEY_HEADER].decode("latin-1"))
        query = scope["query_string"].decode("latin-1")
        return Keyed(self.context, key, digest_of(scope["method"], scope["path"], query, raw))


def read_body[Body: BaseModel](model: type[Body], raw: bytes) -> Body:
    """Return the validated JSON body; refuse with the framework's words."""
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        return _as_the_framework(model, raw)


async def _whole_body(receive: Receive) -> bytes:
    """Return the body; most come in one message."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _as_the_framework[Body: BaseModel](model: type[Body], raw: bytes) -> Body:
    """Validate once more, by the framework's steps, for they decide how a refusal reads."""
    if not raw:
        raise InvalidInput(errors=(FieldError("body", "missing", "Field required"),))
    try:
        value = json.loads(raw)
    except json.JSONDecodeError as error:
        found = FieldError(f"body.{error.pos}", "json_invalid", "JSON decode error")
        raise InvalidInput(errors=(found,)) from error
    except (ValueError, RecursionError) as error:
        # No UTF-8, a number of thousands of digits, or nested deeper than Python goes.
        raise HTTPException(400) from error
    try:
        return TypeAdapter(model).validate_python(value, from_attributes=True)
    except ValidationError as error:
        items = error.errors(include_input=False, include_url=False)
        raise InvalidInput(
            errors=tuple(
                FieldError(
                    ".".join(["body", *(str(part) for part in item["loc"])]),
                    item["type"],
                    said(item["msg"]),
                )
                for item in items[:50]
            )
        ) from error


Core = Callable[[HotRequest], Awaitable[tuple[int, bytes]]]
When = Callable[[Scope, str], bool]
"""Tells from the scope and the path's last part whether the hot way knows such a request."""


def plain_uuid(_scope: Scope, value: str) -> bool:
    """Take paths that end in an id as it is usually written."""
    return _UUID.fullmatch(value) is not None


def plain_limit(most: int) -> When:
    """Take lists without a query, and those that ask for nothing but a page size in range."""

    def takes(scope: Scope, _value: str) -> bool:
        raw: bytes = scope["query_string"]
        found = _LIMIT.fullmatch(raw)
        return not raw or (found is not None and int(found[1]) <= most)

    return takes


def no_query(scope: Scope, _value: str) -> bool:
    """Take requests without a query."""
    return not scope["query_string"]


def plain_query(*needed: str, **forms: str) -> When:
    """Take queries of these parameters alone, each at most once and written in its form.

    Args:
        needed: those that must be there.
        forms: the regular expression of each one's value, of characters that are never escaped.
    """
    known = {name: re.compile(form) for name, form in forms.items()}

    def takes(scope: Scope, _value: str) -> bool:
        raw: bytes = scope["query_string"]
        if not raw.isascii():
            return False
        given = _parameters(raw)
        return (
            len(given) == (raw.count(b"&") + 1 if raw else 0)
            and all(name in given for name in needed)
            and all(name in known and known[name].fullmatch(given[name]) for name in given)
        )

    return takes


def _parameters(raw: bytes) -> dict[str, str]:
    pairs = (part.partition("=") for part in raw.decode("ascii").split("&") if part)
    return {name: value for name, _, value in pairs}


def plain_json(scope: Scope, _value: str) -> bool:
    """Take bodies that say once that they are JSON."""
    said = [value for name, value in scope["headers"] if name == b"content-type"]
    return len(said) == 1 and _JSON_TYPE.fullmatch(said[0]) is not None


def any_value(_scope: Scope, value: str) -> bool:
    """Take whatever stands where the path's parameter is."""
    return bool(value)


def plain_json_below(scope: Scope, value: str) -> bool:
    """Do as `plain_json` for a path with an id in it, as ids are usually written."""
    return _UUID.fullmatch(value) is not None and plain_json(scope, value)


def only_ids(when: When) -> bool:
    """Tell whether a path is taken for its id alone, so that it hides no word in the same place."""
    return when in {plain_uuid, plain_json_below}


def hot(core: Core, *, when: When) -> Callable[[Endpoint], Endpoint]:
    """Give an endpoint its hot twin; goes below the access declaration.

    `when` sends whatever is unusual the ordinary way, before anything is done.
    """

    def attach(endpoint: Endpoint) -> Endpoint:
        endpoint.__hot__ = (core, when)  # type: ignore[attr-defined]
        return endpoint

    return attach
