"""The campaigns' invariants as a part of `metatron ledger check` and of its nightly run."""

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.money.statement_check import check_what_is_known
from metatron.kernel.context import Context
from metatron.platform.ledger.interface import Violation, register_check


async def run(session: AsyncSession, context: Context) -> list[Violation]:
    """Return what is wrong between the tenant's commitments, their history and the books."""
    wrong = await check_invariants(session, context)
    wrong += await check_what_is_known(session, context)
    return [
        Violation(found.invariant, "campaigns", found.subject_id, found.found) for found in wrong
    ]


def register() -> None:
    """Make the checks known; called where the manifest is made."""
    register_check("campaigns", run)
