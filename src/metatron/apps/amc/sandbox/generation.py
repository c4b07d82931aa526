"""Makes a population and its events, chunk by chunk, into Parquet files.

Each chunk is written aside and renamed when it is whole: a broken run goes on where it was.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb

from metatron.apps.amc.sandbox import world
from metatron.apps.amc.sandbox.presets import Preset
from metatron.kernel.process.alone import alone

RECIPE = 2
"""Raised when the same seed would make other data than before."""
MANIFEST = "manifest.json"
_FILE = re.compile(r"^-- (\w+)\n", re.MULTILINE)


def ensure(
    preset: Preset, data: Path, *, threads: int = 2, told: Callable[[int, int], None] | None = None
) -> Path:
    """Return the folder of the preset's files under `data`; make what of it is missing.

    `told` hears how many chunks of how many are made. Whoever asks for the same while it is made
    waits until it is there. OSError when it cannot be written.
    """
    folder = data / preset.folder
    if _is_made(preset, folder):
        return folder
    data.mkdir(parents=True, exist_ok=True)
    with alone(data / f"{preset.folder}.lock"):
        if not _is_made(preset, folder):
            _fill(preset, folder, threads, told)
    return folder


def _recipe(preset: Preset) -> dict[str, object]:
    return {"recipe": RECIPE, "preset": preset.name, "seed": preset.seed}


def _is_made(preset: Preset, folder: Path) -> bool:
    manifest = folder / MANIFEST
    return manifest.exists() and json.loads(manifest.read_text()) == _recipe(preset)


def _fill(
    preset: Preset, folder: Path, threads: int, told: Callable[[int, int], None] | None
) -> None:
    manifest = folder / MANIFEST
    if manifest.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _scrap(folder)
    chunks = preset.chunks()
    with ThreadPoolExecutor(threads) as pool:
        makings = [pool.submit(_make, preset.seed, folder, *chunk) for chunk in chunks]
        for done, making in enumerate(makings, 1):
            making.result()
            if told:
                told(done, len(chunks))
    aside = manifest.with_suffix(".new")
    aside.write_text(json.dumps(_recipe(preset)))
    aside.rename(manifest)


def _scrap(folder: Path) -> None:
    """Take away what an interrupted run left behind of chunks it had not finished."""
    for left in folder.glob("*/*.new"):
        left.unlink()


def _make(seed: int, folder: Path, low: int, high: int) -> None:
    queries = _files()
    parts = {name: folder / name / f"part-{low:09d}.parquet" for name in queries}
    if all(part.exists() for part in parts.values()):
        return
    with duckdb.connect(config={"threads": 1}) as connection:
        _draws(connection, seed)
        connection.execute("set variable low = $low", {"low": low})
        connection.execute("set variable high = $high", {"high": high})
        for statement in _statements():
            connection.execute(statement)
        for name, query in queries.items():
            part = parts[name]
            part.parent.mkdir(exist_ok=True)
            aside = part.with_suffix(".new")
            connection.sql(query).write_parquet(str(aside), compression="zstd")
            os.replace(aside, part)  # noqa: PTH105 - the same, and it says that it replaces


def _draws(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Give the connection what the recipe asks for: draws of this seed, and the world."""
    connection.execute("set variable seed = $seed", {"seed": seed})
    dsp, sponsored = world.campaigns(sponsored=False), world.campaigns(sponsored=True)
    known = {
        "prices": [world.price_cents(number) for number in range(world.ASINS)],
        "dsp_asins": [each.asin for each in dsp],
        "sp_asins": [each.asin for each in sponsored],
        "dsp_first": [each.first_day for each in dsp],
        "dsp_days": [each.days for each in dsp],
        "day_one": world.FIRST_DAY,
        "days": world.DAYS,
    }
    for name, value in known.items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    for macro in _divided("draws.sql"):
        connection.execute(macro)


@cache
def _statements() -> list[str]:
    return [
        each.replace("$low", "getvariable('low')").replace("$high", "getvariable('high')")
        for each in _divided("making.sql")
    ]


def _divided(name: str) -> list[str]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return [each.strip() for each in text.split(";\n") if each.strip()]


@cache
def _files() -> dict[str, str]:
    text = resources.files(__package__).joinpath("files.sql").read_text("utf-8")
    _, *pieces = _FILE.split(text)
    return {
        name: query.strip().rstrip(";")
        for name, query in zip(pieces[::2], pieces[1::2], strict=True)
    }
