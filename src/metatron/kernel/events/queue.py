"""PgQueuer, set up to live in a schema of ours."""

from pgqueuer import PgQueuer
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import Driver

SCHEMA = "jobs"
_NAMES = DBSettings(db_schema=SCHEMA)


def queries(driver: Driver) -> Queries:
    """Return PgQueuer's queries over `driver`, aimed at the `jobs` schema."""
    return Queries(
        driver,
        qbe=qb.QueryBuilderEnvironment(settings=_NAMES),
        qbq=qb.QueryQueueBuilder(settings=_NAMES),
        qbs=qb.QuerySchedulerBuilder(settings=_NAMES),
    )


def pgqueuer(driver: Driver) -> PgQueuer:
    """Return a PgQueuer whose tables live in the `jobs` schema."""
    return PgQueuer(driver, queries=queries(driver))


def install_script() -> str:
    """Return the SQL that creates PgQueuer's tables (for the kernel's migration)."""
    return qb.QueryBuilderEnvironment(settings=_NAMES).build_install_query(create_schema=False)
