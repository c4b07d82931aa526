"""Results as Parquet files in a folder."""

from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.targets.folder import inside, root_of
from metatron.apps.amc.destinations.targets.outcome import Refused
from tests.apps.amc.destinations.desk import Desk, key
from tests.apps.amc.destinations.test_postgresql import AGAIN, FIRST, SEPTEMBER


def files(root: Path) -> list[str]:
    return sorted(str(each.relative_to(root)) for each in root.rglob("*") if each.is_file())


async def test_a_window_is_one_file_replaced_at_once(desk: Desk) -> None:
    place = await desk.destination("folder", {"folder": "weekly"})
    assert (await desk.tried(place))["ok"]
    first = await desk.run(place, rows=FIRST)
    assert (await desk.settled(first))["rows"] == 2
    await desk.settled(await desk.run(place, rows=FIRST, rule=SEPTEMBER))
    again = await desk.run(place, rows=AGAIN)
    await desk.settled(again)
    root = root_of(desk.stage.tenant_id, place)
    assert root.is_relative_to(site().exports)
    found = files(root)
    assert len(found) == 2
    august = next(each for each in found if "window=20260801T000000_20260901T000000" in each)
    assert august.startswith(f"weekly/client={desk.stage.instance_id}/workflow=query-")
    rows = (
        duckdb.connect()
        .execute(
            "select campaign, reach, _client, _run_id, _window_end::date::varchar,"
            f" client::varchar from read_parquet('{root}/weekly/**/*.parquet',"
            " hive_partitioning = true)"
            " where _window_start = timestamp '2026-08-01' order by 1"
        )
        .fetchall()
    )
    here = str(desk.stage.instance_id)
    assert rows == [
        ("Alpha", 121, here, str(again.id), "2026-09-01", here),
        ("Gamma", 7, here, str(again.id), "2026-09-01", here),
    ]


async def test_columns_with_our_names_keep_their_values(desk: Desk) -> None:
    place = await desk.destination("folder", {})
    run = await desk.run(place, rows=[["_Client", "n"], ["theirs", "1"]])
    assert (await desk.settled(run))["state"] == "delivered"
    root = root_of(desk.stage.tenant_id, place)
    found = duckdb.connect().execute(
        f"select * exclude (_delivered_at) from read_parquet('{root}/{files(root)[0]}')"
    )
    names = [each[0] for each in found.description or ()]
    row = dict(zip(names, found.fetchall()[0], strict=True))
    assert row["_client"] == str(desk.stage.instance_id)
    assert "theirs" in row.values()


@pytest.mark.parametrize(
    "name", ["..", ".", "../x", "a/b", "/etc", "a\\b", "a\0b", "~", "%2e%2e", "x" * 101, "\n"]
)
async def test_names_that_lead_out_are_refused(desk: Desk, name: str) -> None:
    body = {"name": "x", "kind": "folder", "settings": {"folder": name}}
    answer = await desk.client.post("/destinations", json=body, headers=key())
    assert answer.status_code == 422, answer.text


async def test_links_that_lead_out_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    place = await desk.destination("folder", {"folder": "weekly"})
    root = root_of(desk.stage.tenant_id, place)
    root.mkdir(parents=True)
    (root / "weekly").symlink_to(tmp_path)
    with pytest.raises(Refused):
        inside(root, "weekly")
    told = await desk.settled(await desk.run(place, rows=FIRST))
    assert (told["state"], "leads out" in told["problem"]) == ("failed", True)
    assert (await desk.tried(place))["ok"] is False
    assert files(tmp_path) == []
