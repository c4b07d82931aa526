"""The escrow account itself: entries and balances."""

from datetime import UTC, datetime
from typing import Any

from metatron.platform.payments.sandbox.problems import Refusal
from metatron.platform.payments.sandbox.store import Store

CURRENCIES = frozenset(
    {
        *("AED", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP"),
        *("HUF", "INR", "JPY", "KWD", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "TND", "TRY"),
        *("USD", "ZAR"),
    }
)


def demand_currency(currency: str) -> None:
    """Refuse a currency this provider does not keep accounts in."""
    if currency not in CURRENCIES:
        raise Refusal(400, "currency_unsupported", f"No escrow account is kept in {currency}.")


def post(store: Store, ref: str, kind: str, amount_minor: int, currency: str) -> None:
    """Book `amount_minor` (signed, minor units) against the escrow account."""
    now = store.now()
    store.insert(
        "entry",
        {
            "ref": ref,
            "kind": kind,
            "amount_minor": amount_minor,
            "currency": currency,
            "value_date": datetime.fromtimestamp(now, UTC).date().isoformat(),
            "created_at": now,
        },
    )


def available_minor(store: Store, currency: str) -> int:
    """Return what the escrow account holds, in minor units."""
    found = store.row(
        "select coalesce(sum(amount_minor), 0) as total from entry where currency = ?", currency
    )
    assert found is not None
    return int(found["total"])


def demand_available(store: Store, amount_minor: int, currency: str) -> None:
    """Refuse to pay out more than the escrow account holds."""
    if available_minor(store, currency) < amount_minor:
        detail = f"The escrow account holds less than {amount_minor} {currency}."
        raise Refusal(402, "balance_insufficient", detail)


def balance(store: Store) -> dict[str, Any]:
    """Return the balance of each currency."""
    rows = store.rows(
        "select currency, sum(amount_minor) as amount_minor from entry"
        " group by currency order by currency"
    )
    return {"object": "balance", "livemode": False, "available": rows}
