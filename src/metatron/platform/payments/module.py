"""The payments module's manifest."""

from pathlib import Path
from typing import Any

from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.payments.jobs import JOBS, SCHEDULES
from metatron.platform.payments.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.payments.personal_data import PERSONAL_DATA
from metatron.platform.payments.providers import configure_from

TABLES = (
    "instruction", "instruction_attempt", "webhook_inbox", "observation", "statement",
    "statement_line", "reconciliation_break", "dispute_evidence",
)  # fmt: skip


def connect(runtime: Any) -> None:
    """Connect the process to the configured provider."""
    configure_from(runtime.settings)


MODULE = Module(
    name="payments",
    title="Payments",
    routers=routers_in(
        "metatron.platform.payments", "routes", "instruction_routes", "statement_routes"
    ),
    jobs=JOBS,
    schedules=SCHEDULES,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    personal_data=PERSONAL_DATA,
    retention=tuple(Retention(f"payments.{table}", None) for table in TABLES),
    migrations=Path(__file__).parent / "migrations",
    startup=(connect,),
)
