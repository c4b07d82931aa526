"""What people choose to be mailed: at once, once a day, or not at all; and what is no choice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound, PermissionDenied
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.notifications.digests import send_digest
from metatron.platform.notifications.interface import (
    DELIVER,
    DIGEST,
    MailKind,
    MailTemplate,
    next_digest,
    register_kinds,
    register_templates,
    send_mail,
)
from metatron.platform.notifications.module import MODULE
from metatron.platform.notifications.preferences import choose
from metatron.platform.notifications.templates import check_templates, known_kinds
from metatron.processes import all_modules
from tests.doorkeeper import application, client_of

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
register_kinds(MailKind("test.news", "News", "What is new."))
register_templates(
    MailTemplate("test.news", 1, "News: {{ what }}", "It is {{ what }}.\n", kind="test.news"),
    MailTemplate("test.money", 1, "Your refund", "It is under way.\n"),
)


class Reader:
    """Somebody who gets mails, at a time of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.user_id = new_id()
        self.context = Context(new_id(), "user", self.user_id, frozenset())
        self.system = system_context(self.context.tenant_id)

    async def chooses(self, delivery: Any, kind: str = "test.news") -> None:
        async with self.database.transaction(self.context) as session:
            await choose(session, self.context, kind=kind, delivery=delivery, now=NOON)

    async def is_told(self, template: str, now: datetime = NOON, **places: str) -> UUID:
        async with self.database.transaction(self.system) as session:
            return await send_mail(
                session, self.system, to="ada@example.com", template=template, variables=places,
                now=now, recipient_id=self.user_id,
            )  # fmt: skip

    async def gets_digest(self, now: datetime) -> int:
        async with self.database.transaction(self.system) as session:
            return await send_digest(session, self.system, user_id=self.user_id, now=now)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.transaction(self.system) as session:
            return list((await session.execute(text(sql), values)).all())

    async def state(self, message_id: UUID) -> str:
        [row] = await self.rows(
            "select state from notifications.message where id = :id", id=message_id
        )
        return str(row.state)

    async def jobs(self, name: str) -> list[Any]:
        return await self.rows(
            "select run_at, arguments from kernel.outbox where name = :n", n=name
        )


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(database)


async def test_who_chose_nothing_is_told_at_once(reader: Reader) -> None:
    assert await reader.state(await reader.is_told("test.news", what="snow")) == "queued"
    assert (
        len(await reader.jobs(DELIVER)) + len(await reader.jobs("notifications.deliver_first")) == 1
    )


async def test_a_days_news_go_out_as_one_mail(reader: Reader) -> None:
    await reader.chooses("daily")
    first = await reader.is_told("test.news", what="snow")
    second = await reader.is_told("test.news", NOON + timedelta(hours=3), what="ice")
    assert [await reader.state(each) for each in (first, second)] == ["held", "held"]
    morning = datetime(2027, 3, 2, 7, tzinfo=UTC)
    assert {row.run_at for row in await reader.jobs(DIGEST)} == {morning}
    assert await reader.gets_digest(morning) == 2
    assert [await reader.state(each) for each in (first, second)] == ["digested", "digested"]
    [sent] = await reader.rows(
        "select b.subject, b.text from notifications.message m"
        " join notifications.message_body b using (tenant_id, id) where m.state = 'queued'"
    )
    assert sent.subject == "Your day: 2 messages"
    assert sent.text.index("It is snow.") < sent.text.index("It is ice.")
    erased = "select text from notifications.message_body where id = any(:ids)"
    assert {row.text for row in await reader.rows(erased, ids=[first, second])} == {None}
    # The second job of that morning, or one that is repeated, finds nothing left.
    assert await reader.gets_digest(morning) == 0


async def test_what_is_not_wanted_is_noted_and_leaves_no_text(reader: Reader) -> None:
    await reader.chooses("off")
    told = await reader.is_told("test.news", what="snow")
    assert await reader.state(told) == "withheld"
    assert (
        await reader.rows("select 1 from notifications.message_body where id = :id", id=told) == []
    )
    assert await reader.jobs(DELIVER) == []
    await reader.chooses("at_once")
    assert await reader.state(await reader.is_told("test.news", what="thaw")) == "queued"


async def test_money_can_never_be_switched_off(reader: Reader) -> None:
    for name in ("test.money", "campaigns.refund", "identity.sign_in_link", "approvals.requested"):
        with pytest.raises(NotFound):
            await reader.chooses("off", kind=name)
    await reader.chooses("off")
    assert await reader.state(await reader.is_told("test.money")) == "queued"
    all_modules()
    check_templates()
    fixed = ("campaigns.", "identity.", "approvals.", "payments.", "backups.", "health.")
    assert not [kind.name for kind in known_kinds() if kind.name.startswith(fixed)]


async def test_only_people_choose_and_only_for_themselves(database: Database) -> None:
    reader, other = Reader(database), Reader(database)
    with pytest.raises(PermissionDenied):
        async with database.transaction(reader.system) as session:
            await choose(session, reader.system, kind="test.news", delivery="off", now=NOON)
    await other.chooses("off")
    assert await reader.state(await reader.is_told("test.news", what="snow")) == "queued"


def test_the_next_digest_is_the_next_morning() -> None:
    seven = datetime(2027, 3, 1, 7, tzinfo=UTC)
    assert next_digest(seven - timedelta(seconds=1)) == seven
    assert next_digest(seven) == seven + timedelta(days=1)


async def test_over_the_api(settings: Settings, database: Database) -> None:
    reader = Reader(database)
    app = application(settings, database, [MODULE])
    app.state.gate.known = {"ada": reader.context}
    async with client_of(app, "ada") as client:
        path = "/api/v1/notification-preferences"
        found = {each["kind"]: each for each in (await client.get(path)).json()["items"]}
        assert found["test.news"]["delivery"] == "at_once"
        put = await client.put(f"{path}/test.news", json={"delivery": "daily"})
        assert put.status_code == 204, put.text
        found = {each["kind"]: each for each in (await client.get(path)).json()["items"]}
        assert found["test.news"]["delivery"] == "daily"
        assert (await client.put(f"{path}/test.money", json={"delivery": "off"})).status_code == 404
        assert (await client.put(f"{path}/test.news", json={"delivery": "x"})).status_code == 422
    async with client_of(app) as stranger:
        assert (await stranger.get(path)).status_code == 401
