"""The workbench's routes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from metatron.apps.amc.schema.loading import facts
from metatron.apps.amc.workbench import schemas
from metatron.kernel.clock import utc_now
from metatron.kernel.database.direct import DirectDoor
from tests.apps.amc.house import House

SQL = "select campaign, user_id from dsp_views where campain = 'x'"


async def test_the_schema_is_that_of_the_facts(house: House) -> None:
    answer = await house.viewer.get("/amc/schema")
    assert answer.status_code == 200
    told = schemas.SchemaAnswer.model_validate(answer.json())
    assert {each.name for each in told.tables} == set(facts().tables)
    for table in told.tables:
        known = facts().tables[table.name]
        assert {each.name: (each.type, each.threshold, each.unit) for each in table.columns} == {
            each.name: (each.type, each.level.name, each.unit) for each in known.columns.values()
        }
    assert {each.kind for table in told.tables for each in table.columns} == {
        "dimension", "metric", "id",
    }  # fmt: skip


async def test_a_second_reading_sends_no_statement(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await house.viewer.get("/amc/schema")
    sent: list[str] = []
    for name in ("json", "row", "rows"):
        monkeypatch.setattr(DirectDoor, name, lambda *_a, **_k: sent.append("direct"))

    def note(*_: Any) -> None:
        sent.append("session")

    event.listen(Engine, "before_cursor_execute", note)
    try:
        again = await house.viewer.get("/amc/schema")
        unchanged = await house.viewer.get(
            "/amc/schema", headers={"if-none-match": first.headers["etag"]}
        )
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sent == []
    assert again.content == first.content
    assert unchanged.status_code == 304
    assert unchanged.content == b""
    assert unchanged.headers["etag"] == first.headers["etag"]


async def test_a_check_tells_findings_with_mends(house: House) -> None:
    answer = await house.viewer.post("/amc/check", json={"sql": SQL})
    told = schemas.CheckAnswer.model_validate(answer.json())
    assert not told.ok
    unknown = next(each for each in told.findings if each.code == "AMC002")
    assert unknown.fix is not None
    assert unknown.fix.text == "campaign"
    assert unknown.range.start_line == 1
    assert {each.code for each in told.findings} >= {"AMC007", "AMC008"}


async def test_a_check_knows_types_values_and_window(house: House) -> None:
    body = {
        "sql": "SELECT COUNT(*) AS n FROM dsp_views"
        " WHERE CONTAINED_IN(campaign, CUSTOM_PARAMETER('c'))",
        "parameters": [{"name": "c", "list": True, "kind": "campaign_list"}],
        "values": {"c": "no list"},
        "window": {"start": "2020-01-01T00:00:00", "end": "2020-02-01T00:00:00"},
    }
    answer = await house.viewer.post("/amc/check", json=body)
    codes = {each["code"] for each in answer.json()["findings"]}
    assert codes == {"AMC020", "AMC026"}
    wrong = body | {"time_zone": "Mars/Olympus"}
    assert (await house.viewer.post("/amc/check", json=wrong)).status_code == 422
    zoned = body | {"window": {"start": "2020-01-01T00:00:00Z", "end": "2020-02-01T00:00:00Z"}}
    assert (await house.viewer.post("/amc/check", json=zoned)).status_code == 422
    twice = body | {"parameters": [{"name": "c"}, {"name": "c"}]}
    assert (await house.viewer.post("/amc/check", json=twice)).status_code == 422


async def test_format_and_complete_answer(house: House) -> None:
    laid = await house.viewer.post("/amc/format", json={"sql": "select 1 -- one"})
    assert laid.json() == {"sql": "SELECT 1 -- one\n"}
    assert (await house.viewer.post("/amc/format", json={"sql": ""})).json() == {"sql": ""}
    text = "SELECT campaign FROM dsp_views WHERE "
    answer = await house.viewer.post("/amc/complete", json={"sql": text, "offset": len(text)})
    told = schemas.CompleteAnswer.model_validate(answer.json())
    assert told.items[0].label in facts().tables["dsp_views"].columns
    assert (told.start, told.end) == (len(text), len(text))
    wide = {"sql": "SELECT '\U0001f600', dsp_", "offset": len("SELECT '12', dsp_")}
    answer = await house.viewer.post("/amc/complete", json=wide)
    assert (answer.json()["from"], answer.json()["to"]) == (13, 17)
    assert answer.json()["items"][0]["label"] == "dsp_clicks"


DEEP = "SELECT " + "(" * 8_000 + "CASE " * 8_000


@pytest.mark.parametrize(
    "sql",
    [DEEP, "(", "'", "{{", "SELECT (((", "/*", "``", ")", "SELECT '\u2028"],
    ids=lambda sql: repr(sql)[:12],
)
async def test_half_typed_text_is_never_an_error(house: House, sql: str) -> None:
    for path, body in (
        ("/amc/check", {"sql": sql}),
        ("/amc/format", {"sql": sql}),
        ("/amc/complete", {"sql": sql, "offset": len(sql)}),
        ("/amc/parameters/detect", {"sql": sql}),
    ):
        answer = await house.viewer.post(path, json=body)
        assert answer.status_code == 200, (path, answer.text)


async def test_a_window_is_read_in_its_zone(house: House) -> None:
    """AMC keeps 395 days: what begins just within them in Auckland began before them in UTC."""
    edge = (utc_now() - timedelta(days=396, hours=-6)).replace(tzinfo=None, microsecond=0)
    window = {"start": edge.isoformat(), "end": (edge + timedelta(days=1)).isoformat()}
    body = {"sql": "SELECT COUNT(*) AS n FROM dsp_views", "window": window}
    for zone, codes in (("UTC", set()), ("Pacific/Auckland", {"AMC020"})):
        answer = await house.viewer.post("/amc/check", json=body | {"time_zone": zone})
        assert answer.status_code == 200, answer.text
        found = {each["code"] for each in answer.json()["findings"]}
        assert found & {"AMC020"} == codes, zone
