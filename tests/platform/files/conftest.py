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
from metatron.platform.files.folder import Folder
from tests.support.people import Door, new_email, running


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
def folder(app: FastAPI, settings: Settings, tmp_path: Path) -> Iterator[Folder]:
    """A folder that the test has to itself."""
    before = files_site.site()
    own = settings.model_copy(update={"data_dir": tmp_path})
    files_site.prepare(SimpleNamespace(settings=own))
    yield files_site.site().folder
    files_site._site = before


def left(folder: Folder) -> list[str]:
    """Everything that lies in the folder, scratch files included."""
    return sorted(
        str(path.relative_to(folder.root)) for path in folder.root.rglob("*") if path.is_file()
    )


@dataclass
class House:
    """A sandbox organisation: who uploads, who reads, who may do neither."""

    door: Door
    tenant_id: object
    owner: httpx.AsyncClient
    participant: httpx.AsyncClient
    supplier: httpx.AsyncClient


@pytest.fixture
async def house(door: Door, folder: Folder) -> House:
    mail = new_email("owner")
    tenant = await door.organisation(mail, is_sandbox=True)
    owner = await door.signed_in(mail, tenant.id)
    others = [
        await door.signed_in(new_email(role), tenant.id, (role,))
        for role in ("participant", "supplier")
    ]
    return House(door, tenant.id, owner, *others)
