"""Results over HTTP: windows, facts, grids, differences and files, of awkward contents too."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import duckdb
import httpx
import pytest

from metatron.apps.amc.module import MODULE
from metatron.apps.amc.runs import sweeping
from metatron.apps.amc.runs.results import engine, keeping, sheets
from metatron.kernel.clock import utc_now
from tests.apps.amc.runs.stage import Stage
from tests.doorkeeper import application, client_of

BIG = "99999999999999999999999999999999999999"
AWKWARD = [
    ["campaign", 'a "quoted" name', "amount", "big", "day", "at", "share", "kept", "nothing"],
    ["=cmd|' /C calc'!A0", "two\nlines", "1.50", BIG, "2026-08-01", "2026-08-01 10:00:00",
     "0.25", "007", ""],
    ["ünï — 雪", 'he said "no", twice', "-2.25", "1", "2026-08-02", "2026-08-02 00:00:00",
     "1e-7", "1", ""],
    ["-1+1", "\ttab", "", "-5", "", "", "", "", ""],
    ["@sum(A1)", "+49 30", "1234567890.01", "0", "2026-12-31", "2026-12-31 23:59:59", "2", "x",
     ""],
]  # fmt: skip
COLUMNS = [
    {"name": "campaign", "type": "STRING"}, {"name": 'a "quoted" name', "type": "STRING"},
    {"name": "amount", "type": "DECIMAL"}, {"name": "big", "type": "HUGEINT"},
    {"name": "day", "type": "DATE"}, {"name": "at", "type": "TIMESTAMP"},
    {"name": "share", "type": "DOUBLE"}, {"name": "kept", "type": "STRING"},
    {"name": "nothing", "type": "STRING"},
]  # fmt: skip
NASTY = [
    "' OR 1=1 --", '"; DROP TABLE x; --', "$file", "x\x00y", "%27", "a" * 900,
    "read_csv('/etc/passwd')", "campaign\" from read_text('/etc/passwd') --", "../../etc",
]  # fmt: skip


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    app = application(stage.runtime.settings, stage.database, (MODULE,))
    app.state.gate.known["owner"] = stage.owner
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield made


@pytest.fixture
async def awkward(stage: Stage) -> UUID:
    sql = stage.script("awkward", rows=AWKWARD, columns=COLUMNS)
    run = await stage.ended(await stage.ask(sql))
    assert run.state == "succeeded", run.state_reason
    return run.id


async def test_awkward_cells_come_back_as_they_are(
    client: httpx.AsyncClient, awkward: UUID
) -> None:
    told = (await client.get(f"/runs/{awkward}/rows")).json()
    assert [each["type"] for each in told["columns"]] == [
        "VARCHAR", "VARCHAR", "DECIMAL(12, 2)", "DECIMAL(38, 0)", "DATE", "TIMESTAMP", "DOUBLE",
        "VARCHAR", "VARCHAR",
    ]  # fmt: skip
    assert (told["total"], told["filtered"]) == (4, 4)
    first, second, third, fourth = told["rows"]
    assert first == [
        "=cmd|' /C calc'!A0", "two\nlines", "1.50", BIG, "2026-08-01", "2026-08-01T10:00:00",
        0.25, "007", None,
    ]  # fmt: skip
    assert second[0] == "ünï — 雪"
    assert second[6] == 1e-7
    assert third[2:7] == [None, "-5", None, None, None]
    assert fourth[2] == "1234567890.01"


async def test_windows_sorts_and_filters(client: httpx.AsyncClient, stage: Stage) -> None:
    rows = [["n", "word"], *([str(number), f"w{number % 7}"] for number in range(500))]
    run = await stage.ended(await stage.ask(stage.script("many_rows", rows=rows)))

    async def read(**query: Any) -> dict[str, Any]:
        if "filter" in query:
            query["filter"] = json.dumps(query["filter"])
        answer = await client.get(f"/runs/{run.id}/rows", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    told = await read(sort="-n", offset=10, limit=3)
    assert [row[0] for row in told["rows"]] == [489, 488, 487]
    told = await read(filter=[["word", "=", "w3"], ["n", ">=", 490]])
    assert [row[0] for row in told["rows"]] == [493]
    assert (told["total"], told["filtered"]) == (500, 1)
    told = await read(filter=[["n", "in", ["1", 2]]], sort="-n")
    assert [row[0] for row in told["rows"]] == [2, 1]
    assert (await read(filter=[["word", "contains", "W6"]]))["filtered"] == 71
    assert (await read(filter=[["word", "is_null"]]))["rows"] == []
    assert [row[0] for row in (await read(offset=498))["rows"]] == [498, 499], "the file's order"
    assert (await client.get(f"/runs/{run.id}/rows", params={"limit": 1_001})).status_code == 422


async def test_facts_about_a_column(client: httpx.AsyncClient, awkward: UUID) -> None:
    answer = await client.get(f"/runs/{awkward}/statistics", params={"column": "amount"})
    told = answer.json()
    assert (told["count"], told["nulls"], told["distinct"]) == (3, 1, 3)
    assert (told["min"], told["max"]) == ("-2.25", "1234567890.01")
    assert sum(each["count"] for each in told["histogram"]) == 3
    told = (await client.get(f"/runs/{awkward}/statistics")).json()
    assert told["column"] == "campaign"
    assert told["histogram"] == []
    assert len(told["top"]) == 4


async def test_a_grid(client: httpx.AsyncClient, stage: Stage) -> None:
    rows = [
        ["who", "what", "n"],
        ["a", "x", "1"],
        ["a", "x", "2"],
        ["a", "y", "4"],
        ["b", "x", "8"],
    ]
    run = await stage.ended(await stage.ask(stage.script("grid", rows=rows)))
    body = {
        "rows": ["who"], "columns": ["what"],
        "measures": [{"column": "n", "aggregate": "sum"}, {"column": "n", "aggregate": "count"}],
    }  # fmt: skip
    told = (await client.post(f"/runs/{run.id}/pivot", json=body)).json()
    assert told["row_keys"] == [["a"], ["b"]]
    assert told["column_keys"] == [["x"], ["y"]]
    assert told["cells"] == [[[3, 2], [4, 1]], [[8, 1], None]]
    assert not told["is_cut"]
    wrong = body | {"measures": [{"column": "what", "aggregate": "sum"}]}
    assert (await client.post(f"/runs/{run.id}/pivot", json=wrong)).status_code == 422


async def test_what_differs_between_two_runs(client: httpx.AsyncClient, stage: Stage) -> None:
    old = [["key", "n", "gone"], ["a", "1", "x"], ["b", "2", "x"], ["c", "3", "x"], ["d", "", "x"]]
    new = [["key", "n", "new"], ["a", "1", "y"], ["b", "5", "y"], ["d", "", "y"], ["e", "6", "y"]]
    left = await stage.ended(await stage.ask(stage.script("old", rows=old)))
    right = await stage.ended(await stage.ask(stage.script("new", rows=new)))
    query = {"left": str(left.id), "right": str(right.id), "keys": "key"}
    answer = await client.get("/runs/compare", params=query)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["added"], told["removed"], told["changed"]) == (1, 1, 1)
    assert told["rows"] == [
        {"kind": "changed", "key": ["b"], "left": [2], "right": [5]},
        {"kind": "removed", "key": ["c"], "left": [3], "right": None},
        {"kind": "added", "key": ["e"], "left": None, "right": [6]},
    ]
    assert (told["only_left"], told["only_right"]) == (["gone"], ["new"])


async def test_csv_is_harmless_and_otherwise_the_same(
    client: httpx.AsyncClient, awkward: UUID
) -> None:
    answer = await client.get(f"/runs/{awkward}/export", params={"format": "csv"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    header, *rows = csv.reader(io.StringIO(answer.content.decode(), newline=""))
    assert header == AWKWARD[0]
    assert [row[0] for row in rows] == [
        "'=cmd|' /C calc'!A0", "ünï — 雪", "'-1+1", "'@sum(A1)",
    ]  # fmt: skip
    assert [row[1] for row in rows] == [
        "two\nlines", 'he said "no", twice', "'\ttab", "'+49 30",
    ]  # fmt: skip
    assert rows[0][3] == BIG
    assert rows[2][3] == "-5", "a number is no formula"


async def test_json_has_the_right_types(client: httpx.AsyncClient, awkward: UUID) -> None:
    answer = await client.get(f"/runs/{awkward}/export", params={"format": "json"})
    rows = json.loads(answer.content, parse_float=str)
    assert rows[0]["campaign"] == "=cmd|' /C calc'!A0", "JSON is no spreadsheet"
    assert rows[0]["big"] == int(BIG)
    assert rows[0]["amount"] in {"1.5", "1.50"}
    assert rows[2]["amount"] is None
    assert rows[0]["kept"] == "007"


async def test_parquet_is_the_kept_file(
    client: httpx.AsyncClient, stage: Stage, awkward: UUID
) -> None:
    answer = await client.get(f"/runs/{awkward}/export", params={"format": "parquet"})
    assert answer.content == keeping.place_of(stage.tenant_id, awkward).read_bytes()
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(answer.content)
        file.flush()
        found = duckdb.connect().execute("select big from read_parquet(?)", [file.name]).fetchone()
    assert found is not None
    assert str(found[0]) == BIG


async def test_an_export_is_what_is_shown(client: httpx.AsyncClient, stage: Stage) -> None:
    rows = [["who", "n"], *([each, str(n)] for n, each in enumerate("=abcde"))]
    run = await stage.ended(await stage.ask(stage.script("shown", rows=rows)))
    query = {"sort": "-n", "filter": json.dumps([["n", "<", 4], ["who", "!=", "b"]])}
    wanted = (await client.get(f"/runs/{run.id}/rows", params=query)).json()["rows"]
    assert wanted == [["c", 3], ["a", 1], ["=", 0]]
    told = {
        form: await client.get(f"/runs/{run.id}/export", params={"format": form, **query})
        for form in ("csv", "json", "xlsx", "parquet")
    }
    assert {answer.status_code for answer in told.values()} == {200}
    lines = list(csv.reader(io.StringIO(told["csv"].text, newline="")))
    assert lines == [["who", "n"], ["c", "3"], ["a", "1"], ["'=", "0"]]
    assert [list(each.values()) for each in told["json"].json()] == wanted
    with zipfile.ZipFile(io.BytesIO(told["xlsx"].content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert ["".join(row.itertext()) for row in sheet[0]] == ["whon", "c3", "a1", "'=0"]
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(told["parquet"].content)
        file.flush()
        found = duckdb.connect().execute("select * from read_parquet(?)", [file.name]).fetchall()
    assert [list(each) for each in found] == wanted
    for wrong in ({"sort": "nobody"}, {"filter": '[["nobody", "=", 1]]'}):
        answer = await client.get(f"/runs/{run.id}/export", params={"format": "csv", **wrong})
        assert answer.status_code == 422, answer.text


async def test_an_export_has_the_columns_that_are_shown(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    name = 'of "May", all'
    rows = [["who", name, "n"], ["a", "x", "1"], ["b", "y", "2"]]
    run = await stage.ended(await stage.ask(stage.script("chosen", rows=rows)))
    path, query = f"/runs/{run.id}/export", {"columns": json.dumps([name, "who"])}
    text = (await client.get(path, params=query | {"sort": "-n"})).text
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        [name, "who"],
        ["y", "b"],
        ["x", "a"],
    ]
    found = (await client.get(path, params=query | {"format": "json"})).json()
    assert [list(each.items()) for each in found] == [
        [(name, "x"), ("who", "a")], [(name, "y"), ("who", "b")],
    ]  # fmt: skip
    with zipfile.ZipFile(
        io.BytesIO((await client.get(path, params=query | {"format": "xlsx"})).content)
    ) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert ["".join(row.itertext()) for row in sheet[0]] == [f"{name}who", "xa", "yb"]
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write((await client.get(path, params=query | {"format": "parquet"})).content)
        file.flush()
        table = duckdb.connect().execute("select * from read_parquet(?)", [file.name])
        assert [each[0] for each in table.description or ()] == [name, "who"]
    for wrong in ('["nobody"]', "[1]", "who", "{}"):
        answer = await client.get(path, params={"columns": wrong})
        assert answer.status_code == 422, answer.text


async def test_what_a_sheet_has_room_for_is_counted_as_filtered(
    client: httpx.AsyncClient, awkward: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_SHEET_ROWS", 3)
    path, sheet = f"/runs/{awkward}/export", {"format": "xlsx"}
    refused = await client.get(path, params=sheet)
    assert refused.json()["errors"][0]["code"] == "too_many_rows"
    few = await client.get(path, params=sheet | {"filter": '[["nothing", "is_null"]]'})
    assert few.status_code == 422, "that filter leaves all of them"
    one = await client.get(path, params=sheet | {"filter": '[["kept", "=", "007"]]'})
    assert one.status_code == 200, one.text
    assert (await client.get(path, params={"format": "csv"})).status_code == 200


async def test_a_workbook_has_no_formulas(client: httpx.AsyncClient, awkward: UUID) -> None:
    answer = await client.get(f"/runs/{awkward}/export", params={"format": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert book.testzip() is None
        for name in book.namelist():
            ET.fromstring(book.read(name))
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert sheet.find(f".//{space}f") is None
    rows = [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{space}row")]
    assert rows[0] == AWKWARD[0]
    assert rows[1][:4] == ["'=cmd|' /C calc'!A0", "two\nlines", "1.50", BIG]
    assert rows[1][4] == "46235", "a day as spreadsheets count them"
    assert rows[3][:2] == ["'-1+1", "'\ttab"]


async def test_nothing_gets_out_of_a_name_or_a_value(
    client: httpx.AsyncClient, awkward: UUID
) -> None:
    for nasty in NASTY:
        for query in (
            {"sort": nasty},
            {"filter": json.dumps([[nasty, "=", "x"]])},
            {"filter": json.dumps([["campaign", nasty, "x"]])},
            {"filter": nasty},
        ):
            answer = await client.get(f"/runs/{awkward}/rows", params=query)
            assert answer.status_code == 422, (query, answer.text)
        tests = [["campaign", "=", nasty]], [["campaign", "contains", nasty]]
        for test in tests:
            answer = await client.get(f"/runs/{awkward}/rows", params={"filter": json.dumps(test)})
            if "\x00" in nasty:
                assert answer.json()["errors"][0]["code"] == "not_text", answer.text
                continue
            assert (answer.status_code, answer.json()["filtered"]) == (200, 0), answer.text
        answer = await client.get(f"/runs/{awkward}/statistics", params={"column": nasty})
        assert answer.status_code == 422
        body = {"rows": [nasty], "measures": [{"column": "big", "aggregate": "sum"}]}
        assert (await client.post(f"/runs/{awkward}/pivot", json=body)).status_code == 422
        query = {"left": str(awkward), "right": str(awkward), "keys": nasty}
        assert (await client.get("/runs/compare", params=query)).status_code == 422


async def test_names_of_columns_that_are_sql(client: httpx.AsyncClient, stage: Stage) -> None:
    names = ['x"; drop table y; --', "select", "a.b", "$file", "file_row_number_", "'", "A", "a"]
    sql = stage.script("names", rows=[names, [str(number) for number in range(len(names))]])
    run = await stage.ended(await stage.ask(sql))
    assert run.state == "succeeded", run.state_reason
    told = (await client.get(f"/runs/{run.id}/rows", params={"sort": f"-{names[0]}"})).json()
    assert told["rows"] == [list(range(len(names)))]
    for each in told["columns"]:
        name = each["name"]
        answer = await client.get(f"/runs/{run.id}/statistics", params={"column": name})
        assert answer.status_code == 200, (name, answer.text)
    for form in ("csv", "json", "xlsx"):
        answer = await client.get(f"/runs/{run.id}/export", params={"format": form})
        assert answer.status_code == 200, answer.text


async def test_a_value_that_does_not_fit_its_column_is_refused(
    client: httpx.AsyncClient, awkward: UUID
) -> None:
    answer = await client.get(
        f"/runs/{awkward}/rows", params={"filter": json.dumps([["big", ">", "no number"]])}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "result_unreadable")


async def test_no_result_no_more_result_and_no_run(
    client: httpx.AsyncClient, stage: Stage, awkward: UUID
) -> None:
    queued = await stage.ask()
    assert (await client.get(f"/runs/{queued}/rows")).json()["code"] == "no_result"
    assert (await client.get(f"/runs/{stage.tenant_id}/rows")).status_code == 404
    await stage.change(
        "update amc.run set finished_at = finished_at - interval '500 days' where id = :id",
        id=awkward,
    )
    folder = keeping.folder_of(stage.tenant_id, awkward)
    later = utc_now() + sweeping.KEPT / 100
    await sweeping.sweep(stage.database, now=later)
    assert not folder.exists()
    answer = await client.get(f"/runs/{awkward}/rows")
    assert (answer.status_code, answer.json()["code"]) == (410, "result_gone")


async def test_a_folder_without_a_run_is_swept(stage: Stage) -> None:
    stray = keeping.folder_of(stage.tenant_id, stage.tenant_id)
    stray.mkdir(parents=True)
    await sweeping.sweep(stage.database, now=utc_now())
    assert stray.exists(), "it may be somebody's who works just now"
    await sweeping.sweep(stage.database, now=utc_now() + sweeping.KEPT / 100)
    assert not stray.exists()


async def test_the_engine_reaches_nothing_but_its_files(tmp_path: Path) -> None:
    for statement in (
        "select * from read_text('/etc/passwd')", "copy (select 1) to '/tmp/out'",
        "install httpfs", "attach '/tmp/x.db'", "set enable_external_access = true",
        "select * from glob('/etc/*')",
    ):  # fmt: skip
        job = {"kind": "ask", "questions": {"one": [statement, {}]}}
        with pytest.raises(engine.Failed) as failed:
            await engine.run(job, limits=engine.Limits(), files=[])
        assert failed.value.kind == "query", statement


async def test_a_bomb_ends_by_itself() -> None:
    cross = "select count(*) from range(10000000) a, range(10000000) b where a.range < b.range"
    job = {"kind": "ask", "questions": {"one": [cross, {}]}}
    with pytest.raises(engine.Failed) as failed:
        await engine.run(job, limits=engine.Limits(seconds=1.0), files=[])
    assert failed.value.kind == "time"
    wide = "select list(range) from range(100000000)"
    job = {"kind": "ask", "questions": {"one": [wide, {}]}}
    with pytest.raises(engine.Failed) as failed:
        await engine.run(job, limits=engine.Limits(memory_bytes=50_000_000, seconds=60), files=[])
    assert failed.value.kind == "memory"
