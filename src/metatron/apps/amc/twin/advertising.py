"""What the Ads API lists: profiles, and the campaigns and ads of the made-up advertiser."""

import json
import zlib
from typing import Any, Literal

from metatron.apps.amc.sandbox import world
from metatron.apps.amc.sandbox.world import Campaign
from metatron.apps.amc.twin.desk import Desk
from metatron.apps.amc.twin.store import Row

type Product = Literal["sponsored_products", "sponsored_brands", "sponsored_display"]
_COUNTRIES = {"ATVPDKIKX0DER": ("US", "USD"), "A1PA6795UKMFR9": ("DE", "EUR")}
PAUSED_EVERY = 5


def profiles(desk: Desk, user_id: str) -> list[dict[str, Any]]:
    """Return the profiles of somebody: one for each account they may use."""
    rows = desk.store.rows(
        "select a.* from account a join may_use using (account_id) where user_id = ?"
        " order by account_id",
        user_id,
    )
    return [_profile(row) for row in rows]


def _profile(row: Row) -> dict[str, Any]:
    country, currency = _COUNTRIES.get(row["marketplace_id"], ("US", "USD"))
    return {
        "profileId": zlib.crc32(row["account_id"].encode()),
        "countryCode": country, "currencyCode": currency,
        "accountInfo": {
            "marketplaceStringId": row["marketplace_id"], "id": row["account_id"],
            "type": "vendor", "name": row["account_name"],
        },
    }  # fmt: skip


def campaigns(product: Product, states: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the campaigns of an ad product; states in capitals."""
    return [
        {
            "campaignId": str(each.id),
            "name": each.name,
            "state": _state(each),
            "startDate": world.FIRST_DAY.isoformat(),
        }
        for each in _of(product)
        if states is None or _state(each) in states
    ]


def product_ads(product: Product, states: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the ads of an ad product, each for one product of the catalogue."""
    return [
        {**_ids(each), "asin": world.asin(each.asin), "state": _state(each)}
        for each in _of(product)
        if states is None or _state(each) in states
    ]


def _ids(each: Campaign) -> dict[str, str]:
    return {"adId": f"{each.id}01", "campaignId": str(each.id), "adGroupId": f"{each.id}1"}


def as_display(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows as Sponsored Display words them: numbers as ids, states in small letters."""
    told = json.loads(json.dumps(rows))
    for row in told:
        row["state"] = row["state"].lower()
        row |= {name: int(row[name]) for name in ("campaignId", "adId", "adGroupId") if name in row}
    return list(told)


def _of(product: Product) -> list[Campaign]:
    return [each for each in world.campaigns(sponsored=True) if each.product == product]


def _state(each: Campaign) -> str:
    return "PAUSED" if each.number % PAUSED_EVERY == PAUSED_EVERY - 1 else "ENABLED"
