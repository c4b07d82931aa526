"""PostgreSQL's own client programs: which ones fit a server, and how they reach it."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from metatron.kernel.process.binaries import binaries
from metatron.kernel.process.command import Command
from metatron.kernel.process.failures import ProcessError

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def program(name: str, server_version: int) -> Path:
    """Return a client program of the server's major version, or of a newer one.

    Args:
        name: of the program, such as `pg_basebackup`.
        server_version: the server's major version.

    Raises:
        ProcessError: there is none on this machine.
    """
    fitting: dict[int, Path] = {}
    for folder in _folders(server_version):
        found = folder / name
        version = _version_of(found) if found.is_file() else 0
        if version >= server_version:
            fitting.setdefault(version, found)
    if not fitting:
        raise ProcessError(
            f"{name} for PostgreSQL {server_version} is not on this machine",
            f"install PostgreSQL's client programs, version {server_version} or newer, on PATH",
        )
    return fitting[min(fitting)]


def _folders(server_version: int) -> list[Path]:
    folders = [Path(part) for part in os.environ.get("PATH", "").split(os.pathsep) if part]
    folders.append(Path(f"/usr/lib/postgresql/{server_version}/bin"))
    try:
        folders.append(binaries(None))
    except ProcessError:
        # The embedded server is not installed everywhere.
        return folders
    return folders


def _version_of(found: Path) -> int:
    said = subprocess.run(  # noqa: S603
        [found, "--version"], capture_output=True, text=True, check=False, env=quiet_environment()
    )
    version = _VERSION.search(said.stdout)
    return int(version[1]) if version else 0


def command(path: Path, *arguments: str, dsn: str) -> Command:
    """Return how to run a client program against an address; no password stands in its words."""
    return Command((str(path), *arguments), env=quiet_environment() | client_environment(dsn))


def client_environment(dsn: str) -> dict[str, str]:
    """Return an address as the variables that every client program reads."""
    parts = urlsplit(dsn)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    read = {
        "PGHOST": asked.get("host", parts.hostname or ""),
        "PGPORT": asked.get("port", str(parts.port or "")),
        "PGUSER": asked.get("user", unquote(parts.username or "")),
        "PGPASSWORD": asked.get("password", unquote(parts.password or "")),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGSSLMODE": asked.get("sslmode", ""),
        "PGSSLROOTCERT": asked.get("sslrootcert", ""),
    }
    return {name: value for name, value in read.items() if value}


def quiet_environment() -> dict[str, str]:
    """Return an environment with none of our settings and secrets in it."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "HOME") if name in os.environ}
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "LC_ALL": "C.UTF-8", "TZ": "UTC"} | kept
