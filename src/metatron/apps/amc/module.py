"""The manifest of AMC."""

from pathlib import Path

from metatron.apps.amc.boards import jobs as board_jobs
from metatron.apps.amc.boards.tables import LONGEST_SHARED
from metatron.apps.amc.catalogue import jobs as catalogue_jobs
from metatron.apps.amc.collections import jobs as collection_jobs
from metatron.apps.amc.connections import jobs as connection_jobs
from metatron.apps.amc.connections import site
from metatron.apps.amc.connections.audience import who_may_hear
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.destinations import jobs as destination_jobs
from metatron.apps.amc.destinations import site as destination_site
from metatron.apps.amc.permissions import PERMISSIONS, READ, ROLE_GRANTS
from metatron.apps.amc.personal_data import PERSONAL_DATA
from metatron.apps.amc.recurring import jobs as recurring_jobs
from metatron.apps.amc.runs import jobs as run_jobs
from metatron.apps.amc.runs import site as run_site
from metatron.kernel.database.resealing import Sealed
from metatron.kernel.events.audience import Audience
from metatron.kernel.module import Module, Retention, routers_in

TABLES = (
    "connection", "sign_in", "account", "instance", "instance_favourite", "instance_grant",
    "workflow", "workflow_version", "workflow_favourite", "parameter_set", "guide_progress",
    "asin", "asin_word", "ad_campaign", "catalogue_import", "mapping",
    "run", "turn", "alert", "alert_firing", "alert_address", "alert_mail_count",
    "schedule", "firing",
    "collection", "collection_client", "segment", "collection_segment", "segment_figure",
    "board", "board_snapshot",
    "destination", "delivery",
)  # fmt: skip
LIVES = {"board_snapshot": LONGEST_SHARED.days}
"""Days; what stands not here is kept for good."""

MODULE = Module(
    name="amc",
    title="AMC",
    service="amc",
    needs=("notifications", "files"),
    optional=True,
    routers=routers_in(
        "metatron.apps.amc",
        "connections.connection_routes",
        "connections.instance_routes",
        "connections.grant_routes",
        "workbench.routes",
        "library.routes",
        "library.version_routes",
        "catalogue.routes",
        "catalogue.mapping_routes",
        "catalogue.fetch_routes",
        "runs.result_routes",
        "runs.routes",
        "runs.alert_routes",
        "runs.alert_address_routes",
        "guides.routes",
        "recurring.routes",
        "recurring.export_routes",
        "collections.routes",
        "collections.segment_routes",
        "boards.routes",
        "boards.snapshot_routes",
        "destinations.routes",
        "destinations.delivery_routes",
    ),
    jobs=(
        *connection_jobs.JOBS,
        *catalogue_jobs.JOBS,
        *run_jobs.JOBS,
        *recurring_jobs.JOBS,
        *collection_jobs.JOBS,
        *board_jobs.JOBS,
        *destination_jobs.JOBS,
    ),
    subscriptions=(
        *run_jobs.SUBSCRIPTIONS,
        *recurring_jobs.SUBSCRIPTIONS,
        *collection_jobs.SUBSCRIPTIONS,
        *destination_jobs.SUBSCRIPTIONS,
    ),
    schedules=(
        *connection_jobs.SCHEDULES,
        *run_jobs.SCHEDULES,
        *collection_jobs.SCHEDULES,
        *board_jobs.SCHEDULES,
    ),
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    watch=READ,
    audience=Audience(who_may_hear, viewer_of),
    personal_data=PERSONAL_DATA,
    retention=tuple(Retention(f"amc.{table}", LIVES.get(table)) for table in TABLES),
    migrations=Path(__file__).parent / "migrations",
    sealed=(
        Sealed("amc.connection", ("sealed_refresh", "sealed_access")),
        Sealed("amc.sign_in", ("sealed_verifier",)),
        Sealed("amc.alert", ("sealed_secret",)),
        Sealed("amc.alert_address", ("sealed_token",)),
        Sealed("amc.destination", ("sealed_secret",)),
    ),
    startup=(site.prepare, run_site.prepare, destination_site.prepare),
)
