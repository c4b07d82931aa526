"""A folder below the installation's data: written aside, then renamed into its place."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from uuid import UUID

from metatron.apps.amc.destinations.kinds import FolderSettings
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.targets import part
from metatron.apps.amc.destinations.targets.load import Load
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.runs.results import keeping

ASIDE = ".aside"
MODE = 0o750


def root_of(tenant_id: UUID, destination_id: UUID) -> Path:
    """Return a destination's own folder, whether it is there or not."""
    return site().exports / str(tenant_id) / str(destination_id)


def inside(root: Path, *names: str) -> Path:
    """Return a place below `root`; raises `Refused` when it, or a link on the way, leads out."""
    place = root.joinpath(*names)
    if not place.resolve().is_relative_to(root.resolve()):
        raise Refused("This folder leads out of the destination.")
    return place


async def deliver(settings: FolderSettings, load: Load) -> int:
    """Put a result's file in the place of the one of the same client, workflow and window."""
    root = root_of(load.tenant_id, load.destination_id)
    try:
        aside = await asyncio.to_thread(_aside, root, load.lease_id)
        try:
            rows = await part.write_part(load, aside / part.FILE)
            await keeping.seal(aside / part.FILE)
            place = inside(root, settings.folder, load.folder)
            await asyncio.to_thread(_put, aside / part.FILE, place)
        finally:
            await keeping.clear(aside)
    except OSError as error:
        raise Away(f"The folder cannot be written: {error.strerror}.") from error
    return rows


async def try_out(settings: FolderSettings, *, tenant_id: UUID, destination_id: UUID) -> None:
    """Write and delete a file; raises `Refused` and `Away`."""
    root = root_of(tenant_id, destination_id)
    try:
        await asyncio.to_thread(_try, inside(root, settings.folder))
    except OSError as error:
        raise Away(f"The folder cannot be written: {error.strerror}.") from error


def _aside(root: Path, lease_id: UUID) -> Path:
    """Make the folder of who writes under a lease."""
    place = inside(root, ASIDE) / str(lease_id)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    return place


def _put(file: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True, mode=MODE)
    file.replace(place / part.FILE)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _try(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True, mode=MODE)
    with tempfile.TemporaryFile(dir=place) as file:
        file.write(b"1")
