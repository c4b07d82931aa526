"""Commands that are given no settings are about the installation in the data folder."""

import os
from pathlib import Path

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.server_roles import APPLICATION, OWNER, SYSTEM

GROUPS = frozenset({"audit", "events", "files", "keys", "ledger", "tenant"})
"""Groups of commands that look into an installation."""


def adopt(group: str) -> None:
    """Set what `metatron up` gives its processes, where the environment names no database."""
    data = Path(os.environ.get("METATRON_DATA_DIR", ".data")).resolve()
    if group not in GROUPS or "METATRON_DATABASE_URL" in os.environ:
        return
    if not (data / "postgres" / "PG_VERSION").exists():
        return
    server, keys = EmbeddedPostgres(data), data / "secrets" / "secret-keys"
    ours = {
        "METATRON_DATA_DIR": str(data),
        "METATRON_DATABASE_URL": server.dsn(APPLICATION),
        "METATRON_DATABASE_SYSTEM_URL": server.dsn(SYSTEM),
        "METATRON_DATABASE_OWNER_URL": server.dsn(OWNER),
        "METATRON_SIGNING_KEY_DIR": str(data / "keys"),
    }
    if keys.exists():
        ours["METATRON_SECRET_KEYS"] = keys.read_text().strip()
    for name, value in ours.items():
        os.environ.setdefault(name, value)
