"""What goes wrong while backups are made and used, and what is then said."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from metatron.platform.backups.catalogue import backups_in
from metatron.platform.backups.wal_archive import WalArchive, segment_name
from tests.platform.backups.conftest import ROOT, Living, backup, copy_growing, opened, started

pytestmark = pytest.mark.xdist_group("backups")


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.005)


def make(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("kept")


def matching(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


async def made(living: Living, to: Path) -> Path:
    told = await backup("create", "--to", str(to), data=living.data)
    assert told.exit_code == 0, told.output
    return backups_in(to)[-1].folder


async def test_killed_while_it_is_made(living: Living, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    process = started("create", "--to", str(to), data=living.data)
    await asyncio.to_thread(until, lambda: bool(list(to.glob(".making-*/base"))))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert backups_in(to) == []
    assert (await backup("list", "--from", str(to), data=living.data)).output == ""
    await made(living, to)
    assert not list(to.glob(".making-*"))
    assert len(backups_in(to)) == 1


async def test_killed_while_it_is_brought_back(living: Living, tmp_path: Path) -> None:
    firm = await living.firm()
    to, there = tmp_path / "backups", tmp_path / "there"
    folder = await made(living, to)
    words = ("restore", "--from", str(to), "--backup", folder.name, "--to", str(there))
    process = started(*words, data=living.data)
    aside = tmp_path / "there.restoring"
    await asyncio.to_thread(until, (aside / "postgres" / "postmaster.pid").exists)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not there.exists()
    told = await backup(*words, data=living.data)
    assert told.exit_code == 0, told.output
    assert not aside.exists()
    async with opened(there) as (_, database):
        assert await firm.balance(database) == 100


async def test_a_full_disk(living: Living, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    await made(living, to)
    limited = (
        "import resource, runpy, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "sys.argv = ['metatron', *sys.argv[1:]]\n"
        "runpy.run_module('metatron', run_name='__main__')\n"
    )
    words = ("backup", "create", "--to", str(to), "--data", str(living.data))
    told = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", limited, *words],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "cause: the database was not copied to" in told.stderr
    assert "remedy: " in told.stderr
    assert "Traceback" not in told.stderr
    assert not list(to.glob(".making-*"))
    assert len(backups_in(to)) == 1


async def test_a_damaged_file_is_named(living: Living, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    folder = await made(living, to)
    base = folder / "base" / "base.tar.gz"
    content = bytearray(base.read_bytes())
    content[len(content) // 2] ^= 1
    base.write_bytes(content)
    told = await backup("verify", "--from", str(to), data=living.data)
    assert told.exit_code == 1
    assert f"{base} is damaged" in told.output
    (folder / "data" / "secrets" / "postgres").unlink()
    told = await backup("verify", "--from", str(to), data=living.data)
    assert f"{folder / 'data' / 'secrets' / 'postgres'} is missing" in told.output
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"timeline"', '"timelime"'))
    told = await backup("verify", "--from", str(to), data=living.data)
    assert told.exit_code == 1
    assert f"{manifest} cannot be read" in told.output


async def test_a_sound_one_passes_its_rehearsal(living: Living, tmp_path: Path) -> None:
    firm = await living.firm()
    await living.signed()
    to = tmp_path / "backups"
    folder = await made(living, to)
    told = await backup("verify", "--from", str(to), data=living.data)
    assert told.exit_code == 0, told.output
    assert "0 findings" in told.output
    assert not list(to.glob(".scratch-*"))
    head = json.loads((folder / "manifest.json").read_text().partition("\n")[2])
    assert str(firm.id) in head["backup"]["heads"]


async def test_wrong_books_and_logs_and_lost_files_are_told(living: Living, tmp_path: Path) -> None:
    firm = await living.firm()
    await living.signed()
    async with living.superuser() as superuser:
        await superuser.execute(
            "update ledger.entry set debits_posted = debits_posted + 7 where tenant_id = $1",
            firm.id,
        )
        await superuser.execute(
            "update kernel.event set payload = '{}' where tenant_id = $1 and name like 'kernel.%'",
            firm.id,
        )
        await superuser.execute(
            "insert into files.file (tenant_id, id, name, media_type, size_bytes, sha256, purpose,"
            " uploaded_at, state) values ($1, $1, 'a.png', 'image/png', 7, $2, 'evidence', now(),"
            " 'stored')",
            firm.id,
            bytes(32),
        )
    to = tmp_path / "backups"
    await made(living, to)
    told = await backup("verify", "--from", str(to), data=living.data)
    await living.destroy(firm)
    lost = f"files of {firm.id}: content {bytes(32).hex()} of file {firm.id} is not there"
    assert lost in told.output
    assert "1 contents of files" in told.output
    assert told.exit_code == 1
    assert f"books of {firm.id}" in told.output
    assert f"log of {firm.id}: event_changed" in told.output


async def test_before_the_oldest_backup(living: Living, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    await made(living, to)
    oldest = backups_in(to)[0].manifest.finished_at
    at = oldest - timedelta(hours=1)
    words = ("--from", str(to), "--to", str(tmp_path / "there"))
    told = await backup("restore", "--at", at.isoformat(), *words, data=living.data)
    assert told.exit_code == 1
    assert oldest.isoformat(timespec="seconds") in told.output
    assert len(told.output.strip().splitlines()) == 1
    future = await living.now() + timedelta(hours=1)
    told = await backup("restore", "--at", future.isoformat(), *words, data=living.data)
    assert "has not been yet" in told.output
    assert not (tmp_path / "there").exists()


async def test_a_missing_file_of_the_log_is_named(living: Living, tmp_path: Path) -> None:
    firm = await living.firm()
    to = tmp_path / "backups"
    await made(living, to)
    manifest = backups_in(to)[-1].manifest
    async with living.superuser() as superuser:
        for _ in range(3):
            await firm.pay(1)
            await superuser.execute("select pg_switch_wal()")
    await firm.pay(1)
    at = await living.now()
    archive = WalArchive(living.data / "backups", manifest.system_id)
    first = segment_name(manifest.timeline, manifest.wal_stop, manifest.segment_bytes)

    def has_come() -> bool:
        whole = [name for name, each in archive.pieces().items() if not each.is_partial]
        return len([name for name in whole if name >= first]) >= 4

    await asyncio.to_thread(until, has_come)
    copy_growing(living.data / "backups" / "wal", to / "wal")
    copied = sorted(each.path for each in WalArchive(to, manifest.system_id).pieces().values())
    gone = [path for path in copied if path.name[:24] > first][1]
    gone.unlink()
    there = tmp_path / "there"
    told = await backup(
        *("restore", "--from", str(to), "--at", at.isoformat(), "--to", str(there)),
        data=living.data,
    )
    assert told.exit_code == 1
    assert f"the file {gone.name[:24]} of the log is missing" in told.output
    assert matching(tmp_path, "there*") == []


async def test_a_filled_folder_is_not_overwritten(living: Living, tmp_path: Path) -> None:
    to, there = tmp_path / "backups", tmp_path / "there"
    folder = await made(living, to)
    make(there / "mine")
    words = ("restore", "--from", str(to), "--backup", folder.name)
    told = await backup(*words, "--to", str(there), data=living.data)
    assert told.exit_code == 1
    assert "is not empty" in told.output
    told = await backup(*words, "--to", str(living.data), "--replace", data=living.data)
    assert told.exit_code == 1
    assert "already runs on the data folder" in told.output
    told = await backup(*words, "--to", str(there), "--replace", data=living.data)
    assert told.exit_code == 0, told.output
    assert len(matching(tmp_path, "there.replaced-*/mine")) == 1
    assert (there / "postgres" / "PG_VERSION").exists()
