"""The manifest of AMC."""

from pathlib import Path

from metatron.apps.amc.permissions import PERMISSIONS, READ, ROLE_GRANTS
from metatron.kernel.module import Module, Retention

TABLES = (
    "connection", "sign_in", "account", "instance", "instance_favourite",
    "workflow", "workflow_version", "workflow_favourite", "parameter_set",
    "run",
)  # fmt: skip

MODULE = Module(
    name="amc",
    title="AMC",
    needs=("notifications", "files"),
    optional=True,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    watch=READ,
    retention=tuple(Retention(f"amc.{table}", None) for table in TABLES),
    migrations=Path(__file__).parent / "migrations",
)
