"""The manifest of health."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import metatron.kernel
from metatron.kernel.database.migrations import heads
from metatron.kernel.database.resealing import Sealed
from metatron.kernel.events.jobs import Job
from metatron.kernel.module import Module, Retention, routers_in
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.settings import Settings
from metatron.platform.backups.interface import installation_of
from metatron.platform.files.interface import store_in_use
from metatron.platform.health import calls, checks, tenant_traffic, vitals
from metatron.platform.health.alerts import look
from metatron.platform.health.backups_check import backups_check
from metatron.platform.health.calls import keep_writing_calls, write_calls
from metatron.platform.health.channels import SEND_JOB, prepare, send_webhook
from metatron.platform.health.doctor import Doctor
from metatron.platform.health.files_check import files_check
from metatron.platform.health.instances import beat
from metatron.platform.health.redis_check import redis_check
from metatron.platform.health.sampler import KEPT_DAYS, Sampler
from metatron.platform.health.tenant_alerts import look_at_tenants
from metatron.platform.health.tenant_traffic import keep_writing, write_traffic
from metatron.platform.health.vitals import keep_writing_vitals, write_vitals
from metatron.platform.payments.interface import provider_address

TABLES = (
    "health.sample", "health.instance", "health.alert_rule", "health.alert", "health.call",
    "health.maintenance_window", "health.alert_channel", "health.web_vital",
)  # fmt: skip
OF_TENANTS = ("health.tenant_traffic", "health.tenant_watch")


def doctor_of(
    settings: Settings, pool: Any, revisions: list[str], redis: RedisDoor | None = None
) -> Doctor:
    """Return the doctor of a process: what it asks depends on what is configured."""
    asked = [
        checks.maintenance_check(settings.data_dir),
        checks.database_check(pool),
        checks.migrations_check(pool, revisions),
        checks.queue_check(pool),
        checks.reachable_check("payments", provider_address(settings), 443),
    ]
    if settings.smtp_url is not None:
        url = settings.smtp_url.get_secret_value()
        asked.append(checks.reachable_check("mail", url, 25))
    if redis is not None:
        asked.append(redis_check(redis, pool))
    if settings.files_s3_bucket:
        asked.append(files_check(store_in_use()))
    here = installation_of(settings)
    if here is not None:
        asked.append(backups_check(pool, here.backups))
    return Doctor(asked)


async def watch(runtime: Any) -> None:
    """Let the process be seen: it answers for its checks, beats, and the worker samples."""
    settings, pool = runtime.settings, runtime.database.system
    kernel = Path(metatron.kernel.__file__).parent / "migrations"
    folders = [kernel, *(module.migrations for module in runtime.modules if module.migrations)]
    revisions = await asyncio.to_thread(heads, folders)
    doctor = doctor_of(settings, pool, revisions, runtime.redis)
    runtime.doctor = doctor
    if runtime.app is None:
        runtime.run(beat(pool, "worker"))
        watching = partial(look, runtime.database)
        of_tenants = partial(look_at_tenants, runtime.database)
        sampler = Sampler(
            pool, doctor, settings.data_dir, afterwards=watching, each_minute=of_tenants
        )
        runtime.run(sampler.run())
        runtime.run(keep_writing_calls(pool, {}))
    else:
        runtime.app.state.doctor = doctor
        runtime.run(beat(pool, settings.service or "web"))
        runtime.run(keep_writing(pool))
        owners = runtime.app.state.owners
        runtime.run(keep_writing_calls(pool, owners))
        runtime.run(keep_writing_vitals(pool))
        runtime.closing += [
            partial(write_traffic, pool),
            partial(write_calls, pool, owners),
            partial(write_vitals, pool),
        ]


MODULE = Module(
    name="health",
    title="Health",
    service="admin",
    needs=("tenancy", "notifications", "payments", "backups", "files"),
    routers=routers_in(
        "metatron.platform.health",
        "routes:root_router",
        "routes",
        "alert_routes",
        "silence_routes",
        "database_routes",
        "traffic_routes",
        "vital_routes",
    ),
    global_tables=TABLES,
    home_tables=(*TABLES, *OF_TENANTS),
    retention=(
        Retention("health.sample", KEPT_DAYS),
        Retention("health.alert_rule", None),
        Retention("health.alert", None),
        Retention("health.instance", 1),
        Retention("health.call", hours=calls.KEPT_HOURS),
        Retention("health.maintenance_window", None),
        Retention("health.alert_channel", None),
        Retention("health.tenant_traffic", hours=tenant_traffic.KEPT_HOURS),
        Retention("health.tenant_watch", None),
        Retention("health.web_vital", vitals.KEPT_DAYS),
    ),
    # Every address is tried for about an hour.
    jobs=(Job(SEND_JOB, send_webhook, transactional=False, waits=True),),
    sealed=(Sealed("health.alert_channel", ("sealed_secret",), door="system"),),
    migrations=Path(__file__).parent / "migrations",
    startup=(prepare, watch),
)
