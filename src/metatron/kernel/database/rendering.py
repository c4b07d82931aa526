"""Migrations as SQL: rendered once by Alembic, then run in as many databases as there are."""

import io
from collections.abc import Sequence
from pathlib import Path

from metatron.kernel.database.migrations import alembic_config

STEP = "-- Running upgrade"
"""Stands before each revision in what `render` returns."""


def render(folders: Sequence[Path], applied: Sequence[str]) -> str:
    """Return the SQL that takes a database from `applied` revisions to every head."""
    # Here, for every web process imports this module, and none of them migrates.
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    out = io.StringIO()
    config = alembic_config(folders)
    config.output_buffer = out
    scripts = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config,
        scripts,
        fn=lambda revision, _context: scripts._upgrade_revs("heads", revision),  # noqa: SLF001
        as_sql=True,
        starting_rev=list(applied) or None,
        destination_rev="heads",
    ):
        scripts.run_env()
    return "create schema if not exists kernel;\n" + out.getvalue()
