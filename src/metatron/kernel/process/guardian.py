"""Run the test server of one folder until its last user has gone: see `shared_server`."""

import fcntl
import shutil
import sys
from pathlib import Path

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError


def main(directory: Path) -> None:
    """Start the server in `directory`, wait for the last user to leave, remove everything.

    The starter of this process is the first user, so that the lock is taken when we ask for it.
    """
    server = EmbeddedPostgres(directory, durable=False)
    with (directory / "users").open("rb") as users:
        server.start()
        try:
            fcntl.flock(users, fcntl.LOCK_EX)
        finally:
            server.stop()
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except ProcessError as failure:
        sys.exit(str(failure))
