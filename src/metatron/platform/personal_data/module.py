"""The personal data module's manifest."""

from pathlib import Path
from typing import Any

from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.personal_data import plan
from metatron.platform.personal_data.configuration import MODULE_NAME, Configuration
from metatron.platform.personal_data.jobs import JOBS
from metatron.platform.personal_data.kept_here import PERSONAL_DATA
from metatron.platform.personal_data.mails import post
from metatron.platform.personal_data.permissions import PERMISSIONS, ROLE_GRANTS


def start(runtime: Any) -> None:
    """Take note of what the process's modules keep."""
    plan.prepare(runtime.modules)


MODULE = Module(
    name=MODULE_NAME,
    title="Personal data",
    needs=("tenancy", "notifications", "files"),
    routers=routers_in("metatron.platform.personal_data", "routes", "admin_routes"),
    jobs=JOBS,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    configuration=Configuration,
    personal_data=PERSONAL_DATA,
    retention=(Retention("personal_data.request"), Retention("personal_data.step")),
    migrations=Path(__file__).parent / "migrations",
    startup=(start, post.open),
)
