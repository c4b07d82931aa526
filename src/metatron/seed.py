"""What a new installation is given: the demo organisation and the link to sign in with."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user, issue_sign_in_link
from metatron.platform.tenancy import interface as tenancy
from metatron.processes import start
from metatron.welcome import FINANCE, FIRST_OPERATOR, ORGANISER, REVIEWER, SUPPLIER

OPERATOR_NAME = "Owner of this installation"
DEMO_SLUG = "demo"
DEMO_NAME = "Demo Collective"
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    ORGANISER: ("Olive Organiser", ("owner", "organiser")),
    REVIEWER: ("Rosa Reviewer", ("administrator", "finance")),
    FINANCE: ("Fenna Finance", ("finance",)),
    SUPPLIER: ("Suri Supplier", ("supplier",)),
}


async def welcome(settings: Settings, *, demo: bool) -> str:
    """Seed what is missing and return a one-time sign-in link; safe to repeat at every start."""
    runtime = await start(settings)
    try:
        now = utc_now()
        await seed_operator(runtime.database, now)
        if demo:
            await seed_demo(runtime.database, now)
        email = ORGANISER if demo else FIRST_OPERATOR
        return await issue_sign_in_link(runtime.database, email=email, settings=settings, now=now)
    finally:
        await runtime.close()


async def seed_demo(database: Database, now: datetime) -> UUID:
    """Make the demo organisation, a sandbox with its people, unless it is there; return its id."""
    people = {
        email: await _person(database, email, name, now) for email, (name, _) in PEOPLE.items()
    }
    tenant = await tenancy.tenant_by_slug(database, DEMO_SLUG)
    if tenant is None:
        tenant = await tenancy.create_organisation(
            database,
            name=DEMO_NAME,
            slug=DEMO_SLUG,
            owner_user_id=people[ORGANISER],
            environment="development",
            is_sandbox=True,
            actor=system_context(),
        )
    context = system_context(tenant.id)
    async with database.transaction(context) as session:
        for email, (_, roles) in PEOPLE.items():
            await tenancy.add_member(
                session, context, user_id=people[email], role_names=roles, now=now
            )
    return tenant.id


async def seed_operator(database: Database, now: datetime) -> UUID:
    """Make the first operator, over everything, unless there is one; return the operator's id."""
    user_id = await _person(database, FIRST_OPERATOR, OPERATOR_NAME, now)
    context = system_context()
    async with database.transaction(context, door="system") as session:
        return await tenancy.ensure_operator(
            session,
            context,
            user_id=user_id,
            email=FIRST_OPERATOR,
            display_name=OPERATOR_NAME,
            now=now,
        )


async def _person(database: Database, email: str, name: str, now: datetime) -> UUID:
    async with database.transaction(system_context()) as session:
        return await ensure_user(session, email=email, display_name=name, verified=True, now=now)
