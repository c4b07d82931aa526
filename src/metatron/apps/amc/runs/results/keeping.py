"""Results on the disk: `<data>/amc/<tenant>/<run>/result.parquet`, and what comes before it."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from metatron.apps.amc.runs.site import site

RESULT = "result.parquet"
INCOMING = "incoming-"
CHUNK_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in its place."""

    size_bytes: int
    sha256: bytes


def folder_of(tenant_id: UUID, run_id: UUID) -> Path:
    """Return a run's folder, whether it is there or not."""
    return site().results / str(tenant_id) / str(run_id)


def place_of(tenant_id: UUID, run_id: UUID) -> Path:
    """Return where a run's result lies."""
    return folder_of(tenant_id, run_id) / RESULT


def incoming(tenant_id: UUID, run_id: UUID, lease_id: UUID) -> Path:
    """Make and return an empty folder for who fetches under a lease; others' are gone with it."""
    folder = folder_of(tenant_id, run_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob(f"{INCOMING}*"):
        shutil.rmtree(old, ignore_errors=True)
    made = folder / f"{INCOMING}{lease_id}"
    made.mkdir(mode=0o700)
    return made


async def seal(file: Path) -> Kept:
    """Bring a file to the disk and sum it."""
    return await asyncio.to_thread(_seal, file)


def _seal(file: Path) -> Kept:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        while part := source.read(CHUNK_BYTES):
            digest.update(part)
            size += len(part)
        os.fsync(source.fileno())
    return Kept(size, digest.digest())


async def put(file: Path, tenant_id: UUID, run_id: UUID) -> None:
    """Give a file its place as the run's result."""
    await asyncio.to_thread(_put, file, place_of(tenant_id, run_id))


def _put(file: Path, place: Path) -> None:
    file.replace(place)
    descriptor = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def clear(folder: Path) -> None:
    """Delete a folder with all that is in it; one that is not there is no matter."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def tenants() -> list[UUID]:
    """Return the tenants that have, or had, results."""
    return list(_ids(site().results))


def runs_before(tenant_id: UUID, instant: float) -> list[UUID]:
    """Return the runs of a tenant whose folders have not changed since a Unix time."""
    found = []
    folder = site().results / str(tenant_id)
    for run_id in _ids(folder):
        with suppress(FileNotFoundError):
            if (folder / str(run_id)).stat().st_mtime < instant:
                found.append(run_id)
    return found


def _ids(folder: Path) -> Iterator[UUID]:
    if not folder.is_dir():
        return
    for each in sorted(folder.iterdir()):
        with suppress(ValueError):
            if str(UUID(each.name)) == each.name:
                yield UUID(each.name)
