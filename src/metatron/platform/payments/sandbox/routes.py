"""The provider's API, version 1."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from metatron.platform.payments.sandbox import (
    authorisations,
    balance,
    daily_statement,
    disputes,
    faults,
    idempotency,
    payouts,
    refunds,
    resources,
)
from metatron.platform.payments.sandbox.desk import (
    Desk,
    Key,
    OpenDesk,
    demand_secret_key,
    perform,
    suffer,
)
from metatron.platform.payments.sandbox.idempotency import Write
from metatron.platform.payments.sandbox.schemas import (
    AuthorisationBody,
    CaptureBody,
    EvidenceBody,
    PayoutBody,
    RefundBody,
    VoidBody,
)

router = APIRouter(prefix="/v1", dependencies=[Depends(demand_secret_key)])

type Collection = Literal["authorisations", "refunds", "payouts"]
KeyQuery = Annotated[str, Query(min_length=1, max_length=255)]


async def read_fault(desk: OpenDesk) -> None:
    """Fail a read when a fault was scripted for it."""
    await suffer(desk, faults.draw(desk.store, "read"))


reads = APIRouter(dependencies=[Depends(read_fault)])


@router.post("/authorisations", status_code=201)
async def authorise(desk: OpenDesk, key: Key, body: AuthorisationBody) -> JSONResponse:
    """Hold an amount, or capture it at once."""
    store = desk.store
    return await perform(
        desk, key, Write("authorise", body), lambda f: authorisations.authorise(store, key, body, f)
    )


@router.post("/authorisations/{resource_id}/capture", status_code=201)
async def capture(
    desk: OpenDesk, key: Key, resource_id: str, body: CaptureBody | None = None
) -> JSONResponse:
    """Take a held amount, or part of it, into escrow."""
    store, given = desk.store, body or CaptureBody()
    return await perform(
        desk,
        key,
        Write("capture", given, resource_id),
        lambda f: authorisations.capture(store, resource_id, key, given, f),
    )


@router.post("/authorisations/{resource_id}/void", status_code=201)
async def void(
    desk: OpenDesk, key: Key, resource_id: str, body: VoidBody | None = None
) -> JSONResponse:
    """Let a held amount go."""
    store, given = desk.store, body or VoidBody()
    return await perform(
        desk,
        key,
        Write("void", given, resource_id),
        lambda f: authorisations.void(store, resource_id, key, f),
    )


@router.post("/refunds", status_code=201)
async def refund(desk: OpenDesk, key: Key, body: RefundBody) -> JSONResponse:
    """Return captured money to the method it came from."""
    wait = desk.settings.settlement_seconds
    return await perform(
        desk,
        key,
        Write("refund", body),
        lambda f: refunds.refund(desk.store, key, body, f, settlement_seconds=wait),
    )


@router.post("/payouts", status_code=201)
async def pay_out(desk: OpenDesk, key: Key, body: PayoutBody) -> JSONResponse:
    """Pay out of escrow."""
    wait = desk.settings.settlement_seconds
    return await perform(
        desk,
        key,
        Write("payout", body),
        lambda f: payouts.pay_out(desk.store, key, body, f, settlement_seconds=wait),
    )


@router.post("/disputes/{resource_id}/evidence", status_code=201)
async def give_evidence(
    desk: OpenDesk, key: Key, resource_id: str, body: EvidenceBody
) -> JSONResponse:
    """Take evidence against a dispute."""
    return await perform(
        desk,
        key,
        Write("dispute_evidence", body, resource_id),
        lambda _: disputes.take_evidence(desk.store, resource_id, body.explanation),
    )


@reads.get("/{collection}")
async def by_key(desk: OpenDesk, collection: Collection, idempotency_key: KeyQuery) -> Any:
    """Return the object a request with this key made, in a list of none or one."""
    return resources.with_key(desk.store, collection.removesuffix("s"), idempotency_key)


@reads.get("/{collection}/{resource_id}")
async def by_id(
    desk: OpenDesk,
    collection: Literal["authorisations", "refunds", "payouts", "disputes"],
    resource_id: str,
) -> Any:
    """Return one object."""
    return resources.show(desk.store, collection.removesuffix("s"), resource_id)


@router.get("/requests/{idempotency_key}", dependencies=[Depends(read_fault)])
async def request_trace(desk: OpenDesk, idempotency_key: str) -> Any:
    """Return what became of the write with this key; 404 when there is no trace of it."""
    return idempotency.trace(desk.store, idempotency_key)


@router.get("/balance", dependencies=[Depends(read_fault)])
async def read_balance(desk: OpenDesk) -> Any:
    """Return the escrow balance of each currency."""
    return balance.balance(desk.store)


@router.get("/statements", dependencies=[Depends(read_fault)])
async def read_statement(desk: OpenDesk, on: Annotated[date, Query(alias="date")]) -> Any:
    """Return the lines of one UTC day."""
    return daily_statement.statement(desk.store, on)


@router.get("/account")
async def account(desk: OpenDesk) -> Any:
    """Return who this provider is; a page shows its name while it is not live."""
    return account_of(desk)


def account_of(desk: Desk) -> dict[str, Any]:
    """Return the account document."""
    return {
        "object": "account",
        "id": f"acct_{desk.store.seed:x}",
        "name": "Local escrow sandbox",
        "livemode": False,
        "currencies": sorted(balance.CURRENCIES),
    }


router.include_router(reads)
