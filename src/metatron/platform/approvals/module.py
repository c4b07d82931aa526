"""The approvals module's manifest."""

from pathlib import Path

from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.approvals.jobs import JOBS
from metatron.platform.approvals.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.approvals.personal_data import PERSONAL_DATA, obstacles
from metatron.platform.approvals.telling import herald

MODULE = Module(
    name="approvals",
    title="Approvals",
    needs=("notifications",),
    routers=routers_in("metatron.platform.approvals", "routes"),
    jobs=JOBS,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    settings_path="/approvals/settings",
    personal_data=PERSONAL_DATA,
    obstacles=obstacles,
    retention=(Retention("approvals.approval", None), Retention("approvals.settings", None)),
    migrations=Path(__file__).parent / "migrations",
    startup=(herald.open,),
)
