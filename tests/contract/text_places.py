"""Every place in a JSON body where somebody may write a text, found in the OpenAPI document."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.isolation.realms import Realm
from tests.isolation.samples import Ids, body_of, operations, sample

Make = Callable[[Any], Any]
DEEPEST = 8
FOR_EVERYBODY = {"permission", "signed_in", "public"}
FIXED = {"name": "campaigns", "provider": "sandbox", "guide": "campaign-reach"}


@dataclass(frozen=True)
class Place:
    """One text of one route: `kind` is body, query or path, `field` says where there."""

    route: str
    method: str
    kind: str
    field: str
    call: Callable[[str], tuple[str, Any]]
    """The path with its query, and the body, of a call that has a text there."""


def all_places(document: dict[str, Any], realm: Realm, prefix: str = "/") -> Iterator[Place]:
    """Yield all texts of the routes below `prefix` that members may call, with the realm's ids."""
    for method, path, operation in operations(document):
        if operation["x-access"] not in FOR_EVERYBODY or not path.startswith(prefix):
            continue
        name, given = operation["operationId"], operation.get("parameters", [])
        needed = {
            each["name"]: realm.one(each["name"])
            for each in given
            if each["in"] == "query" and each["required"]
        }
        body = body_of(document, operation, realm.one)
        for place, make in body_places(document, operation, realm.one):
            yield Place(name, method, "body", place[1:], _with_body(_filled(path, realm), make))
        for each in given:
            if each["in"] == "query":
                call = _with_query(_filled(path, realm), needed, each["name"], body)
                yield Place(name, method, "query", each["name"], call)
            elif each["in"] == "path":
                yield Place(name, method, "path", each["name"],
                            _with_path(path, each["name"], realm, body))  # fmt: skip


async def send(realm: Realm, place: Place, text: str) -> httpx.Response:
    """Call a route as the realm's person with a text in one place."""
    path, body = place.call(text)
    content = None if body is None else json.dumps(body).encode()
    headers = {"idempotency-key": uuid4().hex, "content-type": "application/json"}
    url = realm.door.settings.public_url + path
    return await realm.client.request(place.method, url, headers=headers, content=content)


def _filled(path: str, realm: Realm) -> str:
    for name in (*FIXED, *realm.ids):
        path = path.replace("{" + name + "}", FIXED.get(name) or realm.one(name))
    return path


def _with_body(path: str, make: Make) -> Callable[[str], tuple[str, Any]]:
    return lambda text: (path, make(text))


def _with_query(
    path: str, needed: dict[str, str], name: str, body: Any
) -> Callable[[str], tuple[str, Any]]:
    def call(text: str) -> tuple[str, Any]:
        pairs = (needed | {name: text}).items()
        query = "&".join(f"{quote(key)}={quote(value, safe='')}" for key, value in pairs)
        return f"{path}?{query}", body

    return call


def _with_path(path: str, name: str, realm: Realm, body: Any) -> Callable[[str], tuple[str, Any]]:
    def call(text: str) -> tuple[str, Any]:
        return _filled(path.replace("{" + name + "}", quote(text, safe="")), realm), body

    return call


def body_places(
    document: dict[str, Any], operation: dict[str, Any], ids: Ids
) -> Iterator[tuple[str, Make]]:
    """Yield each place of an operation's body, with what makes a body that has a text there.

    Places that a schema leaves open (any value, any names) are filled with texts, lists of texts
    and objects whose names and values are texts.
    """
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return
    whole = body_of(document, operation, ids)
    for place, make in _places(document, schema, operation["operationId"], ids, 0):
        yield place, _over(whole, place, make)


def _over(whole: Any, place: str, make: Make) -> Make:
    """Let what is made stand in a body that is valid otherwise, where there is one."""
    field = place.split(".")[1] if "." in place else ""

    def made(text: Any) -> Any:
        given = make(text)
        if isinstance(whole, dict) and isinstance(given, dict):
            return whole | ({field: given[field]} if field in given else given)
        return given

    return made


def _places(
    document: dict[str, Any], schema: dict[str, Any], name: str, ids: Ids, depth: int
) -> Iterator[tuple[str, Make]]:
    if depth > DEEPEST:
        return
    if "$ref" in schema:
        target = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        yield from _places(document, target, name, ids, depth + 1)
        return
    branches = [each for word in ("anyOf", "oneOf", "allOf") for each in schema.get(word, ())]
    for each in branches:
        yield from _places(document, each, name, ids, depth + 1)
    if branches or schema.get("type") == "null":
        return
    kind = schema.get("type")
    if kind == "array":
        for place, make in _places(document, schema.get("items", {}), name, ids, depth + 1):
            yield f".0{place}", _listed(make)
    elif kind == "object":
        yield from _of_object(document, schema, name, ids, depth)
    elif kind is None and not {"const", "enum"} & schema.keys():
        yield "", _same
        yield ".0", _listed(_same)
        yield ".x", _named("x", _same)
        yield ".*", _naming(1)
    else:
        yield "", _same


def _of_object(
    document: dict[str, Any], schema: dict[str, Any], name: str, ids: Ids, depth: int
) -> Iterator[tuple[str, Make]]:
    for key, each in schema.get("properties", {}).items():
        shown = sample(document, {"type": "object", "properties": {
            other: inner for other, inner in schema["properties"].items()
            if other in schema.get("required", ())
        }}, name, ids)  # fmt: skip
        for place, make in _places(document, each, key, ids, depth + 1):
            yield f".{key}{place}", _named(key, make, shown)
    more = schema.get("additionalProperties")
    if more or "properties" not in schema:
        inner = more if isinstance(more, dict) else {}
        yield ".*", _naming(sample(document, inner, "x", ids))
        for place, make in _places(document, inner, "x", ids, depth + 1):
            yield f".x{place}", _named("x", make)


def _same(text: Any) -> Any:
    return text


def _naming(value: Any) -> Make:
    return lambda text: {text: value}


def _listed(make: Make) -> Make:
    return lambda text: [make(text)]


def _named(key: str, make: Make, others: dict[str, Any] | None = None) -> Make:
    return lambda text: {**(others or {}), key: make(text)}
