"""The system account PostgreSQL runs as when we are root, since it refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from metatron.kernel.process.failures import ProcessError

SERVER_ACCOUNT = "metatron"


@dataclass(frozen=True)
class Account:
    """A system user by its numbers."""

    name: str
    user_id: int
    group_id: int


def server_account(notice: Callable[[str], None]) -> Account | None:
    """Return the account to drop to, creating it when absent; None when we are not root.

    Raises `ProcessError` when the account neither exists nor can be created.
    """
    if os.geteuid() != 0:
        return None
    found = _look_up(SERVER_ACCOUNT)
    if found is None:
        _create(SERVER_ACCOUNT)
        found = _look_up(SERVER_ACCOUNT)
        notice(f"created the system user {SERVER_ACCOUNT}: PostgreSQL refuses to run as root")
    if found is None or found.user_id == 0:
        raise ProcessError(
            f"PostgreSQL refuses to run as root and there is no usable user {SERVER_ACCOUNT}",
            f"create it with 'useradd --system {SERVER_ACCOUNT}' or run as an ordinary user",
        )
    return found


def can_reach(account: Account, path: Path) -> bool:
    """Tell whether the account may walk through every folder above the path.

    Reads the permission bits only: an access list that says otherwise costs a detour, no more.
    """
    return all(_may_enter(account, folder.stat()) for folder in path.resolve().parents)


def _may_enter(account: Account, folder: os.stat_result) -> bool:
    if folder.st_uid == account.user_id:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == account.group_id:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _look_up(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create(name: str) -> None:
    quiet = ["--system", "--no-create-home", "--shell", "/bin/false"]
    recipes = (
        ["useradd", *quiet, "--user-group", name],
        ["adduser", "-S", "-D", "-H", "-s", "/bin/false", name],
    )
    for recipe in recipes:
        program = shutil.which(recipe[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if program is not None:
            subprocess.run([program, *recipe[1:]], check=False, capture_output=True)  # noqa: S603
            if _look_up(name) is not None:
                return
