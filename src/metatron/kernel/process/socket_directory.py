"""A short, private folder for the server's socket.

The kernel caps a socket's path at 107 bytes, and a data folder may lie deeper than that.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from metatron.kernel.process.accounts import Account
from metatron.kernel.process.failures import ProcessError

SOCKET_FILE = ".s.PGSQL.5432"
_LONGEST = 107 - len("/") - len(SOCKET_FILE + ".lock")


def socket_directory(data_dir: Path) -> Path:
    """Return the socket folder that belongs to the data folder; it need not exist yet."""
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    name = f"metatron-{digest}"
    chosen = Path(tempfile.gettempdir()) / name
    return chosen if len(os.fsencode(chosen)) <= _LONGEST else Path("/tmp") / name  # noqa: S108


def make_private(folder: Path, account: Account | None) -> None:
    """Create the folder for the account alone, or take it over when it is already that.

    Raises `ProcessError` when someone else sits at that path, as anybody could in a shared
    temporary folder.
    """
    user_id = os.geteuid() if account is None else account.user_id
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account is not None:
            os.chown(folder, account.user_id, account.group_id)
    seen = folder.lstat()
    private = stat.S_ISDIR(seen.st_mode) and stat.S_IMODE(seen.st_mode) == stat.S_IRWXU
    if not private or seen.st_uid != user_id:
        raise ProcessError(
            f"the socket folder {folder} exists and belongs to someone else",
            f"remove {folder}, or set TMPDIR to a folder of your own",
        )
