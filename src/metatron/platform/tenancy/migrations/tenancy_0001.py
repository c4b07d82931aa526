"""Accounts, tenants, operators, onboarding; members, roles, invitations, applications, keys."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import TENANT_TEST, create_schema, secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "tenancy_0001"
down_revision = None
branch_labels = ("tenancy",)
depends_on = "kernel_0001"

TENANT_TABLES = (
    "member", "member_role", "role", "invitation", "application", "api_key", "module_switch",
)  # fmt: skip
SYSTEM_TABLES = (
    "client_account", "placement", "operator", "operator_grant", "onboarding", "onboarding_step",
)  # fmt: skip


def upgrade() -> None:
    """Create the schema; the control tables are for the system role alone."""
    create_schema(op.execute, "tenancy")
    run_script(Path(__file__).with_suffix(".sql"))
    for table in TENANT_TABLES:
        secure_tenant_table(op.execute, f"tenancy.{table}", system="select, insert, update, delete")
    for table in SYSTEM_TABLES:
        op.execute(f"grant select, insert, update, delete on tenancy.{table} to metatron_system")
    _secure_directory("tenant", TENANT_TEST.replace("tenant_id", "id", 1))
    _secure_directory("secret_digest", TENANT_TEST)
    op.execute("grant select, insert on tenancy.tenant to metatron_app")
    op.execute(
        "grant update (name, theme, clock_offset_seconds, version) on tenancy.tenant"
        " to metatron_app"
    )
    op.execute("grant insert, delete, select on tenancy.secret_digest to metatron_app")


def _secure_directory(table: str, test: str) -> None:
    """A table all tenants share, of which the application sees one tenant's rows only."""
    name = f"tenancy.{table}"
    op.execute(f"alter table {name} enable row level security")
    op.execute(f"alter table {name} force row level security")
    op.execute(f"create policy tenant on {name} for all using ({test}) with check ({test})")
    op.execute(
        f"create policy system on {name} for all to metatron_system using (true) with check (true)"
    )
    op.execute(f"grant select, insert, update, delete on {name} to metatron_system")


def downgrade() -> None:
    """Drop the schema."""
    op.execute("drop schema tenancy cascade")
