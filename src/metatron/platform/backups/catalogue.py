"""The backups of a folder: which there are, which leads to an instant, which are kept."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from metatron.kernel.process import orphans
from metatron.kernel.process.failures import ProcessError
from metatron.platform.backups.manifest import FILE, Manifest, read_manifest
from metatron.platform.backups.wal_archive import WalArchive, forget_others, segment_name

MAKING = ".making-"
SCRATCH = ".scratch-"


@dataclass(frozen=True, slots=True)
class Backup:
    """A complete backup: its folder and what it holds."""

    folder: Path
    manifest: Manifest


def folders_in(backups: Path) -> list[Path]:
    """Return the folders of complete backups, oldest first, whether their manifests are sound."""
    return sorted(file.parent for file in backups.glob(f"[0-9]*/{FILE}"))


def backups_in(backups: Path) -> list[Backup]:
    """Return the backups whose manifests can be read, oldest first."""
    found = []
    for folder in folders_in(backups):
        try:
            found.append(Backup(folder, read_manifest(folder)))
        except ProcessError:
            # `list` and `verify` name it; no other is worse for it.
            continue
    return found


def newest(backups: Path) -> Backup | None:
    """Return the newest backup, None without one."""
    found = backups_in(backups)
    return found[-1] if found else None


def backup_of_name(backups: Path, name: str) -> Backup:
    """Return one backup; raises `ProcessError` when there is none of that name."""
    folder = backups / name
    if not name or not (folder / FILE).is_file():
        raise ProcessError(
            f"there is no backup {name!r} in {backups}", "metatron backup list names them"
        )
    return Backup(folder, read_manifest(folder))


def leading_to(backups: Path, at: datetime) -> tuple[Backup, Backup | None]:
    """Return the backup from which an instant is reached, and the one made after it.

    Raises:
        ProcessError: the instant is before the oldest backup, which is named.
    """
    found = backups_in(backups)
    if not found:
        raise ProcessError(f"there is no backup in {backups}", "make one: metatron backup create")
    before = [each for each in found if each.manifest.finished_at <= at]
    if not before:
        earliest = found[0].manifest.finished_at.isoformat(timespec="seconds")
        raise ProcessError(
            f"{at.isoformat(timespec='seconds')} is before the oldest backup",
            f"the earliest instant that can be restored is {earliest}",
        )
    chosen = before[-1]
    after = next(
        (
            each
            for each in found
            if each.manifest.started_at > chosen.manifest.started_at
            and each.manifest.system_id == chosen.manifest.system_id
            and each.manifest.timeline == chosen.manifest.timeline
        ),
        None,
    )
    return chosen, after


def to_let_go(found: list[Backup], kept_days: int) -> list[Backup]:
    """Return the backups that need not be kept.

    Kept are the newest of each of the last `kept_days` days that have one, and all of the last
    of these days.
    """
    by_day: dict[str, list[Backup]] = {}
    for each in found:
        by_day.setdefault(each.manifest.started_at.date().isoformat(), []).append(each)
    days = sorted(by_day)[-kept_days:] if kept_days else []
    kept = [by_day[day][-1].folder for day in days]
    if days:
        kept += [each.folder for each in by_day[days[-1]]]
    return [each for each in found if each.folder not in kept]


def prune(backups: Path, kept_days: int) -> list[str]:
    """Delete what need not be kept, with the log that only it needed; returns the names."""
    found = backups_in(backups)
    gone = to_let_go(found, kept_days)
    for each in gone:
        # The manifest first: what is half deleted is no backup any more.
        (each.folder / FILE).unlink()
        shutil.rmtree(each.folder)
    kept = [each.manifest for each in found if each not in gone]
    known = {manifest.system_id for manifest in kept}
    if known:
        forget_others(backups, known)
    for system_id in known:
        needed: dict[int, str] = {}
        for manifest in kept:
            if manifest.system_id == system_id:
                first = segment_name(manifest.timeline, manifest.wal_start, manifest.segment_bytes)
                before = needed.get(manifest.timeline, first)
                needed[manifest.timeline] = min(before, first)
        WalArchive(backups, system_id).prune(needed)
    return [each.manifest.name for each in gone]


def sweep(backups: Path) -> None:
    """Delete what commands left behind that were cut short; for the one who is at work alone."""
    for kind in (MAKING, SCRATCH):
        for left in backups.glob(f"{kind}*"):
            clear(left)


def clear(folder: Path) -> None:
    """Delete a folder that a command filled, with a server that may have outlived that command."""
    orphans.stop_orphans(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)
