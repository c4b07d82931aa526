"""What is under way of an account's money, added up from the books of its tenants."""

from uuid import UUID

import httpx

from metatron.apps.campaigns.money.accounts import Account, Chart, Kind
from metatron.apps.campaigns.money.books import open_accounts
from metatron.apps.campaigns.money.under_way import money_under_way
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.ledger import interface as ledger
from tests.support.people import Door

from .steps import make_account, put_in_account


class Books:
    """The accounts of one campaign of an organisation, in one currency."""

    def __init__(self, database: Database, tenant_id: UUID, currency: str) -> None:
        self.database, self.context = database, system_context(tenant_id)
        chart = Chart(tenant_id, currency, "sandbox")
        campaign, commitment = new_id(), new_id()
        self.currency = currency
        self.clearing = chart.clearing(campaign)
        self.income = chart.margin(campaign)
        self.escrow, self.due = [
            chart.commitment(kind, campaign, commitment)
            for kind in (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE)
        ]

    async def open(self) -> "Books":
        async with self.database.transaction(self.context) as session:
            given = [self.clearing, self.income, self.escrow, self.due]
            await open_accounts(session, self.context, given)
        return self

    async def book(
        self, debit: Account, credit: Account, amount: int, *, pending: bool = False
    ) -> None:
        flags = ledger.TransferFlags.PENDING if pending else ledger.TransferFlags.NONE
        transfer = ledger.Transfer(
            id=new_id(), debit_account_id=debit.id, credit_account_id=credit.id, amount=amount,
            ledger=debit.ledger, code=1, flags=flags, why="A test.", where_to="A test.",
            triggered_by="A test.",
        )  # fmt: skip
        async with self.database.transaction(self.context) as session:
            [result] = await ledger.create_transfers(session, self.context, transfers=[transfer])
        assert result.status is ledger.CreateTransferStatus.CREATED


async def test_money_under_way_is_added_up_by_currency_to_the_unit(
    door: Door, admin: httpx.AsyncClient
) -> None:
    account, tenants = await make_account(admin), [await door.organisation() for _ in range(4)]
    sandbox = await door.organisation(is_sandbox=True)
    path = f"/admin/accounts/{account['id']}/usage"
    assert (await admin.get(path)).json()["money_under_way"] == []
    for tenant in (*tenants[:3], sandbox):
        await put_in_account(door.database, tenant.id, account["id"])
    first, second, dollars, foreign, simulated = [
        await Books(door.database, tenant.id, currency).open()
        for tenant, currency in (
            (tenants[0], "EUR"), (tenants[1], "EUR"), (tenants[1], "USD"), (tenants[3], "EUR"),
            (sandbox, "EUR"),
        )
    ]  # fmt: skip
    large = 9_007_199_254_000_001
    await first.book(first.clearing, first.escrow, large)
    # On its way back it is under way still, and counts once.
    await first.book(first.escrow, first.due, 400)
    await first.book(first.due, first.clearing, 400, pending=True)
    # A capture that nobody has confirmed is none; what the organisation earned is its own.
    await first.book(first.clearing, first.escrow, 77, pending=True)
    await second.book(second.clearing, second.escrow, 5)
    await second.book(second.escrow, second.income, 2)
    await dollars.book(dollars.clearing, dollars.escrow, 700)
    for other in (foreign, simulated):
        await other.book(other.clearing, other.escrow, 1_000_000)
    told = (await admin.get(path)).json()
    assert told["money_under_way"] == [
        {"currency": "EUR", "amount_minor": large + 3},
        {"currency": "USD", "amount_minor": 700},
    ]
    await first.book(first.escrow, first.clearing, large - 400)
    async with door.database.transaction(first.context) as session:
        assert await money_under_way(session, first.context) == {"EUR": 400}
