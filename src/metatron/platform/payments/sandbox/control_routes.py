"""The control desk: scripted faults and what a person does in the provider's own dashboard."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path

from metatron.platform.payments.sandbox import (
    authorisations,
    disputes,
    faults,
    fees,
    payouts,
    refunds,
    resources,
    sender,
    signing,
)
from metatron.platform.payments.sandbox.desk import OpenDesk, demand_secret_key, settle_late
from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.schemas import (
    LARGEST_AMOUNT,
    AmountBody,
    CaptureBody,
    ClockBody,
    EndpointBody,
    FaultsBody,
    FeesBody,
    HeldClockBody,
    RefundBody,
    SecretBody,
)

DeliveryId = Annotated[int, Path(ge=1, le=LARGEST_AMOUNT)]

router = APIRouter(prefix="/control", dependencies=[Depends(demand_secret_key)])


@router.post("/faults")
async def script_faults(desk: OpenDesk, body: FaultsBody) -> Any:
    """Replace the scripted faults."""
    faults.script(desk.store, body)
    return await read_faults(desk)


@router.get("/faults")
async def read_faults(desk: OpenDesk) -> Any:
    """Return the scripted faults and how often each was decided."""
    return {"data": desk.store.rows("select * from fault_rule order by id")}


@router.delete("/faults", status_code=204)
async def clear_faults(desk: OpenDesk) -> None:
    """Remove the scripted faults."""
    faults.clear(desk.store)


@router.post("/fees")
async def set_fees(desk: OpenDesk, body: FeesBody) -> Any:
    """Set what the provider charges from now on."""
    fees.set_schedule(desk.store, body)
    return await read_fees(desk)


@router.get("/fees")
async def read_fees(desk: OpenDesk) -> Any:
    """Return what the provider charges."""
    return fees.schedule(desk.store).model_dump()


@router.post("/authorisations/{resource_id}/refund", status_code=201)
async def refund_by_hand(desk: OpenDesk, resource_id: str, body: AmountBody) -> Any:
    """Refund as a person does in the dashboard: without a key, told by webhook only."""
    with desk.store.transaction():
        row = resources.find(desk.store, "authorisation", resource_id)
        left = row["amount_captured_minor"] - row["amount_refunded_minor"]
        amount = body.amount_minor or max(left, 1)
        order = RefundBody(authorisation=resource_id, amount_minor=amount)
        wait = desk.settings.settlement_seconds
        done = refunds.refund(desk.store, None, order, origin="dashboard", settlement_seconds=wait)
    return done.answer


@router.post("/authorisations/{resource_id}/capture", status_code=201)
async def capture_by_hand(desk: OpenDesk, resource_id: str, body: AmountBody) -> Any:
    """Capture a held amount as a person does in the dashboard."""
    order = CaptureBody(amount_minor=body.amount_minor)
    with desk.store.transaction():
        return authorisations.capture(desk.store, resource_id, None, order, None).answer


@router.post("/authorisations/{resource_id}/void", status_code=201)
async def void_by_hand(desk: OpenDesk, resource_id: str) -> Any:
    """Let a held amount go as a person does in the dashboard."""
    with desk.store.transaction():
        return authorisations.void(desk.store, resource_id, None).answer


@router.post("/authorisations/{resource_id}/dispute", status_code=201)
async def open_dispute(desk: OpenDesk, resource_id: str, body: AmountBody) -> Any:
    """Let the member's bank dispute a captured payment."""
    fee = fees.dispute_fee_minor(desk.store, desk.settings.dispute_fee_minor)
    with desk.store.transaction():
        return disputes.open_dispute(desk.store, resource_id, body.amount_minor, fee_minor=fee)


@router.post("/disputes/{resource_id}/{outcome}")
async def close_dispute(desk: OpenDesk, resource_id: str, outcome: Literal["won", "lost"]) -> Any:
    """Decide an open dispute."""
    with desk.store.transaction():
        return disputes.close_dispute(desk.store, resource_id, won=outcome == "won")


@router.post("/payouts/{resource_id}/return")
async def return_payout(desk: OpenDesk, resource_id: str) -> Any:
    """Let a paid payout come back."""
    with desk.store.transaction():
        return payouts.return_paid(desk.store, resource_id)


@router.post("/clock/advance")
async def advance_clock(desk: OpenDesk, body: ClockBody) -> Any:
    """Set the provider's clock ahead and settle what is due by then."""
    offset = float(desk.store.meta("clock_offset_seconds") or 0) + body.seconds
    desk.store.set_meta("clock_offset_seconds", str(offset))
    settled = settle_late(desk) + sender.settle_due(desk.store)
    return {"offset_seconds": offset, "settled": settled}


@router.post("/clock/hold")
async def hold_clock(desk: OpenDesk, body: HeldClockBody) -> Any:
    """Let the provider's clock stand still at an instant: time passes by `clock/advance` only."""
    with desk.store.transaction():
        desk.store.set_meta("clock_held_at", str(body.at.timestamp()))
        desk.store.set_meta("clock_offset_seconds", "0")
    return {"at": body.at}


@router.post("/webhook_endpoint")
async def set_endpoint(desk: OpenDesk, body: EndpointBody) -> Any:
    """Set where webhooks go."""
    desk.store.set_meta("webhook_url", body.url or "")
    return {"url": body.url}


@router.post("/webhook_secrets/rotate")
async def rotate_secret(desk: OpenDesk, body: SecretBody) -> Any:
    """Put a new webhook secret in front; both sign until the old one is retired."""
    signing.rotate(desk.store, body.secret)
    return {"live": len(signing.live_secrets(desk.store))}


@router.post("/webhook_secrets/retire")
async def retire_secret(desk: OpenDesk) -> Any:
    """End the old webhook secret."""
    signing.retire(desk.store)
    return {"live": len(signing.live_secrets(desk.store))}


@router.get("/deliveries")
async def read_deliveries(desk: OpenDesk) -> Any:
    """Return the last 200 webhook deliveries, newest first."""
    rows = desk.store.rows(
        "select delivery.*, event.type from delivery join event on event.id = delivery.event_id"
        " order by delivery.id desc limit 200"
    )
    return {"data": rows}


@router.post("/deliveries/{delivery_id}/resend")
async def resend(desk: OpenDesk, delivery_id: DeliveryId) -> Any:
    """Queue a delivery again, as the dashboard's button does."""
    if desk.store.row("select id from delivery where id = ?", delivery_id) is None:
        raise Refusal(404, "no_such_delivery", f"There is no delivery {delivery_id}.")
    desk.store.execute(
        "update delivery set state = 'pending', due_at = ?, attempts = 0 where id = ?",
        desk.store.now(),
        delivery_id,
    )
    return {"id": delivery_id}
