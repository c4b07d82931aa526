"""Uploading through the real gate: what is kept, what is refused, and what is left behind."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.ids import new_id
from metatron.platform.files.interface import attach
from metatron.platform.files.quota import measure_storage

from .conftest import House
from .contents import EVIDENCE, GIF, PDF, XLSX, png
from .kept import Kept


async def put(
    client: httpx.AsyncClient, content: Any, name: str = "a.png", purpose: str = "test_evidence",
    **headers: str,
) -> httpx.Response:  # fmt: skip
    query = {"purpose": purpose, "name": name}
    return await client.post("/files", params=query, content=content, headers=headers)


async def test_a_file_comes_back_as_it_was(house: House, folder: Kept) -> None:
    content = png(1)
    answer = await put(house.participant, content, "../../Schäden am Gerät.png")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert (made["name"], made["media_type"]) == ("Schäden am Gerät.png", "image/png")
    assert (made["size_bytes"], made["is_reused"]) == (len(content), False)
    assert made["expires_at"] is not None
    assert folder.left() == [f"{house.tenant_id}/{made['sha256'][:2]}/{made['sha256']}"]
    shown = await house.participant.get(f"/files/{made['id']}")
    assert shown.json() == {key: made[key] for key in shown.json()}
    got = await house.participant.get(f"/files/{made['id']}/content")
    assert got.content == content
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-length"] == str(len(content))
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["cache-control"] == "no-store"
    said = got.headers["content-disposition"]
    assert said.startswith('attachment; filename="Sch_den am Ger_t.png"; ')
    assert said.endswith("filename*=UTF-8''Sch%C3%A4den%20am%20Ger%C3%A4t.png")


async def test_storage_is_limited_by_content(house: House, folder: Kept) -> None:
    system = house.door.database.system
    await system.execute(
        "update tenancy.tenant set limits = '{\"storage_gb\": 1}' where id = $1", house.tenant_id
    )
    taken, context = png(7), system_context(UUID(str(house.tenant_id)))
    room = len(png(8))

    async def take(size_bytes: int) -> None:
        async with house.door.database.transaction(context) as session:
            await session.execute(
                text(
                    "insert into files.file (tenant_id, id, name, media_type, size_bytes, sha256,"
                    " purpose, uploaded_at, state) values (:tenant_id, :id, 'big', 'image/png',"
                    " :size, :hash, 'test_export', now(), 'stored')"
                ),
                {
                    "tenant_id": context.tenant_id, "id": new_id(), "size": size_bytes,
                    "hash": hashlib.sha256(new_id().bytes).digest(),
                },
            )  # fmt: skip

    await take(10**9 - len(taken) - room)
    assert (await put(house.participant, taken)).status_code == 201
    assert await measure_storage(house.door.database, context.tenant_id) == 1.0
    # One at a time has room for one more.
    answers = await asyncio.gather(*(put(house.participant, png(n)) for n in (8, 9, 10)))
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403]
    refused = next(answer for answer in answers if answer.status_code == 403).json()
    assert (refused["code"], refused["limit"], refused["allowed"]) == (
        "limit_reached", "storage_gb", 1,
    )  # fmt: skip
    assert refused["used"] == 1.0
    assert len(folder.left()) == 2, "nothing is left of what was refused"
    # The same content once more takes no room.
    assert (await put(house.participant, taken, "copy.png")).status_code == 201


async def test_the_same_content_is_kept_once(house: House, folder: Kept) -> None:
    first = (await put(house.participant, PDF, "a.pdf")).json()
    again = (await put(house.supplier, PDF, "b.pdf")).json()
    assert (first["is_reused"], again["is_reused"]) == (False, True)
    assert first["id"] != again["id"]
    assert len(folder.left()) == 1


async def test_a_repeated_upload_is_the_same_file_until_attached(house: House) -> None:
    once = (await put(house.owner, png(2))).json()
    again = (await put(house.owner, png(2), **{"idempotency-key": uuid4().hex})).json()
    assert again == once | {"is_reused": True}
    others = [
        (await put(house.owner, png(2), "b.png")).json(),
        (await put(house.supplier, png(2))).json(),
    ]
    assert once["id"] not in {each["id"] for each in others}
    context = system_context(UUID(str(house.tenant_id)))
    async with house.door.database.transaction(context) as session:
        await attach(
            session, context, file_id=UUID(once["id"]), purpose="test_evidence",
            subject_kind="issue", subject_id=new_id(), now=utc_now(),
        )  # fmt: skip
    assert (await put(house.owner, png(2))).json()["id"] != once["id"]


async def test_many_upload_the_same_at_once(house: House, folder: Kept) -> None:
    answers = await asyncio.gather(*(put(house.supplier, png(4)) for _ in range(6)))
    assert len({each.json()["id"] for each in answers}) == 1
    assert [each.status_code for each in answers] == [201] * 6
    assert sum(not each.json()["is_reused"] for each in answers) == 1
    assert len(folder.left()) == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.png", "file_empty"),
        (b"<svg onload='x'/>", "a.png", "file_type_refused"),
        (b"<html><script>1</script>", "a.txt", "file_type_refused"),
        (GIF, "a.png", "file_type_refused"),
        (XLSX, "a.pdf", "file_type_refused"),
        (b"MZ\x90\x00", "a.pdf", "file_type_refused"),
        (png()[:-1], "a.png", "file_type_refused"),
        (png() * 5_000, "a.png", "file_too_large"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    house: House, folder: Kept, content: bytes, name: str, code: str
) -> None:
    headers = {"content-type": "image/png"}
    answer = await put(house.participant, content, name, **headers)
    assert answer.json()["code"] == code, answer.text
    expected = {"file_empty": 422, "file_type_refused": 415, "file_too_large": 413}
    assert answer.status_code == expected[code]
    assert folder.left() == []


async def test_a_stream_without_a_length_is_cut_at_the_limit(house: House, folder: Kept) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 10_000
            yield b"x" * 10_000

    answer = await put(house.participant, endless(), "a.txt")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert sent <= EVIDENCE.max_bytes + 20_000
    assert folder.left() == []


async def _raw(house: House, messages: list[dict[str, Any]], **headers: str) -> list[Any]:
    """Call the application as a server does whose client goes away."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "path": "/api/v1/files", "raw_path": b"/api/v1/files", "scheme": "http",
        "query_string": b"purpose=test_evidence&name=a.txt", "root_path": "",
        "client": ("10.99.0.1", 1), "server": ("localhost", 3000),
        "headers": [
            (b"host", b"localhost:3000"),
            (b"authorization", house.participant.headers["authorization"].encode()),
            *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
        ],
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await house.door.app(scope, receive, send)
    return sent


async def test_a_truncated_upload_leaves_nothing(house: House, folder: Kept) -> None:
    part = {"type": "http.request", "body": b"some words ", "more_body": True}
    sent = await _raw(house, [dict(part), dict(part)], content_length="9000")
    assert sent[0]["status"] == 400
    assert b"upload_incomplete" in sent[1]["body"]
    last = {**part, "more_body": False}
    sent = await _raw(house, [dict(part), last], content_length="9000")
    assert (sent[0]["status"], b"upload_incomplete" in sent[1]["body"]) == (400, True)
    assert folder.left() == []
    sent = await _raw(house, [dict(part), last], content_length="22")
    assert sent[0]["status"] == 201
    assert len(folder.left()) == 1


async def test_purposes_and_permissions(house: House, folder: Kept) -> None:
    answer = await put(house.participant, png(), purpose="test_picture")
    assert (answer.status_code, answer.json()["permission"]) == (403, "campaigns:organise")
    for purpose in ("nothing", "test_evidence2", "../x", "", "a" * 200):
        answer = await put(house.owner, png(), purpose=purpose)
        assert answer.status_code == 422, purpose
    assert folder.left() == []
    mine = (await put(house.participant, png(5))).json()
    for path in (f"/files/{mine['id']}", f"/files/{mine['id']}/content"):
        answer = await house.supplier.get(path)
        assert (answer.status_code, answer.json()["permission"]) == (403, "campaigns:books")
        assert (await house.owner.get(path)).status_code == 200


async def test_other_tenants_find_nothing(house: House) -> None:
    mine = (await put(house.participant, png(6))).json()
    stranger = await house.door.signed_in(
        f"s-{uuid4().hex}@example.com", (await house.door.organisation()).id, ("owner",)
    )
    for path in (f"/files/{mine['id']}", f"/files/{mine['id']}/content"):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "file_not_found")
    theirs = await put(stranger, png(6))
    assert theirs.json()["is_reused"] is False
