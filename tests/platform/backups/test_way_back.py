"""Written, destroyed, restored to a second before: the books and the audit log are the same."""

import asyncio
import re
import stat
from datetime import datetime
from pathlib import Path

import pytest

from metatron.platform.audit.interface import verify_tenant
from metatron.platform.ledger.interface import check_books
from tests.platform.backups.conftest import Firm, Living, backup, contents, copy_growing, opened

pytestmark = pytest.mark.xdist_group("backups")


async def test_a_second_before_the_destruction(living: Living, tmp_path: Path) -> None:
    firm = await living.firm()
    upload = living.data / "files" / str(firm.id) / "aa" / "aa00"
    upload.parent.mkdir(parents=True)
    upload.write_text("an upload")
    await living.signed()
    made = await backup("create", data=living.data)
    assert made.exit_code == 0, made.output
    upload.with_name("aa01").write_text("an upload after the backup")
    await firm.pay(2_500)
    await living.signed()
    before = await contents(living.settings, firm.id)
    at = await living.now()
    await asyncio.sleep(1)
    await firm.pay(7)
    await living.signed()
    await living.destroy(firm)
    upload.unlink()

    there = tmp_path / "there"
    told = await backup("restore", "--at", at.isoformat(), "--to", str(there), data=living.data)
    assert told.exit_code == 0, told.output
    assert f"bin/up --data {there}" in told.output
    async with opened(there) as (settings, database):
        assert await firm.balance(database) == 2_600
        assert await check_books(database, firm.id) == []
        report = await verify_tenant(database.system, firm.id, data_dir=there)
        assert report.findings == []
        assert report.sealed >= 2
        assert report.checkpoints >= 4
        assert await contents(settings, firm.id) == before
        # It goes on from there.
        await Firm(database, firm.context, firm.held).pay(1)
    assert (there / "files" / str(firm.id) / "aa" / "aa00").read_text() == "an upload"
    assert (there / "files" / str(firm.id) / "aa" / "aa01").exists()
    assert (there / "notes" / "a").read_text() == '"kept"'
    cut = list((there / "checkpoints").glob(f"{firm.id}.cut-*"))
    assert len(cut) == 1, "what was signed after the instant is kept aside"
    assert not (there / "postgres" / "recovery.signal").exists()
    custom = (there / "postgres" / "custom.conf").read_text()
    assert custom == "checkpoint_completion_target = 0\n"
    for path in (there / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_log_that_ends_a_little_earlier_is_told(living: Living, tmp_path: Path) -> None:
    """The machine burnt: the last file of its log had not come, and nobody is left to ask."""
    firm = await living.firm()
    assert (await backup("create", data=living.data)).exit_code == 0
    await firm.pay(11)
    backups = living.data / "backups"
    async with living.superuser() as superuser:
        last = await superuser.fetchval("select pg_walfile_name(pg_switch_wal())")
    # What else runs may have written between the payment and the switch.
    ended = await living.now()
    async with asyncio.timeout(30):
        while not list(backups.glob(f"wal/*/{last}")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await firm.pay(13)
    at = await living.now()
    copied = tmp_path / "backups"
    copy_growing(backups, copied)
    for path in copied.glob("wal/*/*"):
        if path.name[:24] > last:
            path.unlink()
    there = tmp_path / "there"
    words = ("--from", str(copied), "--at", at.isoformat(), "--to", str(there))
    told = await backup("restore", *words, data=living.data)
    assert told.exit_code == 0, told.output
    [said] = re.findall(r"everything up to (\S+)", told.output)
    assert datetime.fromisoformat(said) <= ended
    assert f"before {at.isoformat()}: if anything was written in between" in told.output
    async with opened(there) as (_, database):
        assert await firm.balance(database) == 111


async def test_a_log_that_is_whole_reaches_the_instant(living: Living, tmp_path: Path) -> None:
    """Nothing was written since, and the server that runs says that nothing lacks."""
    firm = await living.firm()
    assert (await backup("create", data=living.data)).exit_code == 0
    await firm.pay(17)
    at = await living.now()
    there = tmp_path / "there"
    told = await backup("restore", "--at", at.isoformat(), "--to", str(there), data=living.data)
    assert told.exit_code == 0, told.output
    assert f"everything up to {at.isoformat()}" in told.output
    assert "written in between" not in told.output
    async with opened(there) as (_, database):
        assert await firm.balance(database) == 117
