"""The files module's manifest."""

from pathlib import Path

from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.files.jobs import JOBS, SCHEDULES
from metatron.platform.files.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.files.personal_data import PERSONAL_DATA
from metatron.platform.files.site import prepare

MODULE = Module(
    name="files",
    title="Files",
    routers=routers_in("metatron.platform.files", "routes"),
    jobs=JOBS,
    schedules=SCHEDULES,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    personal_data=PERSONAL_DATA,
    retention=(Retention("files.file", None), Retention("files.attachment", None)),
    migrations=Path(__file__).parent / "migrations",
    startup=(prepare,),
)
