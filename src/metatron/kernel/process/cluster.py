"""Create a database cluster."""

import os
import subprocess
from pathlib import Path

from metatron.kernel.process.command import Command
from metatron.kernel.process.failures import ProcessError


def make_cluster(initdb: Command, scratch: Path, superuser_password: str) -> None:
    """Run `initdb`, for a UTF-8 cluster whose superuser is `postgres`.

    `scratch` is a folder the account of `initdb` alone may enter; the password passes through it.
    Raises `ProcessError` with the last line that initdb said.
    """
    password_file = scratch / "password"
    password_file.write_text(superuser_password)
    password_file.chmod(0o600)
    if initdb.user is not None:
        os.chown(password_file, initdb.user.user_id, initdb.user.group_id)
    try:
        done = subprocess.run(  # noqa: S603
            [
                *initdb.launched(),
                "--username=postgres",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions",
            ],
            env=dict(initdb.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        password_file.unlink()
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [
            "initdb said nothing"
        ]
        said = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise ProcessError(
            f"the database files cannot be created ({said})",
            "make room or name another folder with --data DIR, or bring a server of your own "
            "with DATABASE_URL",
        )
