"""Use cases of applications: storing, attaching, linking, ending, and what crashes leave behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.ids import new_id
from metatron.platform.files import attaching, errors, reading, storing
from metatron.platform.files.interface import FileFacts, lost_contents
from metatron.platform.files.sweeping import ASIDE_SECONDS, GRACE_SECONDS, sweep

from .conftest import House
from .contents import EVIDENCE, png
from .kept import Kept, content_name
from .test_upload import put

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Shelf:
    """Use cases in transactions of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.tenant_id = new_id()

    def person(self, *permissions: str) -> Context:
        return Context(self.tenant_id, "user", new_id(), frozenset(permissions))

    async def run(self, use_case: Any, context: Context, **arguments: Any) -> Any:
        async with self.database.transaction(context) as session:
            return await use_case(session, context, **arguments)

    async def store(self, context: Context, content: bytes = b"words", **more: Any) -> FileFacts:
        given = {"purpose": "test_evidence", "name": "a.txt", "now": self.now} | more
        made: FileFacts = await self.run(storing.store, context, content=content, **given)
        return made

    async def events(self) -> list[str]:
        async with self.database.transaction(system_context(self.tenant_id)) as session:
            found = await session.scalars(text("select name from kernel.event order by position"))
            return list(found)


@pytest.fixture
def shelf(database: Database, folder: Kept) -> Shelf:
    return Shelf(database)


async def test_an_application_stores_and_reads(shelf: Shelf) -> None:
    me = shelf.person()
    made = await shelf.store(me, b'{"a":1}', purpose="test_export", name="Export")
    assert (made.name, made.media_type) == ("Export.json", "application/json")
    assert made.expires_at is None
    assert await shelf.run(reading.read, me, file_id=made.id) == b'{"a":1}'
    assert (await shelf.run(reading.facts, me, file_id=made.id)).sha256 == made.sha256
    assert await shelf.events() == ["files.file_stored.v1"]
    with pytest.raises(errors.PurposeUnknown):
        await shelf.store(me, purpose="nothing")
    with pytest.raises(errors.FileEmpty):
        await shelf.store(me, b"")
    with pytest.raises(errors.FileTooLarge):
        await shelf.store(me, b"x" * (EVIDENCE.max_bytes + 1))


async def test_a_damaged_content_is_told(shelf: Shelf, folder: Kept) -> None:
    me = shelf.person()
    made = await shelf.store(me)
    name = content_name(shelf.tenant_id, made.sha256)
    folder.put(name, b"sword")
    with pytest.raises(errors.ContentMissing):
        await shelf.run(reading.read, me, file_id=made.id)
    folder.lose(name)
    with pytest.raises(errors.ContentMissing):
        await shelf.run(reading.read, me, file_id=made.id)
    again = await shelf.store(me)
    assert (again.id, again.is_reused) == (made.id, True)
    assert await shelf.run(reading.read, me, file_id=made.id) == b"words"


async def test_attaching_keeps_a_file(shelf: Shelf) -> None:
    me, other, reader = shelf.person(), shelf.person(), shelf.person("campaigns:books")
    made, subject = await shelf.store(me), new_id()
    given = {
        "file_id": made.id, "purpose": "test_evidence", "subject_kind": "issue",
        "subject_id": subject, "now": shelf.now,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        await shelf.run(attaching.attach, other, **given)
    with pytest.raises(InvalidInput):
        await shelf.run(attaching.attach, me, **given | {"purpose": "test_export"})
    with pytest.raises(errors.FileNotFound):
        await shelf.run(attaching.attach, replace(me, tenant_id=new_id()), **given)
    for actor in (me, reader, system_context(shelf.tenant_id)):
        assert (await shelf.run(attaching.attach, actor, **given)).expires_at is None
    found = await shelf.run(attaching.attached, other, subject_kind="issue", subject_id=subject)
    assert [each.id for each in found] == [made.id]
    later = shelf.now + timedelta(days=400)
    assert not await shelf.run(attaching.expire, me, file_id=made.id, now=later)
    await shelf.run(attaching.delete, me, file_id=made.id, now=later)
    with pytest.raises(errors.FileNotFound):
        await shelf.run(attaching.delete, me, file_id=made.id, now=later)
    assert not await shelf.run(attaching.attached, me, subject_kind="issue", subject_id=subject)
    with pytest.raises(errors.FileNotFound):
        await shelf.run(attaching.attach, me, **given)


async def test_what_is_attached_to_nothing_ends(shelf: Shelf) -> None:
    me = shelf.person()
    made = await shelf.store(me)
    assert made.expires_at == shelf.now + timedelta(days=1)
    assert not await shelf.run(attaching.expire, me, file_id=made.id, now=shelf.now)
    given = {"file_id": made.id, "purpose": "test_evidence", "subject_kind": "issue"}
    with pytest.raises(errors.FileNotFound):
        await shelf.run(attaching.attach, me, **given, subject_id=new_id(), now=made.expires_at)
    assert await shelf.run(attaching.expire, me, file_id=made.id, now=made.expires_at)
    assert not await shelf.run(attaching.expire, me, file_id=made.id, now=made.expires_at)
    with pytest.raises(errors.FileNotFound):
        await shelf.run(reading.facts, me, file_id=made.id)
    assert await shelf.events() == ["files.file_stored.v1", "files.file_deleted.v1"]


async def test_attaching_races_with_the_end(shelf: Shelf) -> None:
    for _ in range(6):
        me = shelf.person()
        made = await shelf.store(me)
        assert made.expires_at is not None
        given = {"file_id": made.id, "purpose": "test_evidence", "subject_kind": "issue"}
        early = made.expires_at - timedelta(microseconds=1)
        outcomes = await asyncio.gather(
            shelf.run(attaching.attach, me, **given, subject_id=new_id(), now=early),
            shelf.run(attaching.expire, me, file_id=made.id, now=made.expires_at),
            return_exceptions=True,
        )
        attached = not isinstance(outcomes[0], BaseException)
        assert outcomes[1] is not attached
        assert attached or isinstance(outcomes[0], errors.FileNotFound)


class Crash(BaseException):
    """The process ends between renaming and commit."""


async def test_a_crash_before_the_commit_is_healed(shelf: Shelf, folder: Kept) -> None:
    me = shelf.person()
    kept = await shelf.store(me, b"kept")
    noted: list[FileFacts] = []

    async def store_and_crash(session: Any, context: Context, **given: Any) -> None:
        noted.append(await storing.store(session, context, **given))
        raise Crash

    given = {"purpose": "test_evidence", "name": "a", "content": b"lost", "now": shelf.now}
    with pytest.raises(Crash):
        await shelf.run(store_and_crash, me, **given)
    lost = noted[0]
    with pytest.raises(errors.FileNotFound):
        await shelf.run(reading.facts, me, file_id=lost.id)
    assert len(folder.left()) == 2
    assert await sweep(shelf.database, machine_now=utc_now()) == 0
    folder.age(GRACE_SECONDS + 1)
    assert await sweep(shelf.database, machine_now=utc_now()) == 1
    aside = f"{shelf.tenant_id}/aside/{lost.sha256}"
    assert aside in folder.left()
    assert await shelf.run(reading.read, me, file_id=kept.id) == b"kept"
    again = await shelf.store(me, b"lost")
    assert await shelf.run(reading.read, me, file_id=again.id) == b"lost"
    folder.age(ASIDE_SECONDS + 1)
    assert await sweep(shelf.database, machine_now=utc_now()) == 0
    assert aside not in folder.left()
    assert await shelf.run(reading.read, me, file_id=again.id) == b"lost"


async def test_a_killed_upload_leaves_a_scratch_file_for_an_hour(
    shelf: Shelf, folder: Kept
) -> None:
    async def some() -> AsyncIterator[bytes]:
        yield b"words"

    await folder.store.receive(shelf.tenant_id, some(), most_bytes=100)
    assert len(folder.left()) == 1
    await sweep(shelf.database, machine_now=utc_now())
    assert len(folder.left()) == 1
    folder.age(GRACE_SECONDS + 1)
    await sweep(shelf.database, machine_now=utc_now())
    assert folder.left() == []


async def test_deleted_contents_go_unless_another_file_has_them(shelf: Shelf, folder: Kept) -> None:
    me = shelf.person()
    one, two = await shelf.store(me), await shelf.store(me, name="b.txt")
    await shelf.run(attaching.delete, me, file_id=one.id, now=shelf.now)
    folder.age(GRACE_SECONDS + 1)
    assert await sweep(shelf.database, machine_now=utc_now()) == 0
    assert await shelf.run(reading.read, me, file_id=two.id) == b"words"
    await shelf.run(attaching.delete, me, file_id=two.id, now=shelf.now)
    assert await sweep(shelf.database, machine_now=utc_now()) == 1


async def test_the_sweep_waits_for_an_upload_of_the_same(shelf: Shelf, folder: Kept) -> None:
    """An old content without a file is uploaded anew while the sweep is about to take it."""
    me = shelf.person()
    made = await shelf.store(me)
    await shelf.run(attaching.delete, me, file_id=made.id, now=shelf.now)
    folder.age(GRACE_SECONDS + 1)
    async with shelf.database.transaction(me) as session:
        again = await storing.store(
            session, me, purpose="test_evidence", name="a", content=b"words", now=shelf.now
        )
        folder.age(GRACE_SECONDS + 1)
        sweeping = asyncio.create_task(sweep(shelf.database, machine_now=utc_now()))
        done, _ = await asyncio.wait({sweeping}, timeout=0.3)
        assert not done
    assert await sweeping == 0
    assert await shelf.run(reading.read, me, file_id=again.id) == b"words"


async def test_strange_names_in_the_folder_are_left_alone(shelf: Shelf, folder: Kept) -> None:
    await shelf.store(shelf.person())
    odd = [f"lost+found/aa/{'0' * 64}", f"{shelf.tenant_id}/aa/notes.txt"]
    odd += [f"{shelf.tenant_id}/aa/{'z' * 64}", "README"]
    for name in odd:
        folder.put(name, b"x")
    folder.age(GRACE_SECONDS + 1)
    assert await sweep(shelf.database, machine_now=utc_now()) == 0
    assert set(odd) <= set(folder.left())


async def test_each_row_has_its_content_or_is_told(shelf: Shelf, folder: Kept) -> None:
    me = shelf.person()
    made = [await shelf.store(me, bytes([65 + number]) * 9) for number in range(3)]
    await shelf.store(me, b"A" * 9, name="again.txt")
    tenants = [shelf.tenant_id, new_id()]
    assert await lost_contents(shelf.database, folder.store, tenants) == (3, [])
    folder.lose(content_name(shelf.tenant_id, made[0].sha256))
    folder.put(content_name(shelf.tenant_id, made[1].sha256), b"short")
    looked, lost = await lost_contents(shelf.database, folder.store, tenants)
    assert looked == 3
    assert {(each.sha256, each.found_bytes) for each in lost} == {
        (made[0].sha256, None), (made[1].sha256, 5),
    }  # fmt: skip


async def test_a_row_does_not_change(shelf: Shelf) -> None:
    me = shelf.person()
    made = await shelf.store(me)
    for change in ("name = 'x'", "sha256 = decode(repeat('00', 32), 'hex')", "purpose = 'x'"):
        with pytest.raises(Exception, match="cannot change"):
            await shelf.run(_execute, me, sql=f"update files.file set {change}")
    await shelf.run(attaching.delete, me, file_id=made.id, now=shelf.now)
    with pytest.raises(Exception, match="was deleted"):
        await shelf.run(
            _execute, me, sql="update files.file set state = 'stored', deleted_at = null"
        )


async def _execute(session: Any, _context: Context, *, sql: str) -> None:
    await session.execute(text(sql))


async def test_links_open_for_whoever_has_them(house: House) -> None:
    made = (await put(house.participant, png(7))).json()
    context = system_context(UUID(str(house.tenant_id)))
    now = utc_now()
    path = reading.signed_link(
        context, file_id=UUID(made["id"]), expires_at=now + timedelta(hours=2), now=now
    ).removeprefix("/api/v1")
    stranger = house.door.browser()
    got = await stranger.get(path)
    assert (got.status_code, got.content) == (200, png(7))
    assert got.headers["content-disposition"].startswith("attachment; ")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "max-age=3600" in got.headers["cache-control"]
    for forged in (path[:-2] + ("AA" if path[-2:] != "AA" else "BB"), path + "x", path[:-9]):
        answer = await stranger.get(forged)
        assert (answer.status_code, answer.json()["code"]) == (404, "file_link_invalid")
    # The tenant's own clock ends it.
    assert (await house.owner.post("/clock/advance", json={"seconds": 7_201})).is_success
    answer = await stranger.get(path)
    assert (answer.status_code, answer.json()["code"]) == (410, "file_link_expired")


async def test_a_link_to_a_deleted_file_opens_nothing(house: House, database: Database) -> None:
    made = (await put(house.participant, png(8))).json()
    context = system_context(UUID(str(house.tenant_id)))
    now, file_id = utc_now(), UUID(made["id"])
    path = reading.signed_link(
        context, file_id=file_id, expires_at=now + timedelta(hours=2), now=now
    )
    async with database.transaction(context) as session:
        await attaching.delete(session, context, file_id=file_id, now=now)
    answer = await house.door.browser().get(path.removeprefix("/api/v1"))
    assert (answer.status_code, answer.json()["code"]) == (404, "file_not_found")


async def test_links_of_a_suspended_organisation_open_nothing(house: House) -> None:
    made = (await put(house.participant, png(9))).json()
    tenant_id, now = UUID(str(house.tenant_id)), utc_now()
    path = reading.signed_link(
        system_context(tenant_id),
        file_id=UUID(made["id"]),
        expires_at=now + timedelta(hours=2),
        now=now,
    ).removeprefix("/api/v1")
    change = "update tenancy.tenant set state = $2 where id = $1"
    for state, status in (("suspended", 404), ("active", 200)):
        await house.door.database.system.execute(change, tenant_id, state)
        assert (await house.door.browser().get(path)).status_code == status
