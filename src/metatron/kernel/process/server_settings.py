"""The configuration files of the embedded server, written anew at every start."""

from pathlib import Path

_HEADER = "# Written at every start; put settings of your own into custom.conf beside this file.\n"

# A password here is 256 random bits, which needs no stretching; the default of 4096 rounds would
# cost every new connection several milliseconds in the client.
_SCRAM_ITERATIONS = 64

_SETTINGS: dict[str, str | int] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": 800,
    "shared_buffers": "192MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_level": "replica",
    "max_wal_size": "1GB",
    # Kept for an archive that does not follow; beyond it the disk is worth more than the archive.
    "max_slot_wal_keep_size": "2GB",
    "password_encryption": "scram-sha-256",
    "scram_iterations": _SCRAM_ITERATIONS,
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "iso, ymd",
    "default_text_search_config": "pg_catalog.simple",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "2s",
    "log_checkpoints": "off",
}

_THROWAWAY: dict[str, str | int] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1h",
}

_ACCESS = """\
# Written at every start: passwords only, over the private socket only.
local all all scram-sha-256
local replication metatron_backup scram-sha-256
"""


def write_settings(cluster: Path, socket_directory: Path, *, durable: bool) -> None:
    """Write `postgresql.conf` and `pg_hba.conf` into the cluster, touching only what changed.

    `durable=False` gives up safety against a power cut, for servers that hold test data.
    """
    settings = _SETTINGS | {"unix_socket_directories": str(socket_directory)}
    settings |= {"fsync": "on"} if durable else _THROWAWAY
    lines = [f"{name} = '{_quoted(value)}'\n" for name, value in settings.items()]
    _write(
        cluster / "postgresql.conf",
        _HEADER + "".join(lines) + "include_if_exists 'custom.conf'\n",
    )
    _write(cluster / "pg_hba.conf", _ACCESS)


def _quoted(value: str | int) -> str:
    return str(value).replace("'", "''")


def _write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
