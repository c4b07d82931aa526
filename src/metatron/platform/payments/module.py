"""The payments module's manifest."""

from pathlib import Path
from typing import Any

from metatron.kernel.module import Module, Retention
from metatron.platform.payments.jobs import JOBS, SCHEDULES
from metatron.platform.payments.providers import configure_from
from metatron.platform.payments.routes import router


def connect(runtime: Any) -> None:
    """Connect the process to the configured provider."""
    configure_from(runtime.settings)


MODULE = Module(
    name="payments",
    title="Payments",
    routers=(router,),
    jobs=JOBS,
    schedules=SCHEDULES,
    retention=(
        Retention("payments.instruction", None),
        Retention("payments.webhook_inbox", None),
    ),
    migrations=Path(__file__).parent / "migrations",
    startup=(connect,),
)
