"""Runs one small migration more than the release has, over all databases of its own.

    python -m bench.tenants._migration FOLDER WORKERS

FOLDER holds the further revisions; the runner is the one behind `metatron tenant migrate`.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from metatron.adopted import adopt
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_person
from metatron.platform.tenancy.command_doors import open_for_command
from metatron.platform.tenancy.fleet import migrate_fleet
from metatron.processes import all_modules

_REVISION = '''"""One more column and an index, as an expand step has them."""

from alembic import op

revision = "bench_{number:04}"
down_revision = {before}
branch_labels = {labels}
depends_on = {needs}


def upgrade() -> None:
    """Add the column."""
    op.execute("alter table kernel.event add column bench_{number} text")
    op.execute("create table kernel.bench_{number} (id uuid primary key, note text)")


def downgrade() -> None:
    """Take it away."""
    op.execute("drop table kernel.bench_{number}")
    op.execute("alter table kernel.event drop column bench_{number}")
'''


def write_revision(folder: Path, number: int) -> None:
    """Add the revision of this number, the first being 1."""
    first = number == 1
    text = _REVISION.format(
        number=number,
        before=None if first else f'"bench_{number - 1:04}"',
        labels='("bench",)' if first else None,
        needs='"kernel_0001"' if first else None,
    )
    (folder / f"bench_{number:04}.py").write_text(text)


def _with(folder: Path) -> Callable[[], tuple[tuple[Module, ...], object]]:
    more = Module(name="bench", title="Bench", migrations=folder)
    return lambda: ((*all_modules(), more), ensure_person)


async def _migrate(folder: Path, workers: int) -> dict[str, int]:
    async with open_for_command(Settings(), _with(folder)) as database:  # type: ignore[arg-type]
        outcome = await migrate_fleet(database, workers=workers)
    return {
        "migrated": len(outcome.migrated),
        "failed": len(outcome.failed) + len(outcome.locked) + len(outcome.not_tried),
    }


if __name__ == "__main__":
    adopt("tenant")
    print(json.dumps(asyncio.run(_migrate(Path(sys.argv[1]), int(sys.argv[2])))))
