"""The whole application with a data folder of its own, and people of several roles."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.files import site as files_site
from tests.support import s3_store
from tests.support.people import Door, new_email, running

from .kept import InBucket, InFolder, Kept, s3_settings


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture
def twin() -> Iterator[s3_store.Store]:
    """A store that speaks S3, on this machine."""
    with s3_store.serving() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
async def folder(
    request: pytest.FixtureRequest, app: FastAPI, settings: Settings, tmp_path: Path
) -> AsyncIterator[Kept]:
    """A store that the test has to itself; each test runs with both."""
    before = files_site.site()
    twin = request.getfixturevalue("twin") if request.param == "bucket" else None
    told = {"data_dir": tmp_path, **(s3_settings(twin) if twin else {})}
    own = Settings(**(settings.model_dump() | told))
    runtime = SimpleNamespace(settings=own, closing=[], run=lambda loop: loop.close())
    files_site.prepare(runtime)
    store = files_site.site().store
    root = tmp_path / "files"
    yield InBucket(store, twin, root) if twin else InFolder(store, root)
    files_site._site = before
    await store.close()


@dataclass
class House:
    """A sandbox organisation: who uploads, who reads, who may do neither."""

    door: Door
    tenant_id: object
    owner: httpx.AsyncClient
    participant: httpx.AsyncClient
    supplier: httpx.AsyncClient


@pytest.fixture
async def house(door: Door, folder: Kept) -> House:
    mail = new_email("owner")
    tenant = await door.organisation(mail, is_sandbox=True)
    owner = await door.signed_in(mail, tenant.id)
    others = [
        await door.signed_in(new_email(role), tenant.id, (role,))
        for role in ("participant", "supplier")
    ]
    return House(door, tenant.id, owner, *others)
