"""Events, outbox, deliveries, idempotency records, clocks, schedules and the job queue."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import append_only, create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script
from metatron.kernel.events.queue import SCHEMA, install_script

revision = "kernel_0001"
down_revision = None
branch_labels = ("kernel",)
depends_on = None


def upgrade() -> None:
    """Create the kernel's tables."""
    create_schema(op.execute, "kernel")
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "kernel.event", app="select, insert", system="select, insert")
    append_only(op.execute, ["kernel.event"])
    secure_tenant_table(
        op.execute, "kernel.outbox", app="select, insert", system="select, insert, update, delete"
    )
    secure_tenant_table(
        op.execute, "kernel.delivery", app="select, insert", system="select, delete"
    )
    secure_tenant_table(op.execute, "kernel.idempotency_record", system="select, delete")
    op.execute(f"create schema if not exists {SCHEMA}")
    run_script(install_script())
    op.execute(f"grant usage on schema {SCHEMA} to metatron_system")
    op.execute(
        f"grant select, insert, update, delete, truncate on all tables in schema {SCHEMA}"
        " to metatron_system"
    )
    op.execute(f"grant usage, select on all sequences in schema {SCHEMA} to metatron_system")


def downgrade() -> None:
    """Drop everything but the schema in which Alembic keeps its versions."""
    op.execute(f"drop schema {SCHEMA} cascade")
    for table in (
        "idempotency_record", "delivery", "outbox", "event", "tenant_clock", "schedule",
    ):  # fmt: skip
        op.execute(f"drop table kernel.{table} cascade")
    op.execute("drop function kernel.refuse_change()")
