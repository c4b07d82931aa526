"""Windows of maintenance keep alerts silent, not unseen; webhooks are told what mails tell."""

import asyncio
import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.http.outward import NotDelivered
from metatron.kernel.settings import Settings
from metatron.platform.health import channels
from metatron.platform.health.alerts import look
from metatron.platform.health.module import MODULE
from metatron.platform.tenancy.site import prepare_site
from tests.doorkeeper import application, client_of


class _Runtime:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings


@pytest.fixture
async def app(committed_database: tuple[Settings, Database]) -> FastAPI:
    settings, database = committed_database
    prepare_site(settings)
    channels.prepare(_Runtime(settings.model_copy(update={"webhooks_to_private_addresses": True})))
    app = application(settings, database, [MODULE])
    everything = frozenset({"status:read", "status:write"})
    app.state.gate.known["operator"] = replace(system_context(), permissions=everything)
    await database.system.execute("update health.alert_rule set for_seconds = 0 where name = 'cpu'")
    return app


async def _measure(app: FastAPI, cpu: float) -> None:
    system = app.state.database.system
    await system.execute("delete from health.sample")
    await system.execute(
        "insert into health.sample (taken_at, healthy, cpu_percent) values (now(), true, $1)", cpu
    )
    await look(app.state.database)


async def _told(app: FastAPI) -> list[str]:
    rows = await app.state.database.system.fetch(
        "select arguments -> 'message' ->> 'type' as type from kernel.outbox"
        " where name = 'health.send_webhook' order by id"
    )
    return [row["type"] for row in rows]


async def _post(app: FastAPI, path: str, body: object = None) -> httpx.Response:
    async with client_of(app, "operator") as client:
        return await client.post(f"/api/v1/admin/{path}", json=body)


async def _get(app: FastAPI, path: str) -> list[dict[str, object]]:
    async with client_of(app, "operator") as client:
        answer = await client.get(f"/api/v1/admin/{path}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def _window(**wanted: object) -> dict[str, object]:
    now = utc_now()
    times = {"starts_at": now - timedelta(minutes=1), "ends_at": now + timedelta(hours=1)}
    spelled = {name: time.isoformat() for name, time in times.items()}
    return {"title": "A new disk", **spelled, **wanted}


async def _channel(app: FastAPI, url: str = "http://127.0.0.1:9/told") -> dict[str, str]:
    answer = await _post(app, "alert-channels", {"url": url})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def test_in_a_window_an_alert_is_recorded_and_told_to_nobody(app: FastAPI) -> None:
    await _channel(app)
    made = await _post(app, "maintenance-windows", _window())
    assert (made.status_code, made.json()["state"]) == (201, "running")
    await _measure(app, 99)
    [alert] = await _get(app, "alerts")
    assert (alert["silenced_by"], alert["told_at"]) == (made.json()["id"], None)
    assert await _told(app) == []
    [window] = await _get(app, "maintenance-windows")
    assert window["silenced"] == 1
    await _measure(app, 10)
    [alert] = await _get(app, "alerts")
    assert alert["state"] == "resolved"
    assert await _told(app) == [], "nobody knew that it began"


async def test_what_still_fires_after_its_window_is_told(app: FastAPI) -> None:
    await _channel(app)
    made = (await _post(app, "maintenance-windows", _window())).json()
    await _measure(app, 99)
    assert (await _post(app, f"maintenance-windows/{made['id']}/end")).status_code == 204
    await _measure(app, 99)
    assert await _told(app) == ["health.alert_fired.v1"]
    await _measure(app, 99)
    assert await _told(app) == ["health.alert_fired.v1"], "once"
    await _measure(app, 10)
    assert await _told(app) == ["health.alert_fired.v1", "health.alert_resolved.v1"]
    [alert] = await _get(app, "alerts")
    assert alert["silenced_by"] == made["id"], "that it was silent stays recorded"
    again = await _post(app, f"maintenance-windows/{made['id']}/end")
    assert again.status_code == 404


async def test_a_window_of_other_rules_or_tenants_or_times_silences_nothing(app: FastAPI) -> None:
    await _channel(app)
    later = (utc_now() + timedelta(minutes=30)).isoformat()
    for wanted in (_window(rules=["memory"]), _window(starts_at=later)):
        assert (await _post(app, "maintenance-windows", wanted)).status_code == 201
    await app.state.database.system.execute(
        "insert into health.maintenance_window values ($1, 'theirs', now(), now() + '1 h', null,"
        " $2, null, now())",
        uuid4(),
        uuid4(),
    )
    await _measure(app, 99)
    assert await _told(app) == ["health.alert_fired.v1"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, "body.ends_at"),
        ({"ends_at": "2999-01-01T00:00:00Z"}, "body.ends_at"),
        ({"rules": ["nothing"]}, "body.rules"),
        ({"rules": []}, "body.rules"),
        ({"starts_at": "2026-01-01T00:00:00"}, "body.starts_at"),
        ({"title": " "}, "body.title"),
    ],
)
async def test_a_window_that_does_not_fit_is_refused(
    app: FastAPI, wanted: dict[str, object], field: str
) -> None:
    answer = await _post(app, "maintenance-windows", _window(**wanted))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    unknown = await _post(app, "maintenance-windows", _window(tenant_id=str(uuid4())))
    assert unknown.status_code == 404


async def _receiver(status: int) -> tuple[asyncio.Server, list[bytes], str]:
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        heard.append(head + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    return server, heard, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/told?x=1"


async def _deliver(app: FastAPI, now: datetime) -> None:
    rows = await app.state.database.system.fetch(
        "delete from kernel.outbox where name = 'health.send_webhook' returning arguments"
    )
    for row in rows:
        arguments = orjson.loads(row["arguments"])
        database: Database = app.state.database
        await channels.send_webhook(database, system_context(), now=now, **arguments)


async def test_a_webhook_is_signed_and_its_outcome_noted(app: FastAPI) -> None:
    server, heard, url = await _receiver(204)
    async with server:
        made = await _channel(app, url)
        await _measure(app, 99)
        now = utc_now()
        await _deliver(app, now)
    [raw] = heard
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /told?x=1 ")
    message = orjson.loads(body)
    assert (message["type"], message["rule"], message["value"]) == (
        "health.alert_fired.v1", "cpu", 99.0,
    )  # fmt: skip
    stamp = str(int(now.timestamp()))
    mac = hmac.new(made["secret"].encode(), stamp.encode() + b"." + body, hashlib.sha256)
    assert f"metatron-signature: t={stamp},v1={mac.hexdigest()}".encode() in head
    [shown] = await _get(app, "alert-channels")
    assert (shown["last_error"], "secret" in shown) == (None, False)
    assert shown["told_at"] is not None
    kept = await app.state.database.system.fetchval(
        "select sealed_secret from health.alert_channel"
    )
    assert made["secret"].encode() not in kept


async def test_a_webhook_that_fails_is_tried_again_and_says_so(app: FastAPI) -> None:
    server, _, url = await _receiver(500)
    async with server:
        made = await _channel(app, url)
        assert (await _post(app, f"alert-channels/{made['id']}/test")).status_code == 202
        with pytest.raises(NotDelivered):
            await _deliver(app, utc_now())
    [shown] = await _get(app, "alert-channels")
    assert (shown["told_at"], shown["last_error"]) == (None, "The webhook answered 500.")


async def test_addresses_inside_are_not_called(app: FastAPI, settings: Settings) -> None:
    channels.prepare(_Runtime(settings))
    for url in ("https://127.0.0.1/", "https://10.0.0.1/", "http://example.com/", "https://[::1]/"):
        answer = await _post(app, "alert-channels", {"url": url})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "bad_address"), url


async def test_one_that_is_gone_is_not_told(app: FastAPI) -> None:
    made = await _channel(app)
    assert (await _post(app, f"alert-channels/{made['id']}/test")).status_code == 202
    async with client_of(app, "operator") as client:
        path = f"/api/v1/admin/alert-channels/{made['id']}"
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
    await _deliver(app, utc_now())
    assert (await _post(app, f"alert-channels/{UUID(int=1)}/test")).status_code == 404
