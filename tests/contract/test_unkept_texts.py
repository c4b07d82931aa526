"""NUL, halves of characters and odd Unicode in every text of every route, by the document.

What cannot be kept is refused with the field's name; everything else is taken or refused, and
never breaks anything.
"""

from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.http.plain_text import CODE
from tests.isolation.realms import Realm, furnish
from tests.isolation.samples import operations
from tests.support.people import Door

from .test_hostile_input import IS_THOROUGH, SEED
from .text_places import all_places, send

UNKEPT = ("a\x00b", "\ud800", "x\udfff", "\udc00\ud800", "\x00", "\ud83d \ude00")
ODD = {
    "long": "x" * 120_000, "combined": "a" + "\u0301" * 3_000, "joined": "\u200d" * 2_000,
    "turned": "\u202e\u2066gnp.exe", "private": "\ue000\uffff\ufdd0", "most": "\U0010ffff",
    "bell": "\x07\x1b[2J", "number": "9" * 5_000, "lines": "a\r\nb\u2028c\x85",
    "pair": "\U0001f986", "mark": "\ufeff",
}  # fmt: skip
AMC = "/api/v1/amc/"


@pytest.fixture(scope="module")
async def victim(door: Door) -> Realm:
    """An organisation that may be spoilt."""
    return await furnish(door, f"u{uuid4().hex[:8]}")


def _names_the_field(answer: httpx.Response, field: str) -> bool:
    """Tell whether a refusal names the text's place, a code and a hint, and nothing else."""
    if answer.status_code != 422:
        return False
    told = answer.json()
    named = [each for each in told["errors"] if each["field"].startswith(field)]
    right = all(each["code"] == CODE and each["hint"] for each in told["errors"])
    return told["code"] == "invalid_input" and bool(named) and right


async def test_what_cannot_be_kept_is_refused(app: FastAPI, victim: Realm) -> None:
    """In all modules; each place has one of these texts, by the seed."""
    wrong, asked = [], dict.fromkeys(("body", "query", "path"), 0)
    for number, place in enumerate(all_places(app.openapi(), victim)):
        texts = UNKEPT if place.kind == "body" else ("a\x00b",)
        answer = await send(victim, place, texts[(number + SEED) % len(texts)])
        asked[place.kind] += 1
        field = place.kind if place.kind == "body" else f"{place.kind}.{place.field}"
        leads_nowhere = place.kind == "path" and answer.status_code in {404, 422}
        if not leads_nowhere and not _names_the_field(answer, field):
            wrong.append((place.route, place.kind, place.field, answer.text[:300]))
    assert asked["body"] > 600, asked
    assert asked["query"] > 200, asked
    assert asked["path"] > 150, asked
    assert not wrong, f"seed {SEED}: {len(wrong)}\n" + "\n".join(map(str, wrong[:40]))


async def test_json_in_a_query_is_looked_into(victim: Realm) -> None:
    """What is escaped twice, by the address and by JSON, is the same text."""
    run, nul = victim.one("run_id"), chr(92) + "u0000"
    for path, name, value in (
        (f"/amc/runs/{run}/rows", "filter", f'[["campaign", "=", "a{nul}b"]]'),
        (f"/amc/runs/{run}/rows", "filter", f'[["a{nul}", "=", "b"]]'),
        (f"/amc/runs/compare?left={run}&right={run}", "keys", f'["a{nul}"]'),
    ):
        link = "&" if "?" in path else "?"
        answer = await victim.client.get(f"{path}{link}{name}={quote(value)}")
        assert _names_the_field(answer, f"query.{name}"), (path, answer.text)


@pytest.mark.parametrize("word", ODD)
async def test_odd_texts_are_taken_or_refused(app: FastAPI, victim: Realm, word: str) -> None:
    """In AMC; each sixth place, by the seed."""
    wrong, asked, number = [], 0, sorted(ODD).index(word) + SEED
    for place in all_places(app.openapi(), victim, AMC):
        number += 1
        if not IS_THOROUGH and number % 6:
            continue
        text = ODD[word] if place.kind == "body" else ODD[word][:2_500]
        answer, asked = await send(victim, place, text), asked + 1
        refused = answer.status_code >= 400
        if answer.status_code >= 500 or (refused and not answer.json()["detail"]):
            wrong.append((place.route, place.field, answer.status_code, answer.text[:300]))
    assert asked > 60
    assert not wrong, f"seed {SEED}: {len(wrong)}\n" + "\n".join(map(str, wrong[:40]))
    await _still_readable(app, victim)


async def _still_readable(app: FastAPI, realm: Realm) -> None:
    for _, path, operation in operations(app.openapi()):
        needed = any(
            each["required"] for each in operation.get("parameters", []) if each["in"] != "header"
        )
        if path.startswith(AMC) and operation.get("requestBody") is None and not needed:
            answer = await realm.client.get(realm.door.settings.public_url + path)
            assert answer.status_code < 500, (path, answer.text)
