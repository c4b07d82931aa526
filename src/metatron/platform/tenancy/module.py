"""The manifest of tenancy."""

import asyncio
from pathlib import Path
from typing import Any

from metatron.kernel.database.resealing import Sealed
from metatron.kernel.events.jobs import Job, Schedule
from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.tenancy.admin_moving import MOVE, move_as_job
from metatron.platform.tenancy.announce import RECORD, record_event
from metatron.platform.tenancy.clearing import CLEAR, clear_moved
from metatron.platform.tenancy.key_usage import keep_writing, write_uses
from metatron.platform.tenancy.limits import check_tier_limits
from metatron.platform.tenancy.mail import SEND, send_queued_mail
from metatron.platform.tenancy.onboarding import ONBOARD
from metatron.platform.tenancy.onboarding_keys import FORGET, forget_key
from metatron.platform.tenancy.onboarding_runner import onboard
from metatron.platform.tenancy.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.tenancy.personal_data import PERSONAL_DATA, obstacles
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.rights import prepare
from metatron.platform.tenancy.site import prepare_site, site
from metatron.platform.tenancy.switches import Paused


async def start(runtime: Any) -> None:
    """Take note of modules and settings, and let the router find dedicated databases."""
    prepare(runtime.modules)
    prepare_site(runtime.settings)
    check_tier_limits()
    runtime.registry.paused = Paused(runtime.database.system).is_paused
    registry = PlacementRegistry(runtime.database.system, site().box)
    runtime.database.router.directory = registry
    await registry.start(runtime.database.listener)
    runtime.closing.append(registry.stop)
    writer = asyncio.get_running_loop().create_task(keep_writing(runtime.database))
    runtime.closing.append(lambda: _end(writer, runtime.database))


async def _end(writer: asyncio.Task[None], database: Any) -> None:
    writer.cancel()
    await asyncio.wait([writer])
    await write_uses(database)


SEALED = Sealed(
    "tenancy.placement",
    ("app_dsn_sealed", "system_dsn_sealed"),
    key="database_name",
    door="system",
)

GLOBAL_TABLES = (
    "tenancy.client_account",
    "tenancy.tenant",
    "tenancy.placement",
    "tenancy.operator",
    "tenancy.operator_grant",
    "tenancy.admin_key",
    "tenancy.admin_key_grant",
    "tenancy.onboarding",
    "tenancy.onboarding_step",
    "tenancy.secret_digest",
)
HOME_TABLES = (
    "tenancy.member",
    "tenancy.member_role",
    "tenancy.role",
    "tenancy.invitation",
    "tenancy.application",
    "tenancy.api_key",
    "tenancy.module_switch",
)

MODULE = Module(
    name="tenancy",
    title="Organisations",
    routers=routers_in(
        "metatron.platform.tenancy",
        "routes",
        "routes:clock_router",
        "right_routes",
        "application_routes",
        "admin_account_routes",
        "admin_tenant_routes",
        "admin_attended_routes",
        "admin_key_routes",
        "admin_onboarding_routes",
        "admin_operator_routes",
        "admin_operator_key_routes",
        "admin_user_routes",
    ),
    jobs=(
        Job(RECORD, record_event),
        Job(SEND, send_queued_mail),
        Job(MOVE, move_as_job, transactional=False, most_attempts=3),
        Job(CLEAR, clear_moved, transactional=False),
        Job(ONBOARD, onboard, transactional=False),
        Job(FORGET, forget_key, transactional=False),
    ),
    sealed=(SEALED,),
    schedules=(Schedule("tenancy.clear_moved", "43 3 * * *", CLEAR),),
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    watch="tenancy:members",
    personal_data=PERSONAL_DATA,
    obstacles=obstacles,
    global_tables=GLOBAL_TABLES,
    home_tables=HOME_TABLES,
    retention=tuple(Retention(table) for table in (*GLOBAL_TABLES, *HOME_TABLES)),
    migrations=Path(__file__).parent / "migrations",
    startup=(start,),
)
