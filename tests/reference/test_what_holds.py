"""Facts of the whole product that the list of requirements leans on."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "web" / "openapi.json").read_text())
MARKUP = re.compile(
    r"dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write"
    r"|\beval\(|new Function\(|window\.addEventListener\(\s*[\"']message[\"']"
)


def _bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema that a request's JSON body may have, with its route."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            contents = (operation.get("requestBody") or {}).get("content", {})
            given = contents.get("application/json", {}).get("schema", {})
            for schema in _alternatives(given):
                yield f"{method} {path}", schema


def _alternatives(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        yield DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _alternatives(each)


def test_every_body_refuses_unknown_members() -> None:
    found = list(_bodies())
    assert len(found) > 100
    lenient = {route for route, schema in found if schema.get("additionalProperties") is not False}
    assert not lenient, f'give their models extra="forbid": {lenient}'


def test_nothing_is_written_as_markup() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "web" / "src").rglob("*.ts*")
        if MARKUP.search(path.read_text())
    ]
    assert not found, f"show texts as texts, and hear no window: {found}"


@pytest.mark.parametrize("word", ["token", "key", "secret", "password", "signature"])
def test_no_secret_is_asked_for_in_a_query(word: str) -> None:
    found = {
        (path, each["name"])
        for path, methods in DOCUMENT["paths"].items()
        for operation in methods.values()
        for each in operation.get("parameters", ())
        if each["in"] == "query" and each["name"].lower().endswith(word)
    }
    assert not found, "send it in a header or the body"
