"""The manifest of identity."""

from pathlib import Path
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.database.resealing import Sealed
from metatron.kernel.events.jobs import Job, Schedule
from metatron.kernel.module import Module, routers_in
from metatron.platform.identity import mails  # noqa: F401 - registers the templates
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.interface import ensure_person
from metatron.platform.identity.jobs import PRUNE, prune
from metatron.platform.identity.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.identity.public_keys import publish_keys
from metatron.platform.tenancy.interface import provide_people

GLOBAL_TABLES = (
    "identity.user_account",
    "identity.session",
    "identity.refresh_token",
    "identity.one_time_token",
    "identity.totp",
    "identity.recovery_code",
    "identity.passkey",
    "identity.passkey_challenge",
    "identity.throttle",
    "identity.public_key",
    "identity.service_client",
)


async def start(runtime: Any) -> None:
    """Open the desk of a process that serves sign-ins: one that was given the keys' folder."""
    provide_people(ensure_person)
    if runtime.app is None or runtime.settings.signing_key_dir is None:
        return
    desk = Desk.open(runtime.settings, now=utc_now())
    runtime.app.state.identity_desk = desk
    runtime.closing.append(desk.hashes.close)
    await publish_keys(runtime.database, desk.issuer.ring)


MODULE = Module(
    name="identity",
    title="People and sign-in",
    needs=("tenancy", "notifications"),
    routers=routers_in(
        "metatron.platform.identity.routes",
        "sign_in",
        "account",
        "sessions",
        "second_factor",
        "tokens",
        "keys",
        "attendance",
    ),
    jobs=(Job(PRUNE, prune),),
    sealed=(Sealed("identity.totp", ("secret_sealed",), key="user_id", door="home"),),
    schedules=(Schedule("identity.prune", "17 * * * *", PRUNE),),
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    global_tables=GLOBAL_TABLES,
    migrations=Path(__file__).parent / "migrations",
    startup=(start,),
)
