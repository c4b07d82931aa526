"""What the provider charges for its work: nothing, until the control desk sets a schedule."""

import json

from metatron.platform.payments.sandbox import balance, resources
from metatron.platform.payments.sandbox.events import announce
from metatron.platform.payments.sandbox.schemas import FeesBody
from metatron.platform.payments.sandbox.store import Row, Store

KIND = "fee"
_META = "fee_schedule"


def set_schedule(store: Store, body: FeesBody) -> None:
    """Charge by `body` from now on."""
    store.set_meta(_META, body.model_dump_json())


def schedule(store: Store) -> FeesBody:
    """Return what is charged now."""
    kept = store.meta(_META)
    return FeesBody() if kept is None else FeesBody.model_validate_json(kept)


def dispute_fee_minor(store: Store, usual_minor: int) -> int:
    """Return the fee of a dispute in minor units: the schedule's, else the usual one."""
    fixed = schedule(store).dispute_minor
    return usual_minor if fixed is None else fixed


def charge(store: Store, charged_for: str, resource: Row, amount_minor: int) -> None:
    """Charge the fee due for moving `amount_minor`; a line and a webhook of its own tell of it."""
    rate = getattr(schedule(store), charged_for)
    fee = rate.fixed_minor + amount_minor * rate.rate_bp // 10_000
    if not fee:
        return
    fee_id = store.new_id("fee")
    store.insert(
        KIND,
        {
            "id": fee_id,
            "source": resource["id"],
            "charged_for": charged_for,
            "amount_minor": fee,
            "currency": resource["currency"],
            "metadata": json.dumps(resource["metadata"]),
            "created_at": store.now(),
        },
    )
    balance.post(store, fee_id, KIND, -fee, resource["currency"])
    announce(store, "fee.charged", resources.show(store, KIND, fee_id), idempotency_key=None)
