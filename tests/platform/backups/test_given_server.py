"""A server reached by addresses alone, and organisations with databases of their own."""

import asyncio
import shutil
from pathlib import Path

import pytest

from metatron.kernel.clock import utc_now
from metatron.platform.audit.interface import verify_tenant
from metatron.platform.backups.catalogue import backups_in
from metatron.platform.tenancy.moving import move_tenant
from tests.platform.backups.conftest import Living, backup, opened

pytestmark = pytest.mark.xdist_group("backups")


def point_at(living: Living, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say in the environment where everything is, as on machines that share a server."""
    settings = living.settings
    monkeypatch.setenv("METATRON_DATA_DIR", str(data))
    for name in ("database_url", "database_system_url", "database_owner_url", "secret_keys"):
        monkeypatch.setenv(f"METATRON_{name.upper()}", getattr(settings, name).get_secret_value())
    assert settings.database_backup_url is not None
    address = settings.database_backup_url.get_secret_value()
    monkeypatch.setenv("METATRON_DATABASE_BACKUP_URL", address)


async def test_a_given_server(
    living: Living, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = await living.firm()
    data, there = tmp_path / "data", tmp_path / "there"
    (data / "files").mkdir(parents=True)
    (data / "files" / "a").write_text("of the data folder")
    for name in ("audit", "checkpoints"):
        # The data folder is where logs are signed; what other tests had signed is known there.
        (living.data / name).mkdir(exist_ok=True)
        shutil.copytree(living.data / name, data / name)
    point_at(living, data, monkeypatch)
    told = await backup("create")
    assert told.exit_code == 0, told.output
    [made] = backups_in(data / "backups")
    assert "data/files/a" in made.manifest.files
    assert not [name for name in made.manifest.files if name.startswith("data/secrets/")]
    told = await backup("verify", made.manifest.name)
    assert told.exit_code == 0, told.output
    told = await backup("restore", "--backup", made.manifest.name, "--to", str(there))
    assert told.exit_code == 0, told.output
    for name in ("URL", "SYSTEM_URL", "OWNER_URL"):
        monkeypatch.delenv(f"METATRON_DATABASE_{name}")
    monkeypatch.delenv("METATRON_SECRET_KEYS")
    async with opened(there) as (settings, database):
        assert await firm.balance(database) == 100
        # The keys were in the environment only; they are in the new folder now.
        assert settings.secret_keys == living.settings.secret_keys


async def test_without_an_address_for_copies(
    living: Living, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(living, tmp_path, monkeypatch)
    monkeypatch.delenv("METATRON_DATABASE_BACKUP_URL")
    told = await backup("create")
    assert told.exit_code == 1
    assert "set METATRON_DATABASE_BACKUP_URL to a role with LOGIN and REPLICATION" in told.output
    monkeypatch.setenv("METATRON_DATABASE_BACKUP_URL", "postgresql://x:y@/z?host=/nowhere")
    told = await backup("create")
    assert told.exit_code == 1
    assert told.output.startswith("cause: the database does not answer")


async def test_a_database_of_ones_own_goes_along(living: Living, tmp_path: Path) -> None:
    firm = await living.firm()
    await living.signed()
    await move_tenant(living.database, tenant_id=firm.id, to="dedicated", now=utc_now())
    await firm.pay(50)
    await living.signed()
    to, there = tmp_path / "backups", tmp_path / "there"
    assert (await backup("create", "--to", str(to), data=living.data)).exit_code == 0
    told = await backup("verify", "--from", str(to), data=living.data)
    assert told.exit_code == 0, told.output
    assert (await backup("create", data=living.data)).exit_code == 0
    await firm.pay(25)
    at = await living.now()
    await asyncio.sleep(1)
    await firm.pay(1)
    words = ("--at", at.isoformat())
    told = await backup("restore", *words, "--to", str(there), data=living.data)
    assert told.exit_code == 0, told.output
    async with opened(there) as (_, database):
        assert await firm.balance(database) == 175
        pool = (await database.outboxes([firm.id]))[-1]
        assert pool is not database.system
        assert (await verify_tenant(pool, firm.id, data_dir=there)).findings == []
    living.is_meant()
    assert await firm.balance() == 176
    told = await backup("restore", *words, "--tenant", str(firm.id), data=living.data)
    assert told.exit_code == 0, told.output
    assert await firm.balance() == 175
    await move_tenant(living.database, tenant_id=firm.id, to="pooled", now=utc_now())
    assert await firm.balance() == 175
