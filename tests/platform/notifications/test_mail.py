# ruff: noqa: ASYNC110 - these wait for other processes
"""Mail from the use case to the mail server, over real SMTP."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.notifications import templates
from metatron.platform.notifications.delivery import MailPutOff, NoMailServer, PostOffice
from metatron.platform.notifications.interface import MailTemplate, register_templates, send_mail
from metatron.platform.notifications.mailbox.server import open_mailbox
from metatron.platform.notifications.mailbox.store import MailboxFolder, ReceivedMail
from metatron.platform.notifications.module import MODULE, post_office
from metatron.processes import all_modules
from tests.doorkeeper import application, client_of

register_templates(
    MailTemplate("test.hello", 3, "Hello {{ name }}", "Dear {{ name }},\nhere is {{ link }}\n"),
    MailTemplate("test.hello", 3, "Hallo {{ name }}", "Liebe {{ name }}: {{ link }}", locale="de"),
    MailTemplate("test.note", 1, "Note", "Kept.", keeps_text=True),
)
VALUES = {"name": "Ada", "link": "https://metatron.test/in?token=s3cret"}


class Desk:
    """A post office in front of an SMTP server of the test's own."""

    def __init__(self, settings: Settings, folder: Path, port: int) -> None:
        self.folder = MailboxFolder(folder)
        self.settings = settings.model_copy(
            update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "mailbox_dir": folder}
        )
        self.office = PostOffice()
        self.office.open(SimpleNamespace(settings=self.settings))


@pytest.fixture
async def desk(settings: Settings, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "mailbox"
    server = await open_mailbox(folder, host="127.0.0.1", port=0)
    async with server:
        yield Desk(settings, folder, server.sockets[0].getsockname()[1])


async def ask(database: Database, context: Context, **changes: Any) -> str:
    arguments = {"to": "ada@example.org", "template": "test.hello", "variables": VALUES} | changes
    async with database.transaction(context) as session:
        return str(await send_mail(session, context, now=utc_now(), **arguments))


async def facts(database: Database, context: Context, message_id: str) -> Any:
    async with database.transaction(context) as session:
        found = await session.execute(
            text(
                "select m.state, m.template_version, m.sent_at, b.text, (select array_agg(d.outcome"
                " || ':' || coalesce(d.smtp_code::text, '') order by d.id)"
                " from notifications.delivery_attempt d where d.message_id = m.id) as attempts"
                " from notifications.message m join notifications.message_body b"
                " using (tenant_id, id)"
                " where m.id = :id"
            ),
            {"id": UUID(message_id)},
        )
        return found.one()


async def test_a_mail_arrives_once_and_its_text_is_erased(
    database: Database, tenant: Context, desk: Desk
) -> None:
    message_id = await ask(database, tenant)
    for _ in range(3):
        await desk.office.deliver(database, tenant, now=utc_now(), message_id=message_id)
    (mail,) = desk.folder.newest()
    assert mail.to == ("ada@example.org",)
    assert mail.subject == "Hello Ada"
    assert VALUES["link"] in mail.text
    assert mail.id.startswith(message_id)
    found = await facts(database, tenant, message_id)
    assert (found.state, found.template_version, found.text) == ("sent", 3, None)
    assert found.attempts == ["sent:250"]


async def test_a_repeat_after_a_crash_is_recognised(
    database: Database, tenant: Context, desk: Desk
) -> None:
    """Killed between the server's answer and our note of it: the server sees the same id twice."""
    message_id = await ask(database, tenant, template="test.note", variables={})
    await desk.office.deliver(database, tenant, now=utc_now(), message_id=message_id)
    async with database.transaction(tenant) as session:
        await session.execute(
            text(
                "update notifications.message set state = 'queued', sent_at = null where id = :id"
            ),
            {"id": UUID(message_id)},
        )
    await desk.office.deliver(database, tenant, now=utc_now(), message_id=message_id)
    found = await facts(database, tenant, message_id)
    assert found.attempts == ["sent:250", "sent:250"]
    assert found.text == "Kept."
    assert len(desk.folder.newest()) == 1


async def test_no_commit_no_mail(database: Database, tenant: Context) -> None:
    session = await database.session(tenant)
    async with session:
        await send_mail(
            session, tenant, to="a@example.org", template="test.note", variables={}, now=utc_now()
        )
        await session.rollback()
    async with database.transaction(tenant) as session:
        assert (await session.execute(text("select count(*) from kernel.outbox"))).scalar() == 0


async def test_values_cannot_add_headers_or_recipients(
    database: Database, tenant: Context, desk: Desk
) -> None:
    evil = "Eve\r\nBcc: victim@example.org\r\n\r\nbody\u2028X: y\x00"
    message_id = await ask(database, tenant, variables=VALUES | {"name": evil})
    await desk.office.deliver(database, tenant, now=utc_now(), message_id=message_id)
    (mail,) = desk.folder.newest()
    assert mail.to == ("ada@example.org",)
    assert mail.subject == "Hello Eve Bcc: victim@example.org body X: y"


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a@example.org\n",
        "a@b@example.org", "<a@example.org>", "example.org", "", "a b@example.org",
    ],
)  # fmt: skip
async def test_only_one_plain_address_is_taken(
    database: Database, tenant: Context, address: str
) -> None:
    with pytest.raises(InvalidInput):
        await ask(database, tenant, to=address)


async def test_language_falls_back(database: Database, tenant: Context, desk: Desk) -> None:
    for locale in ("de-AT", "fr"):
        message_id = await ask(database, tenant, locale=locale, to="adä@exämple.org")
        await desk.office.deliver(database, tenant, now=utc_now(), message_id=message_id)
    assert [mail.subject for mail in desk.folder.newest()] == ["Hello Ada", "Hallo Ada"]
    assert desk.folder.newest()[0].to == ("adä@exämple.org",)


class _Answers:
    """An SMTP server that answers as it is told, one answer a mail."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    async def handle_RCPT(  # noqa: N802
        self, _s: Any, _n: Any, envelope: Any, address: str, _o: Any
    ) -> str:
        answer = self.answers.pop(0)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _s: Any, _n: Any, _e: Any) -> str:  # noqa: N802
        return "250 taken"


async def announced(database: Database, tenant: Context) -> list[str]:
    """Return the messages of which it was announced that a server refused them for good."""
    query = text("select aggregate_id from kernel.event where name = :name order by position")
    async with database.transaction(tenant) as session:
        rows = await session.scalars(query, {"name": "notifications.mail_refused.v1"})
        return [str(row) for row in rows]


async def test_temporary_and_permanent_refusals(
    database: Database, tenant: Context, desk: Desk
) -> None:
    answers = _Answers("451 later", "250 ok", "550 no such person ada@example.org")
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(answers, hostname="test"), "127.0.0.1", 0
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        office = Desk(desk.settings, Path("unused"), port).office
        first = await ask(database, tenant)
        with pytest.raises(MailPutOff):
            await office.deliver(database, tenant, now=utc_now(), message_id=first)
        assert (await facts(database, tenant, first)).state == "queued"
        await office.deliver(database, tenant, now=utc_now(), message_id=first)
        assert (await facts(database, tenant, first)).attempts == ["deferred:451", "sent:250"]
        second = await ask(database, tenant)
        await office.deliver(database, tenant, now=utc_now(), message_id=second)
        found = await facts(database, tenant, second)
        assert (found.state, found.attempts) == ("failed", ["refused:550"])
        assert await announced(database, tenant) == [second]
    unreachable = await ask(database, tenant)
    with pytest.raises(MailPutOff):
        await office.deliver(database, tenant, now=utc_now(), message_id=unreachable)
    with pytest.raises(NoMailServer):
        await PostOffice().deliver(database, tenant, now=utc_now(), message_id=unreachable)


async def test_another_tenant_cannot_send_my_message(
    database: Database, tenant: Context, desk: Desk
) -> None:
    message_id = await ask(database, tenant)
    other = system_context(new_id())
    await desk.office.deliver(database, other, now=utc_now(), message_id=message_id)
    assert desk.folder.newest() == []
    assert (await facts(database, tenant, message_id)).state == "queued"


async def test_from_the_use_case_through_relay_and_worker(
    committed_database: tuple[Settings, Database], desk: Desk
) -> None:
    _, database = committed_database
    context = system_context(new_id())
    post_office.open(SimpleNamespace(settings=desk.settings))
    registry = Registry([MODULE])
    runner = Runner(database, registry)
    parts = [asyncio.create_task(part.run()) for part in (Relay(database.system, registry), runner)]
    try:
        async with asyncio.timeout(20):
            message_id = await ask(database, context)
            while not desk.folder.newest():
                await asyncio.sleep(0.05)
            while (await facts(database, context, message_id)).state != "sent":
                await asyncio.sleep(0.05)
    finally:
        runner.stop()
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)


async def test_the_mailbox_page_exists_only_beside_the_twin(
    database: Database, tenant: Context, desk: Desk
) -> None:
    message_id = await ask(database, tenant)
    await desk.office.deliver(database, tenant, now=utc_now(), message_id=message_id)
    app = application(desk.settings, database, [MODULE])
    async with client_of(app) as client:
        answer = await client.get("/api/v1/mailbox", params={"to": "ADA@example.org"})
        assert answer.status_code == 200
        (item,) = answer.json()["items"]
        assert set(item) == {"id", "from", "to", "subject", "received_at", "text", "html"}
        assert (await client.get("/api/v1/mailbox?to=x@example.org")).json() == {"items": []}
    for change in (
        {"mailbox_dir": None}, {"smtp_url": None}, {"environment": "production"},
        {"smtp_url": SecretStr("smtp://mail.example.org:25")},
    ):  # fmt: skip
        app.state.settings = desk.settings.model_copy(update=change)
        async with client_of(app) as client:
            assert (await client.get("/api/v1/mailbox")).status_code == 404


async def test_the_delivery_log_pages_without_personal_data(
    database: Database, tenant: Context, desk: Desk
) -> None:
    sent = [await ask(database, tenant) for _ in range(5)]
    await desk.office.deliver(database, tenant, now=utc_now(), message_id=sent[0])
    app = application(desk.settings, database, [MODULE])
    app.state.gate.known["reader"] = replace(tenant, permissions=frozenset({"notifications:read"}))
    app.state.gate.known["stranger"] = replace(tenant, permissions=frozenset())
    seen: list[str] = []
    async with client_of(app, "reader") as client:
        cursor = None
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            answer = await client.get("/api/v1/mail-messages", params=query)
            assert b"ada@example.org" not in answer.content
            assert b"Hello" not in answer.content
            seen += [item["id"] for item in answer.json()["items"]]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                break
        first = (await client.get("/api/v1/mail-messages?state=sent")).json()["items"]
    assert seen == sent[::-1]
    assert [(row["id"], row["attempts"], row["last_smtp_code"]) for row in first] == [
        (sent[0], 1, 250)
    ]
    async with client_of(app, "stranger") as client:
        assert (await client.get("/api/v1/mail-messages")).status_code == 403


def test_the_folder_is_bounded_and_private(tmp_path: Path) -> None:
    folder = MailboxFolder(tmp_path / "box", most=5)
    for number in range(9):
        mail = ReceivedMail(f"m{number}", "a", ("b",), str(number), utc_now(), "", None)
        assert folder.add(mail)
        assert not folder.add(mail)
    assert [mail.subject for mail in folder.newest()] == ["8", "7", "6", "5", "4"]
    assert (tmp_path / "box").stat().st_mode & 0o077 == 0


def test_one_persons_mails_are_found_without_reading_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "box"
    folder = MailboxFolder(place)
    for number in range(30):
        to = ("Ada@example.org", "bob@example.org") if number % 10 == 0 else (f"x{number}@y.zz",)
        folder.add(ReceivedMail(f"m{number}", "a", to, str(number), utc_now(), "", None))
    # One from before names told whose it is.
    (old,) = [file for file in place.glob("*.json") if b'"subject":"20"' in file.read_bytes()]
    old.rename(place / f"{old.name[:50]}.json")
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file.name) or whole(file))
    assert [mail.subject for mail in folder.newest(to="ada@EXAMPLE.org")] == ["20", "10", "0"]
    assert len(read) == 3
    assert [mail.subject for mail in folder.newest(to="x29@y.zz")] == ["29"]
    assert folder.newest(to="nobody@y.zz") == []


def test_every_template_compiles_and_a_broken_one_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    all_modules()
    templates.check_templates()
    monkeypatch.setattr(templates, "_known", {})
    register_templates(MailTemplate("test.broken", 1, "{{ }", "x"))
    with pytest.raises(Exception, match="unexpected"):
        templates.check_templates()


async def test_the_twin_is_a_process_of_its_own(tmp_path: Path, free_port: int) -> None:
    code = "from metatron.platform.notifications.mailbox.server import serve_mailbox as s; s(%d)"
    environment = os.environ | {"METATRON_MAILBOX_DIR": str(tmp_path / "box"), "PYTHONPATH": "src"}
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", code % free_port], env=environment
    )
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    await aiosmtplib.send(
                        b"Subject: hi\r\n\r\nthere", sender="a@x.test", recipients=["b@x.test"],
                        hostname="127.0.0.1", port=free_port, start_tls=False,
                    )  # fmt: skip
                    break
                except aiosmtplib.SMTPConnectError:
                    await asyncio.sleep(0.1)
        (mail,) = MailboxFolder(tmp_path / "box").newest()
        assert (mail.subject, mail.text.strip(), mail.to) == ("hi", "there", ("b@x.test",))
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 10) == 0
    finally:
        process.kill()
        process.wait()
