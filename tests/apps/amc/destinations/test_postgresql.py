"""Results in a table of a real PostgreSQL."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from metatron.apps.amc.destinations.targets import pg_table
from metatron.apps.amc.runs.windows import Explicit
from tests.apps.amc.destinations.desk import Desk
from tests.apps.amc.destinations.pg_target import Target
from tests.apps.amc.runs.stage import REACH

HEAD = ["campaign", "reach"]
FIRST = [HEAD, ["Alpha", "120"], ["Beta", "240"]]
AGAIN = [HEAD, ["Alpha", "121"], ["Gamma", "7"]]
TYPED = [
    ["text", "whole", "exact", "share", "truth", "day", "at", "none"],
    ["", "9007199254740993", "1.50", "1e-7", "true", "2026-08-01", "2026-08-01 10:00:00", ""],
    ['"quoted", ünï\nline', "-1", "-2.255", "0.1", "false", "2026-08-02",
     "2026-08-02 00:00:00", ""],
]  # fmt: skip
TYPES = [
    {"name": name, "type": kind}
    for name, kind in zip(
        TYPED[0],
        ["STRING", "LONG", "DECIMAL", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "STRING"],
        strict=True,
    )
]
SEPTEMBER = Explicit(start="2026-09-01T00:00:00", end="2026-10-01T00:00:00")


async def test_a_window_delivered_again_is_replaced(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    assert await desk.tried(place) == {"ok": True, "problem": None}
    first = await desk.run(place, rows=FIRST)
    told = await desk.settled(first)
    assert (told["state"], told["rows"], told["tries"]) == ("delivered", 2, 1), told
    other = desk.stage.instances["amclocal0002"]
    await desk.settled(await desk.run(place, rows=FIRST, instance_id=other))
    await desk.settled(await desk.run(place, rows=FIRST, rule=SEPTEMBER))
    again = await desk.run(place, rows=AGAIN)
    assert (await desk.settled(again))["state"] == "delivered"
    rows = await target.rows("campaign, reach, _client, _window_start, _run_id")
    here, august = desk.stage.instance_id, datetime.fromisoformat("2026-08-01")
    ours = [row[:2] + row[4:] for row in rows if row[2] == here and row[3] == august]
    assert ours == [("Alpha", 121, again.id), ("Gamma", 7, again.id)]
    assert len([row for row in rows if row[2] == other]) == 2
    assert len([row for row in rows if row[3] != august]) == 2
    assert (await desk.stage.run(again.id)).state == "succeeded"


async def test_types_and_missing_values_are_kept(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    run = await desk.run(place, rows=TYPED, columns=TYPES)
    assert (await desk.settled(run))["state"] == "delivered"
    assert list((await target.kinds()).values()) == [
        "text", "bigint", "numeric", "double precision", "boolean", "date",
        "timestamp without time zone", "text",
    ]  # fmt: skip
    found = await target.rows("whole, text, exact, share, truth, day, at, none")
    assert found[1] == (
        9007199254740993, None, Decimal("1.50"), 1e-7, True, date(2026, 8, 1),
        datetime.fromisoformat("2026-08-01T10:00:00"), None,
    )  # fmt: skip
    assert found[0][1] == '"quoted", ünï\nline'
    assert found[0][2] == Decimal("-2.255")


async def test_a_table_is_widened_for_what_comes(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    kinds: list[Any] = [{"name": "n", "type": "LONG"}, {"name": "share", "type": "DOUBLE"}]
    first = await desk.run(place, rows=[["n", "share"], ["1", "0.1"]], columns=kinds)
    await desk.settled(first)
    wider: list[Any] = [
        {"name": "n", "type": "DECIMAL"}, {"name": "share", "type": "LONG"},
        {"name": "more", "type": "STRING"},
    ]  # fmt: skip
    rows = [["n", "share", "more"], ["2.25", "9007199254740993", "x"]]
    second = await desk.run(place, rows=rows, columns=wider, rule=SEPTEMBER)
    assert (await desk.settled(second))["state"] == "delivered"
    assert await target.kinds() == {"n": "numeric", "share": "numeric", "more": "text"}
    assert await target.rows("n, share, more") == [
        (Decimal(1), Decimal("0.1"), None), (Decimal("2.25"), Decimal(9007199254740993), "x"),
    ]  # fmt: skip
    other = REACH.format("script:rows") + " LIMIT 9"
    third = await desk.run(place, rows=[["n"], ["many"]], rule=SEPTEMBER, sql=other)
    assert (await desk.settled(third))["state"] == "delivered"
    assert [row[0] for row in await target.rows("n, share")] == ["1", "2.25", "many"]


async def test_names_are_names_whatever_is_in_them(desk: Desk, target: Target) -> None:
    nasty = '"; drop schema amc cascade; --'
    long = "ü" * 50
    place = await desk.destination(
        "postgresql", target.settings(table_name=nasty, schema_name='a"m$1')
    )
    rows = [[nasty, long, "_client", "ctid", "Reach"], ["1", "2", "3", "4", "5"]]
    run = await desk.run(place, rows=rows)
    told = await desk.settled(run)
    assert told["state"] == "delivered", told
    quoted = '"a""m$1"."' + nasty.replace('"', '""') + '"'
    found = (await target.ask(f"select * from {quoted}"))[0]
    assert (found[nasty], found["Reach"]) == (1, 5)
    assert found["_client"] == desk.stage.instance_id
    cut = [name for name in found.keys() if name.startswith("ü")]  # noqa: SIM118 - a record
    assert len(cut) == 1
    assert len(cut[0].encode()) <= 63
    assert found[cut[0]] == 2


async def test_a_table_of_somebody_elses_is_left_alone(desk: Desk, target: Target) -> None:
    await target.ask("create schema amc")
    await target.ask("create table amc.results (campaign text, reach bigint)")
    await target.ask("insert into amc.results values ('theirs', 1)")
    place = await desk.destination("postgresql", target.settings())
    tried = await desk.tried(place)
    assert (tried["ok"], "not made for results" in tried["problem"]) == (False, True)
    told = await desk.settled(await desk.run(place, rows=FIRST))
    assert (told["state"], told["tries"]) == ("failed", 1)
    assert await target.rows("campaign, reach") == [("theirs", 1)]
    await target.ask("drop table amc.results")
    await target.ask("create view amc.results as select 1 as campaign")
    assert "no table" in (await desk.tried(place))["problem"]


async def test_marks_of_the_table_are_as_they_are_made() -> None:
    assert list(pg_table.MARK_KINDS) == [
        "_client", "_workflow", "_window_start", "_window_end", "_run_id", "_delivered_at",
    ]  # fmt: skip
