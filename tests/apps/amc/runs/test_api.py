"""Routes of runs, alerts and home."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import text

from metatron.apps.amc.module import MODULE
from metatron.apps.amc.permissions import READ
from metatron.apps.amc.runs import alert_schemas, alert_trials, alerts, schemas, webhooks
from metatron.apps.amc.runs.results import engine
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert
from metatron.kernel.context import Context
from metatron.kernel.http import outward
from metatron.kernel.ids import new_id
from tests.apps.amc.runs.stage import REACH, RIGHTS, Stage
from tests.doorkeeper import application, client_of
from tests.support.kept_secret import keep_secret

WINDOW = {"kind": "explicit", "start": "2026-08-01T00:00:00", "end": "2026-09-01T00:00:00"}
SQL = REACH.format("none")
GIVEN = {"p": keep_secret("value of a parameter", "A1ZEBRA473")}


@pytest.fixture
async def app(stage: Stage) -> Any:
    made = application(stage.runtime.settings, stage.database, (MODULE,))
    made.state.gate.known |= {
        "owner": stage.owner,
        "reader": Context(stage.tenant_id, "user", new_id(), frozenset({READ})),
        "stranger": Context(new_id(), "user", new_id(), RIGHTS),
    }
    return made


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield made


def key() -> dict[str, str]:
    return {"idempotency-key": new_id().hex}


async def asked(client: httpx.AsyncClient, stage: Stage, **more: Any) -> dict[str, Any]:
    body = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW} | more
    answer = await client.post("/runs", json=body, headers=key())
    assert answer.status_code == 202, answer.text
    schemas.RunAnswer.model_validate_json(answer.content)
    return dict(answer.json())


async def test_a_run_over_http(client: httpx.AsyncClient, stage: Stage) -> None:
    body = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW}
    headers = key()
    first = await client.post("/runs", json=body, headers=headers)
    again = await client.post("/runs", json=body, headers=headers)
    assert first.status_code == 202, first.text
    assert again.json() == first.json(), "one key, one run"
    run = first.json()
    assert run["name"] == "Local Brands US 1 - Query - 2026-08-01 - 2026-08-31"
    assert (run["state"], run["can_cancel"], run["columns"]) == ("queued", True, None)
    assert run["window_start"] == "2026-08-01T00:00:00"
    await stage.ended(UUID(run["id"]))
    shown = (await client.get(f"/runs/{run['id']}")).json()
    schemas.RunAnswer.model_validate(shown)
    assert (shown["state"], shown["can_cancel"], shown["row_count"]) == ("succeeded", False, 2)
    assert shown["sql"] == SQL
    page = (await client.get("/runs", params={"state": "succeeded", "q": "local brands"})).json()
    assert [each["id"] for each in page["items"]] == [run["id"]]
    schemas.RunSummary.model_validate(page["items"][0])
    assert (await client.get("/runs", params={"q": "%"})).json()["items"] == []
    assert (await client.post("/runs", json=body)).status_code == 400, "no key"


async def test_pages_of_runs(client: httpx.AsyncClient, stage: Stage) -> None:
    ids = [(await asked(client, stage))["id"] for _ in range(3)]
    first = (await client.get("/runs", params={"limit": 2})).json()
    second = (await client.get("/runs", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    found = [each["id"] for each in (*first["items"], *second["items"])]
    assert found == ids[::-1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("sort", ["name", "-name", "row_count", "-size_bytes", "created_at"])
async def test_runs_are_sorted_page_by_page(
    client: httpx.AsyncClient, stage: Stage, sort: str
) -> None:
    runs = [await asked(client, stage, name=name) for name in ("beta", "Alpha", "gamma")]
    await stage.ended(UUID(runs[1]["id"]))
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"sort": sort, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/runs", params=query)).json()
        found, cursor = found + page["items"], page["next_cursor"]
    assert sorted(each["id"] for each in found) == sorted(each["id"] for each in runs)
    key = sort.removeprefix("-")
    values = [each[key] for each in found]
    keys = [each.casefold() if isinstance(each, str) else each or 0 for each in values]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert (await client.get("/runs", params={"sort": "sql"})).status_code == 422


async def test_a_workflow_is_run_asked_again_and_saved(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    run = await asked(
        client, stage,
        sql="SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM dsp_impressions"
        " WHERE campaign = CUSTOM_PARAMETER('name') GROUP BY campaign",
        parameters=[{"name": "name", "default": "Alpha"}], window={"kind": "rolling", "days": 7},
    )  # fmt: skip
    assert (run["values"], run["value_sources"]) == ({"name": "Alpha"}, {"name": "default"})
    answer = await client.post(
        f"/runs/{run['id']}/save-as-workflow", json={"name": "Reach"}, headers=key()
    )
    assert answer.status_code == 201, answer.text
    workflow = answer.json()
    body = {
        "instance_id": str(stage.instance_id), "workflow_id": workflow["id"],
        "values": {"name": "Beta"}, "window": WINDOW,
    }  # fmt: skip
    answer = await client.post("/runs", json=body, headers=key())
    assert answer.status_code == 202, answer.text
    second = answer.json()
    assert second["workflow"] == {"id": workflow["id"], "name": "Reach", "number": 1}
    assert second["value_sources"] == {"name": "given"}
    answer = await client.post(f"/runs/{second['id']}/again", headers=key())
    assert answer.status_code == 202, answer.text
    assert answer.json()["values"] == {"name": "Beta"}
    assert answer.json()["id"] != second["id"]
    shown = (await client.get(f"/workflows/{workflow['id']}")).json()
    assert shown["runs"] == 2
    body["workflow_version"] = 9
    assert (await client.post("/runs", json=body, headers=key())).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sql": None}, "one_of_two"),
        ({"sql": "SELECT * FROM dsp_impressions"}, "query_refused"),
        ({"window": WINDOW | {"start": "2026-08-01T00:00:00Z"}}, "invalid_input"),
        ({"window": WINDOW | {"end": "2026-08-01T00:00:00"}}, "empty_window"),
        ({"window": {"kind": "rolling", "days": 0}}, "invalid_input"),
        ({"values": {"x": 1}}, "unknown_parameter"),
        ({"parameters": [{"name": "p"}]}, "bad_value"),
        ({"parameters": [{"name": "p", "pattern": "[a-z]+"}], "values": GIVEN}, "bad_value"),
        ({"parameters": [{"name": "p", "pattern": "["}], "values": GIVEN}, "bad_pattern"),
        ({"parameters": [{"name": "p'); --"}]}, "invalid_input"),
        ({"name": "a\x00b"}, "invalid_input"),
        ({"instance_id": "../x"}, "invalid_input"),
    ],
)
async def test_what_does_not_fit_is_refused(
    client: httpx.AsyncClient, stage: Stage, change: dict[str, Any], code: str
) -> None:
    body = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW} | change
    answer = await client.post("/runs", json=body, headers=key())
    assert answer.status_code == 422, answer.text
    codes = {answer.json()["code"], *(each["code"] for each in answer.json()["errors"])}
    assert code in codes, answer.text
    assert await stage.states() == {}


async def test_others_find_nothing(app: Any, client: httpx.AsyncClient, stage: Stage) -> None:
    run = await asked(client, stage)
    async with client_of(app, "stranger") as stranger:
        stranger.base_url = client.base_url
        assert (await stranger.get(f"/runs/{run['id']}")).status_code == 404
        assert (await stranger.post(f"/runs/{run['id']}/cancel")).status_code == 404
        body = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW}
        assert (await stranger.post("/runs", json=body, headers=key())).status_code == 404
    async with client_of(app, "reader") as reader:
        reader.base_url = client.base_url
        assert (await reader.get(f"/runs/{run['id']}")).status_code == 200
        assert (await reader.post(f"/runs/{run['id']}/cancel")).status_code == 403
        assert (await reader.get(f"/runs/{run['id']}/export")).status_code == 403
    answer = await client.post(f"/runs/{run['id']}/cancel")
    assert answer.json()["state"] == "cancelled"
    assert (await client.post(f"/runs/{run['id']}/cancel")).json()["code"] == "run_ended"


async def test_windows_are_shown_before_anything_runs(client: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {"window": {"kind": "rolling", "days": 30}, "time_zone": "Asia/Tokyo"}
    told = (await client.post("/windows/preview", json=body)).json()
    assert told["data_ready"]
    assert told["lag_days"] == 2
    assert len(told["next"]) == 3
    body["sql"] = "SELECT 1 FROM amazon_attributed_events_by_traffic_time"
    assert (await client.post("/windows/preview", json=body)).json()["lag_days"] == 14
    body["time_zone"] = "Europe/Nowhere"
    assert (await client.post("/windows/preview", json=body)).status_code == 422


async def test_home(client: httpx.AsyncClient, stage: Stage) -> None:
    good = await asked(client, stage)
    bad = await asked(client, stage, sql=stage.script("bad", failure="no"))
    await stage.ended(UUID(good["id"]))
    await stage.ended(UUID(bad["id"]))
    answer = await client.get("/home")
    schemas.HomeAnswer.model_validate_json(answer.content)
    told = answer.json()
    assert told["success_7d"] == {"succeeded": 1, "failed": 1}
    assert [each["id"] for each in told["failing"]] == [bad["id"]]
    assert [each["id"] for each in told["last_runs"]] == [bad["id"], good["id"]]
    assert told["due_24h"] == []


async def test_runs_and_exports_stand_in_the_log(client: httpx.AsyncClient, stage: Stage) -> None:
    run = await asked(client, stage)
    await stage.ended(UUID(run["id"]))
    assert (await client.get(f"/runs/{run['id']}/export")).status_code == 200
    async with stage.database.transaction(stage.owner) as session:
        rows = await session.execute(
            text("select name, actor_id, payload from kernel.event where aggregate_id = :id"),
            {"id": UUID(run["id"])},
        )
        events = {row.name: row for row in rows}
    assert events["amc.run_asked.v1"].actor_id == stage.owner.actor_id
    assert events["amc.result_exported.v1"].payload["form"] == "csv"
    assert "amc.run_moved.v1" in events


class Listener:
    """Somebody's webhook: notes what comes, and answers as it is told."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answers = [b"204 No Content"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.came.append((headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(b"HTTP/1.1 " + answer + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def listener() -> AsyncIterator[tuple[Listener, str]]:
    made = Listener()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield made, f"http://127.0.0.1:{port}/hook?a=b"


async def test_an_alert_tells_by_mail_and_signed_webhook(
    client: httpx.AsyncClient, stage: Stage, listener: tuple[Listener, str]
) -> None:
    made, url = listener
    run = await asked(client, stage)
    workflow = (
        await client.post(f"/runs/{run['id']}/save-as-workflow", json={"name": "W"}, headers=key())
    ).json()
    body = {
        "name": "Reach is high", "workflow_id": workflow["id"],
        "condition": {"column": "reach", "aggregate": "sum", "op": ">", "value": 300},
        "channels": [{"kind": "mail", "to": await own(stage)}, {"kind": "webhook", "url": url}],
    }  # fmt: skip
    answer = await client.post("/alerts", json=body)
    assert answer.status_code == 201, answer.text
    alert_schemas.NewAlertAnswer.model_validate_json(answer.content)
    alert, secret = answer.json(), answer.json()["webhook_secret"]
    quiet = body | {"name": "Low", "condition": body["condition"] | {"op": "<"}}
    assert (await client.post("/alerts", json=quiet)).status_code == 201
    wanted = {
        "instance_id": str(stage.instance_id), "workflow_id": workflow["id"], "window": WINDOW,
    }  # fmt: skip
    second = (await client.post("/runs", json=wanted, headers=key())).json()
    await stage.ended(UUID(second["id"]))
    for _ in range(4):
        await stage.step()
    [(headers, sent)] = made.came
    stamp, _, mac = headers["metatron-signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + sent, hashlib.sha256)
    assert hmac.compare_digest(mac, expected.hexdigest())
    told = orjson.loads(sent)
    assert (told["value"], told["run"]["id"]) == ("360", second["id"])
    async with stage.database.transaction(stage.owner) as session:
        mails = (await session.execute(text(
            "select subject from notifications.message_body where tenant_id = :t"
        ), {"t": stage.tenant_id})).scalars().all()  # fmt: skip
    assert mails == ["Reach is high: 360"]
    await alerts.judge(stage.database, stage.owner, run_id=UUID(second["id"]), now=alert_now())
    await stage.step()
    assert len(made.came) == 1, "once for each run"
    listed = (await client.get("/alerts", params={"workflow_id": workflow["id"]})).json()["items"]
    [shown] = [each for each in listed if each["id"] == alert["id"]]
    alert_schemas.AlertAnswer.model_validate(shown)
    assert shown["last_firing"]["run_id"] == second["id"]
    assert "webhook_secret" not in shown
    rests = await client.patch(f"/alerts/{alert['id']}", json={"paused": True})
    assert rests.json()["paused_at"] is not None
    third = await asked(client, stage, sql=None, workflow_id=workflow["id"])
    await stage.ended(UUID(third["id"]))
    await alerts.judge(stage.database, stage.owner, run_id=UUID(third["id"]), now=alert_now())
    again = await client.patch(f"/alerts/{alert['id']}", json={"paused": False})
    assert again.json()["paused_at"] is None
    assert again.json()["last_firing"]["run_id"] == second["id"], "it rested over the third"
    await stage.step()
    assert len(made.came) == 1
    assert (await client.delete(f"/alerts/{alert['id']}")).status_code == 204
    assert (await client.delete(f"/alerts/{alert['id']}")).status_code == 404


async def test_an_alert_is_tried_whatever_a_result_says(
    client: httpx.AsyncClient, stage: Stage, listener: tuple[Listener, str]
) -> None:
    made, url = listener
    run = await asked(client, stage)
    workflow = (
        await client.post(f"/runs/{run['id']}/save-as-workflow", json={"name": "W"}, headers=key())
    ).json()
    body = {
        "name": "Never", "workflow_id": workflow["id"], "condition": {"op": "<", "value": -1},
        "channels": [{"kind": "mail", "to": await own(stage)}, {"kind": "webhook", "url": url}],
    }  # fmt: skip
    alert = (await client.post("/alerts", json=body)).json()
    assert alert["about"] == "W"
    assert (await client.post(f"/alerts/{alert['id']}/test")).status_code == 202
    await stage.step()
    [(headers, sent)] = made.came
    stamp, _, mac = headers["metatron-signature"].removeprefix("t=").partition(",v1=")
    signed = f"{stamp}.".encode() + sent
    expected = hmac.new(alert["webhook_secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mac, expected)
    assert orjson.loads(sent)["type"] == "amc.alert_tried.v1"
    async with stage.database.transaction(stage.owner) as session:
        mails = (await session.execute(text(
            "select subject from notifications.message_body where tenant_id = :t"
        ), {"t": stage.tenant_id})).scalars().all()  # fmt: skip
    assert mails == ["Trial of the alert Never"]
    [listed] = (await client.get("/alerts")).json()["items"]
    assert (listed["about"], listed["last_firing"]) == ("W", None)
    assert (await client.post(f"/alerts/{new_id()}/test")).status_code == 404


async def test_an_export_that_waits_for_its_turn_keeps_no_connection(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    rows = stage.script("few", rows=[["campaign", "reach"], ["Alpha", "120"]])
    run = await stage.ended(await stage.ask(rows))
    exported = text(
        "select exists (select from kernel.event e where e.tenant_id = :t and e.aggregate_id = :id"
        " and e.name = 'amc.result_exported.v1')"
    )
    turn = engine._exporting.place
    async with turn(stage.tenant_id), turn(stage.tenant_id):
        waiting = asyncio.create_task(client.get(f"/runs/{run.id}/export"))
        async with asyncio.timeout(20):
            noted = False
            while not noted:
                async with stage.database.transaction(stage.owner) as session:
                    given = {"t": stage.tenant_id, "id": run.id}
                    noted = bool(await session.scalar(exported, given))
        assert not waiting.done()
        assert stage.database.router.home.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await waiting).status_code == 200


async def test_trials_are_few_and_each_is_made_once(
    client: httpx.AsyncClient, stage: Stage, listener: tuple[Listener, str]
) -> None:
    """One small request has up to five strangers told: they are no target, nor do they wait."""
    made, url = listener
    made.answers = [b"500 Oops"]
    run = await asked(client, stage)
    workflow = (
        await client.post(f"/runs/{run['id']}/save-as-workflow", json={"name": "W"}, headers=key())
    ).json()
    body = {
        "name": "Never", "workflow_id": workflow["id"], "condition": {"op": "<", "value": -1},
        "channels": [{"kind": "webhook", "url": url}],
    }  # fmt: skip
    alert = (await client.post("/alerts", json=body)).json()
    tries = [client.post(f"/alerts/{alert['id']}/test") for _ in range(7)]
    answers = await asyncio.gather(*tries)
    assert sorted(each.status_code for each in answers) == [202] * 5 + [429] * 2
    await stage.step()
    assert len(made.came) == 5
    assert await stage.waiting(alert_trials.TRY_JOB) == 0


async def test_slow_webhooks_of_one_organisation_leave_the_worker_to_others(
    stage: Stage, listener: tuple[Listener, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, url = listener
    come, done = asyncio.Semaphore(0), asyncio.Event()

    async def slow(*_given: Any, **_more: Any) -> outward.Answer:
        come.release()
        await done.wait()
        return outward.Answer(204)

    monkeypatch.setattr(outward, "post", slow)
    run_id = await stage.ask()
    async with stage.database.transaction(stage.owner) as session:
        alert = Alert(
            tenant_id=stage.tenant_id, id=new_id(), name="x", schedule_id=new_id(),
            condition={}, channels=[], sealed_secret=site().box.seal("whsec_x"),
            created_at=alert_now(),
        )  # fmt: skip
        session.add(alert)
    given: dict[str, Any] = {
        "alert_id": alert.id, "run_id": run_id, "url": url, "value": "1", "fired_at": "",
        "now": alert_now(),
    }  # fmt: skip
    tries = [
        asyncio.create_task(webhooks.send(stage.database, stage.owner, **given))
        for _ in range(webhooks.MOST_OF_ONE + 3)
    ]
    async with asyncio.timeout(30):
        for _ in range(webhooks.MOST_OF_ONE):
            await come.acquire()
        for put_off in islice(asyncio.as_completed(tries), 3):
            await put_off
        assert come.locked()
        assert await stage.waiting(webhooks.SEND_JOB) == 3
        done.set()
        await asyncio.gather(*tries)
    jobs = stage.runtime.registry.jobs
    assert jobs[webhooks.SEND_JOB].waits, "it would keep a worker's seat"
    assert jobs[alert_trials.TRY_JOB].waits
    assert not webhooks._under_way


async def own(stage: Stage) -> str:
    """The address of whoever asks: a member's is mailed without a question."""
    query = "select email from identity.pub_user where id = $1"
    return str(await stage.database.system.fetchval(query, stage.owner.actor_id))


def alert_now() -> Any:
    from metatron.kernel.clock import utc_now

    return utc_now()


async def test_a_webhook_that_fails_is_tried_again(
    stage: Stage, listener: tuple[Listener, str]
) -> None:
    made, url = listener
    made.answers = [b"500 Oops", b"302 Found"]
    run_id = await stage.ask()
    async with stage.database.transaction(stage.owner) as session:
        alert = Alert(
            tenant_id=stage.tenant_id, id=new_id(), name="x", schedule_id=new_id(),
            condition={}, channels=[], sealed_secret=site().box.seal("whsec_x"),
            created_at=alert_now(),
        )  # fmt: skip
        session.add(alert)
    for said in ("500", "302"):
        with pytest.raises(outward.NotDelivered, match=said):
            await webhooks.send(
                stage.database, stage.owner, alert_id=alert.id, run_id=run_id, url=url,
                value="1", fired_at="", now=alert_now(),
            )  # fmt: skip
    assert len(made.came) == 2, "a redirect is not followed"


@pytest.mark.parametrize(
    "channel",
    [
        {"kind": "webhook", "url": "ftp://example.com"},
        {"kind": "webhook", "url": "https://user:pass@example.com"},
        {"kind": "webhook", "url": "not an address"},
        {"kind": "mail", "to": "a@b\r\nbcc: c@d"},
        {"kind": "pigeon", "to": "x"},
    ],
)
async def test_channels_that_lead_nowhere(
    client: httpx.AsyncClient, channel: dict[str, str]
) -> None:
    body = {
        "name": "x", "schedule_id": str(new_id()), "channels": [channel],
        "condition": {"op": ">", "value": 1},
    }  # fmt: skip
    assert (await client.post("/alerts", json=body)).status_code == 422
