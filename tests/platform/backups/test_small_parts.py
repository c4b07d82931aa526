"""Names of the log, what is kept, what is due: without a server."""

import gzip
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metatron.kernel.process.failures import ProcessError
from metatron.platform.backups import catalogue, condition, programs
from metatron.platform.backups.catalogue import backups_in, to_let_go
from metatron.platform.backups.data_files import bring_newer, copy_into_backup
from metatron.platform.backups.manifest import Content, Manifest, backup_name, write_manifest
from metatron.platform.backups.programs import client_environment, program
from metatron.platform.backups.state import State
from metatron.platform.backups.wal_archive import WalArchive, next_name, segment_name, unpack

SEGMENT = 1 << 24
DAY = timedelta(days=1)
BEGIN = datetime(2026, 3, 1, 2, 17, tzinfo=UTC)


def manifest(at: datetime, wal_start: str = "0/2000028", **given: object) -> Manifest:
    told: dict[str, object] = {
        "name": backup_name(at),
        "started_at": at,
        "finished_at": at + timedelta(seconds=5),
        "server_version": 18,
        "system_id": "77",
        "timeline": 1,
        "segment_bytes": SEGMENT,
        "superuser": "postgres",
        "database_name": "metatron",
        "wal_start": wal_start,
        "wal_stop": wal_start,
        "revisions": ("kernel_0004",),
        "heads": {},
        "files": {},
    }
    return Manifest(**(told | given))  # type: ignore[arg-type]


def put(backups: Path, made: Manifest) -> None:
    folder = backups / made.name
    folder.mkdir(parents=True)
    write_manifest(folder, made)


def test_names_of_the_log() -> None:
    assert segment_name(1, "0/2000028", SEGMENT) == "000000010000000000000002"
    assert segment_name(0x1F, "A/FF000000", SEGMENT) == "0000001F0000000A000000FF"
    assert next_name("000000010000000A000000FF", SEGMENT) == "000000010000000B00000000"
    assert next_name("00000001000000000000003F", 1 << 26) == "000000010000000100000000"


def test_a_run_ends_before_the_first_gap(tmp_path: Path) -> None:
    archive = WalArchive(tmp_path, "77")
    folder = archive.folder(1)
    folder.mkdir(parents=True)
    names = [f"0000000100000000000000{number:02X}" for number in (2, 3, 5)]
    for name in names[:2]:
        (folder / name).write_bytes(b"x")
    (folder / f"{names[2]}.partial").write_bytes(b"x")
    whole = archive.run_from(names[0], SEGMENT)
    assert [piece.name for piece in whole.pieces] == names[:2]
    assert whole.missing == "000000010000000000000004"
    assert archive.run_from(names[2], SEGMENT).missing is None
    assert archive.run_from("000000010000000000000009", SEGMENT).pieces == ()


def test_full_files_are_compressed_and_read_again(tmp_path: Path) -> None:
    archive = WalArchive(tmp_path, "77")
    folder = archive.folder(1)
    folder.mkdir(parents=True)
    for number in (2, 3, 4):
        (folder / f"00000001000000000000000{number}").write_bytes(bytes([number]) * 70_000)
    assert archive.compress() == 2
    assert archive.compress() == 0
    kinds = [path.suffix for path in sorted(folder.iterdir())]
    assert kinds == [".gz", ".gz", ""], "the newest stays plain: the archive goes on from it"
    unpack(archive.pieces()["000000010000000000000003"], tmp_path / "plain")
    assert (tmp_path / "plain").read_bytes() == b"\3" * 70_000
    damaged = folder / "000000010000000000000002.gz"
    damaged.write_bytes(gzip.compress(b"x" * 1000)[:-9])
    with pytest.raises(ProcessError, match=r"02\.gz of the log is damaged"):
        unpack(archive.pieces()["000000010000000000000002"], tmp_path / "plain")


def test_a_week_is_kept_and_the_log_with_it(tmp_path: Path) -> None:
    for day in range(10):
        put(tmp_path, manifest(BEGIN + day * DAY, wal_start=f"0/{day + 2}000028"))
    put(tmp_path, manifest(BEGIN + 4 * DAY + timedelta(hours=3), wal_start="0/6000028"))
    put(tmp_path, manifest(BEGIN + 9 * DAY + timedelta(hours=3), wal_start="0/B000028"))
    folder = WalArchive(tmp_path, "77").folder(1)
    folder.mkdir(parents=True)
    for number in range(1, 13):
        (folder / f"0000000100000000000000{number:02X}.gz").write_bytes(b"x")
    gone = catalogue.prune(tmp_path, 7)
    assert gone == [
        "20260301T021700Z", "20260302T021700Z", "20260303T021700Z", "20260305T021700Z",
    ]  # fmt: skip
    assert len(backups_in(tmp_path)) == 8
    assert min(WalArchive(tmp_path, "77").pieces()) == "000000010000000000000005"
    assert to_let_go(backups_in(tmp_path), 7) == []


def test_the_log_of_an_older_timeline_goes_with_its_last_backup(tmp_path: Path) -> None:
    archive = WalArchive(tmp_path, "77")
    for timeline in (1, 2):
        folder = archive.folder(timeline)
        folder.mkdir(parents=True)
        (folder / f"0000000{timeline}0000000000000002").write_bytes(b"x")
    put(tmp_path, manifest(BEGIN))
    put(tmp_path, manifest(BEGIN + DAY, timeline=2))
    catalogue.prune(tmp_path, 7)
    assert len(archive.folders()) == 2
    catalogue.prune(tmp_path, 1)
    assert [folder.name for folder in archive.folders()] == ["77-2"]


def test_when_one_is_overdue(tmp_path: Path) -> None:
    state, now = State(tmp_path), datetime.now(UTC)
    assert not condition.condition_of(tmp_path).is_overdue(now)
    state.note(since=now.isoformat())
    assert not condition.condition_of(tmp_path).is_overdue(now + timedelta(hours=25))
    assert condition.condition_of(tmp_path).is_overdue(now + timedelta(hours=27))
    put(tmp_path, manifest(BEGIN))
    late = now + timedelta(hours=30)
    file = tmp_path / "20260301T021700Z" / "manifest.json"
    os.utime(file, (late.timestamp(), late.timestamp()))
    assert not condition.condition_of(tmp_path).is_overdue(late + timedelta(hours=25))
    state.note(failed_at=(late + timedelta(hours=1)).isoformat(), error="no room")
    assert condition.condition_of(tmp_path).has_failed
    state.backup_was_made()
    assert not condition.condition_of(tmp_path).has_failed


def test_what_has_not_changed_takes_no_room_again(tmp_path: Path) -> None:
    data, one, two = tmp_path / "data", tmp_path / "one", tmp_path / "two"
    (data / "files" / "t").mkdir(parents=True)
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("18")
    (data / "files" / "t" / "same").write_text("same")
    (data / "files" / "t" / "other").write_text("before")
    for folder in (one, two):
        folder.mkdir()
    found = copy_into_backup(data, one, leave=frozenset(), before=None)
    assert sorted(found) == ["data/files/t/other", "data/files/t/same"]
    (data / "files" / "t" / "other").write_text("afterwards")
    before = (one, manifest(BEGIN, files=found))
    again = copy_into_backup(data, two, leave=frozenset(), before=before)
    assert (two / "data/files/t/same").samefile(one / "data/files/t/same")
    assert (two / "data/files/t/other").read_text() == "afterwards"
    assert (one / "data/files/t/other").read_text() == "before"
    assert isinstance(again["data/files/t/other"], Content)
    assert oct((two / "data/files/t/other").stat().st_mode)[-3:] == "600"


def test_newer_files_never_replace_those_of_the_backup(tmp_path: Path) -> None:
    living, back = tmp_path / "living", tmp_path / "back"
    for folder in (living, back):
        (folder / "files").mkdir(parents=True)
    (living / "files" / "a").write_text("spoilt since")
    (living / "files" / "b").write_text("new")
    (living / "secrets").mkdir()
    (living / "secrets" / "other").write_text("not taken")
    (back / "files" / "a").write_text("as it was")
    assert bring_newer(living, back) == 1
    assert (back / "files" / "a").read_text() == "as it was"
    assert (back / "files" / "b").read_text() == "new"
    assert not (back / "secrets").exists()


def test_addresses_become_variables() -> None:
    found = client_environment("postgresql://me:a%2Fb@db.example:6000/suite?sslmode=verify-full")
    assert found == {
        "PGHOST": "db.example", "PGPORT": "6000", "PGUSER": "me", "PGPASSWORD": "a/b",
        "PGDATABASE": "suite", "PGSSLMODE": "verify-full",
    }  # fmt: skip
    assert client_environment("postgresql://me:x@/m?host=/run/pg")["PGHOST"] == "/run/pg"


def test_a_program_that_is_absent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProcessError, match="pg_basebackup for PostgreSQL 99 is not on this"):
        program("pg_basebackup", 99)
    monkeypatch.setattr(programs, "_folders", lambda _version: [])
    with pytest.raises(ProcessError, match="install PostgreSQL's client programs, version 17"):
        program("pg_basebackup", 17)


def test_one_works_alone_and_others_are_told(tmp_path: Path) -> None:
    refused = pytest.raises(ProcessError, match="another command is at work")
    with State(tmp_path).at_work(alone=True), refused, State(tmp_path).at_work(alone=False):
        pass
    with State(tmp_path).at_work(alone=False), State(tmp_path).at_work(alone=False):
        pass


def test_the_command_says_how_it_is_used(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "metatron", "backup", "create", "--data", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith(f"cause: there is no installation in {tmp_path}; remedy: ")
