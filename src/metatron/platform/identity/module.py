"""The manifest of identity."""

from pathlib import Path
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.database.resealing import Sealed
from metatron.kernel.events.jobs import Job, Schedule
from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.identity import mails  # noqa: F401 - registers the templates
from metatron.platform.identity.away import AUTH, AuthAway, settle_away
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.erasing import end_account
from metatron.platform.identity.interface import ensure_person
from metatron.platform.identity.jobs import KEPT_DAYS, PRUNE, prune_as_job
from metatron.platform.identity.permissions import PERMISSIONS, ROLE_GRANTS
from metatron.platform.identity.personal_data import PERSONAL_DATA
from metatron.platform.identity.public_keys import publish_keys
from metatron.platform.identity.shield import refuse_credentials
from metatron.platform.personal_data.interface import provide_account_end
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
    """Open the desk of a process that serves sign-ins: one that was given the keys' folder.

    Where services run apart that is `auth`; the others learn the way there.

    Raises:
        ValueError: another service than `auth` was given the folder of private keys.
        HoldsCredentials: its database role may read what people sign in with.
    """
    settings = runtime.settings
    provide_account_end(end_account)
    if settings.service not in {"", AUTH}:
        if settings.signing_key_dir is not None:
            message = f"{settings.service} may not have METATRON_SIGNING_KEY_DIR: only auth may"
            raise ValueError(message)
        await refuse_credentials(runtime.database)
        auth = AuthAway.open(settings)
        settle_away(auth)
        provide_people(auth.ensure_person)
        runtime.closing.append(auth.close)
        return
    settle_away(None)
    provide_people(ensure_person)
    if runtime.app is None or settings.signing_key_dir is None:
        return
    desk = Desk.open(settings, now=utc_now())
    runtime.app.state.identity_desk = desk
    runtime.closing.append(desk.hashes.close)
    await publish_keys(runtime.database, desk.issuer.ring)


MODULE = Module(
    name="identity",
    title="People and sign-in",
    service="auth",
    needs=("tenancy", "notifications", "personal_data"),
    routers=routers_in(
        "metatron.platform.identity.routes",
        "sign_in",
        "account",
        "sessions",
        "second_factor",
        "confirmation",
        "tokens",
        "keys",
        "attendance",
        "services",
        "vigilance",
    ),
    jobs=(Job(PRUNE, prune_as_job, transactional=False),),
    sealed=(Sealed("identity.totp", ("secret_sealed",), key="user_id", door="home"),),
    schedules=(Schedule("identity.prune", "17 * * * *", PRUNE),),
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    personal_data=PERSONAL_DATA,
    global_tables=GLOBAL_TABLES,
    retention=tuple(Retention(table, KEPT_DAYS.get(table)) for table in GLOBAL_TABLES),
    migrations=Path(__file__).parent / "migrations",
    startup=(start,),
)
