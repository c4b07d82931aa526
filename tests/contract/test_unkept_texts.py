"""NUL, halves of characters and odd Unicode in every text of every route, by the document.

What cannot be kept is refused with the field's name; everything else is taken or refused, and
never breaks anything.
"""

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.http.plain_text import CODE
from tests.isolation.realms import Realm, furnish
from tests.isolation.samples import operations
from tests.support.people import Door

from .text_places import body_places

UNKEPT = {"nul": "a\x00b", "half": "\ud800", "other half": "x\udfff", "turned pair": "\udc00\ud800"}
ODD = {
    "long": "x" * 120_000, "combined": "a" + "\u0301" * 3_000, "joined": "\u200d" * 2_000,
    "turned": "\u202e\u2066gnp.exe", "private": "\ue000\uffff\ufdd0",
    "most": "\U0010ffff", "bell": "\x07\x1b[2J",
    "number": "9" * 5_000, "lines": "a\r\nb\u2028c\x85", "pair": "\U0001f986", "mark": "\ufeff",
}  # fmt: skip
FOR_EVERYBODY = {"permission", "signed_in", "public"}
AMC = "/api/v1/amc/"


@pytest.fixture(scope="module")
async def victim(door: Door) -> Realm:
    """An organisation that may be spoilt."""
    return await furnish(door, f"u{uuid4().hex[:8]}")


def _path(path: str, realm: Realm) -> str:
    for name in ("name", "provider", *realm.ids):
        value = {"name": "campaigns", "provider": "sandbox"}.get(name) or realm.one(name)
        path = path.replace("{" + name + "}", value)
    return path


async def _send(realm: Realm, method: str, path: str, body: Any = None) -> httpx.Response:
    url = realm.door.settings.public_url + path
    headers = {"idempotency-key": uuid4().hex, "content-type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    return await realm.client.request(method, url, headers=headers, content=content)


def _is_told(answer: httpx.Response, where: str) -> bool:
    """Tell whether a refusal names the text's place, a code and a hint."""
    if answer.status_code != 422:
        return False
    told = answer.json()
    named = [each for each in told["errors"] if each["field"].startswith(where)]
    return told["code"] == "invalid_input" and bool(named) and all(
        each["code"] == CODE and each["hint"] for each in named
    )  # fmt: skip


async def test_bodies(app: FastAPI, victim: Realm) -> None:
    document, wrong, asked = app.openapi(), [], 0
    for method, path, operation in operations(document):
        if operation["x-access"] not in FOR_EVERYBODY:
            continue
        for place, make in body_places(document, operation, victim.one):
            for word, text in UNKEPT.items():
                answer = await _send(victim, method, _path(path, victim), make(text))
                asked += 1
                if not _is_told(answer, "body"):
                    wrong.append((operation["operationId"], place, word, answer.text[:300]))
    assert asked > 2_000
    assert not wrong, f"{len(wrong)}\n" + "\n".join(map(str, wrong[:40]))


async def test_queries_and_paths(app: FastAPI, victim: Realm) -> None:
    wrong, asked = [], 0
    for method, path, operation in operations(app.openapi()):
        if operation["x-access"] not in FOR_EVERYBODY or method != "GET":
            continue
        for given in operation.get("parameters", []):
            name, where = given["name"], _path(path, victim)
            if given["in"] == "query":
                where += f"?{quote(name)}=a%00b"
            elif given["in"] == "path":
                where = _path(path.replace("{" + name + "}", "a%00b"), victim)
            else:
                continue
            answer, asked = await _send(victim, method, where), asked + 1
            if not _is_told(answer, f"{given['in']}.{name}"):
                wrong.append(
                    (operation["operationId"], name, answer.status_code, answer.text[:300])
                )
    assert asked > 200
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("word", ODD)
async def test_odd_texts_of_amc(app: FastAPI, victim: Realm, word: str) -> None:
    """They are taken as they are, or refused with a reason; a cursor of them leads nowhere."""
    document, wrong, asked = app.openapi(), [], 0
    for method, path, operation in operations(document):
        if not path.startswith(AMC):
            continue
        calls = [
            (place, _path(path, victim), make(ODD[word]))
            for place, make in body_places(document, operation, victim.one)
        ]
        calls += [
            (
                given["name"],
                f"{_path(path, victim)}?{given['name']}={quote(ODD[word][:3_000])}",
                None,
            )
            for given in operation.get("parameters", [])
            if given["in"] == "query"
        ]
        for place, where, body in calls:
            answer, asked = await _send(victim, method, where, body), asked + 1
            refused = answer.status_code >= 400
            if answer.status_code >= 500 or (refused and not answer.json()["detail"]):
                wrong.append(
                    (operation["operationId"], place, answer.status_code, answer.text[:300])
                )
    assert asked > 300
    assert not wrong, f"{len(wrong)}\n" + "\n".join(map(str, wrong[:40]))
    await _still_readable(app, victim)


async def _still_readable(app: FastAPI, realm: Realm) -> None:
    for method, path, operation in operations(app.openapi()):
        needed = any(each.get("required") and each["in"] == "query"
                     for each in operation.get("parameters", []))  # fmt: skip
        if path.startswith(AMC) and method == "GET" and not needed:
            answer = await _send(realm, method, _path(path, realm))
            assert answer.status_code < 500, (path, answer.text)
