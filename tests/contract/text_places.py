"""Every place in a JSON body where somebody may write a text, found in the OpenAPI document."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.isolation.samples import Ids, body_of, sample

Make = Callable[[Any], Any]
DEEPEST = 8


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
        yield ".*", _naming
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
        yield ".*", _naming
        inner = more if isinstance(more, dict) else {}
        for place, make in _places(document, inner, "x", ids, depth + 1):
            yield f".x{place}", _named("x", make)


def _same(text: Any) -> Any:
    return text


def _naming(text: Any) -> Any:
    return {text: 1}


def _listed(make: Make) -> Make:
    return lambda text: [make(text)]


def _named(key: str, make: Make, others: dict[str, Any] | None = None) -> Make:
    return lambda text: {**(others or {}), key: make(text)}
