"""The process that follows the server's log: prepared here, then it becomes `pg_receivewal`."""

import os
from typing import NoReturn

from metatron.platform.backups import server
from metatron.platform.backups.installation import Installation
from metatron.platform.backups.programs import command, program
from metatron.platform.backups.state import State, private_folder
from metatron.platform.backups.wal_archive import WalArchive

PROGRAM = "pg_receivewal"


async def prepare_archive(here: Installation) -> tuple[list[str], dict[str, str]]:
    """Make folder and slot; return the words and the environment of the program to become.

    Where the server has begun anew to keep its log, a backup is asked for: older ones do not reach
    across the gap.

    Raises:
        ProcessError: the server is away, or the program is not on this machine.
    """
    dsn = here.backup_dsn
    found = await server.facts(dsn)
    path = program(PROGRAM, found.version)
    archive = WalArchive(here.backups, found.system_id)
    folder = archive.folder(found.timeline)
    is_new = not folder.exists()
    private_folder(here.backups)
    private_folder(folder.parent)
    private_folder(folder)
    if await server.ensure_slot(dsn) or is_new:
        State(here.backups).want_backup()
    # Each second: who restores waits until the archive says that it has everything.
    more = ("--status-interval=1", "--no-password")
    arguments = ("--directory", str(folder), "--slot", server.SLOT, *more)
    wanted = command(path, *arguments, dsn=dsn)
    return list(wanted.argv), dict(wanted.env) | {"PGAPPNAME": PROGRAM}


def become(argv: list[str], env: dict[str, str]) -> NoReturn:
    """Turn this process into the program: nothing of Python stays in memory."""
    os.umask(0o077)
    os.execve(argv[0], argv, env)  # noqa: S606 - the purpose of this file
