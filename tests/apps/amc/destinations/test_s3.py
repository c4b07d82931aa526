"""Results as Parquet objects in a store that speaks S3."""

import io
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metatron.apps.amc.destinations.targets import s3
from tests.apps.amc.destinations.desk import Desk
from tests.apps.amc.destinations.test_postgresql import AGAIN, FIRST, SEPTEMBER
from tests.support.s3_store import Store


def read(content: bytes, folder: Path) -> list[Any]:
    file = folder / "read.parquet"
    file.write_bytes(io.BytesIO(content).getvalue())
    statement = f"select campaign, reach from read_parquet('{file}') order by 1"
    return duckdb.connect().execute(statement).fetchall()


async def test_a_window_is_one_object_and_nothing_else(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    place = await desk.destination("s3", store.settings())
    assert await desk.tried(place) == {"ok": True, "problem": None}
    assert store.objects == {}
    first = await desk.run(place, rows=FIRST)
    assert (await desk.settled(first))["state"] == "delivered"
    key = next(iter(store.objects))
    assert key.startswith(f"amc/results/client={desk.stage.instance_id}/workflow=query-")
    assert key.endswith("/window=20260801T000000_20260901T000000/part.parquet")
    window = key.removesuffix("part.parquet")
    store.objects |= {f"{window}part-0.parquet": b"old", f"{window[:-1]}0/part.parquet": b"other"}
    await desk.settled(await desk.run(place, rows=FIRST, rule=SEPTEMBER))
    again = await desk.run(place, rows=AGAIN)
    assert (await desk.settled(again))["state"] == "delivered"
    assert read(store.objects[key], tmp_path) == [("Alpha", 121), ("Gamma", 7)]
    assert len(store.objects) == 3
    assert f"{window}part-0.parquet" not in store.objects


async def test_large_results_go_in_parts(
    desk: Desk, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "MOST_AT_ONCE", 1_000)
    monkeypatch.setattr(s3, "PART_BYTES", 700)
    place = await desk.destination("s3", store.settings())
    run = await desk.run(place, rows=FIRST)
    assert (await desk.settled(run))["state"] == "delivered"
    assert [method for method, _ in store.calls].count("PUT") >= 2
    assert read(next(iter(store.objects.values())), tmp_path) == [("Alpha", 120), ("Beta", 240)]
    assert store.uploads == {}
    before = dict(store.objects)
    store.failures = [("PUT", 500)]
    broken = await desk.run(place, rows=AGAIN)
    told = await desk.settled(broken)
    assert (told["state"], told["problem"]) == (
        "pending", "The store could not do it now (500 SlowDown).",
    )  # fmt: skip
    assert (store.objects, store.uploads) == (before, {}), "half an upload is taken back"
    assert (await desk.later(told, broken))["state"] == "delivered"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret_access_key": "wrong-secret-key"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "AKOTHER"}, "InvalidAccessKeyId"),
        ({"bucket": "nobodys"}, "NoSuchBucket"),
    ],
)
async def test_refusals_are_told_by_their_code(
    desk: Desk, store: Store, change: dict[str, str], code: str
) -> None:
    place = await desk.destination("s3", store.settings(**change))
    tried = await desk.tried(place)
    assert not tried["ok"]
    assert code in tried["problem"]
    told = await desk.settled(await desk.run(place, rows=FIRST))
    assert (told["state"], told["tries"]) == ("failed", 1)
    assert code in told["problem"]
    assert "wrong-secret-key" not in str(await desk.deliveries())


async def test_keys_with_awkward_signs_are_signed(desk: Desk, store: Store) -> None:
    place = await desk.destination("s3", store.settings(prefix="a b/it's (1)*!"))
    told = await desk.settled(await desk.run(place, rows=FIRST))
    assert told["state"] == "delivered", told
    assert next(iter(store.objects)).startswith("a b/it's (1)*!/client=")
