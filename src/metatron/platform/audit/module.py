"""The manifest of the audit log."""

from pathlib import Path
from typing import Any

from metatron.kernel.database.stirred import Rounds
from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.audit.interface import seal_tenant
from metatron.platform.audit.permissions import PERMISSIONS, READ
from metatron.platform.audit.sealer import Sealer
from metatron.platform.tenancy.interface import provide_sealing


async def look_for_people(runtime: Any) -> None:
    """Note whether this database holds the directory that turns actors' ids into names."""
    if runtime.app is not None:
        found = await runtime.database.system.fetchval("select to_regclass('identity.pub_user')")
        runtime.app.state.people_directory = found is not None


def start_sealer(runtime: Any) -> None:
    """Seal in the worker; one works, those of other workers wait."""
    if runtime.app is None:
        # Two rounds: what has been sealed since its last checkpoint is another matter.
        rounds, grown = Rounds(runtime.database), Rounds(runtime.database)
        sealer = Sealer(
            rounds.sources, runtime.settings.data_dir, grown=grown.sources, again=rounds.again
        )
        runtime.run(sealer.run())


provide_sealing(seal_tenant)

MODULE = Module(
    name="audit",
    title="Audit log",
    routers=routers_in("metatron.platform.audit", "routes", "key_routes", "admin_routes"),
    permissions=PERMISSIONS,
    role_grants={"administrator": frozenset({READ}), "auditor": frozenset({READ})},
    retention=(
        Retention("audit.seal"),
        Retention("audit.checkpoint"),
        Retention("audit.horizon"),
    ),
    global_tables=("audit.horizon",),
    migrations=Path(__file__).parent / "migrations",
    startup=(look_for_people, start_sealer),
)
