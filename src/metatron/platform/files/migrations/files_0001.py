"""Files and their attachments."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "files_0001"
down_revision = None
branch_labels = ("files",)
depends_on = "kernel_0001"


def upgrade() -> None:
    """Create the module's tables."""
    create_schema(op.execute, "files")
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "files.file", app="select, insert, update")
    secure_tenant_table(op.execute, "files.attachment", app="select, insert, delete")


def downgrade() -> None:
    """Drop the module's schema; contents stay in their folder."""
    op.execute("drop schema files cascade")
