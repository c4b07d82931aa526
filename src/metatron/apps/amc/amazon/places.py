"""Where Amazon is: by region, or the local stand-in. Nothing else tells the two apart."""

from dataclasses import dataclass
from typing import Literal

type Region = Literal["na", "eu", "fe"]
REGIONS: tuple[Region, ...] = ("na", "eu", "fe")


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses without a trailing slash: the API, the consent page, the token endpoint."""

    api: str
    consent: str
    token: str


AMAZON: dict[Region, Places] = {
    "na": Places(
        "https://advertising-api.amazon.com",
        "https://www.amazon.com/ap/oa",
        "https://api.amazon.com/auth/o2/token",
    ),
    "eu": Places(
        "https://advertising-api-eu.amazon.com",
        "https://eu.account.amazon.com/ap/oa",
        "https://api.amazon.co.uk/auth/o2/token",
    ),
    "fe": Places(
        "https://advertising-api-fe.amazon.com",
        "https://apac.account.amazon.com/ap/oa",
        "https://api.amazon.co.jp/auth/o2/token",
    ),
}

# Amazon Ads, API reference, "Marketplace IDs".
COUNTRIES = {
    "ATVPDKIKX0DER": "US",
    "A2EUQ1WTGCTBG2": "CA",
    "A1AM78C64UM0Y8": "MX",
    "A2Q3Y263D00KWC": "BR",
    "A1F83G8C2ARO7P": "GB",
    "A1PA6795UKMFR9": "DE",
    "A13V1IB3VIYZZH": "FR",
    "APJ6JRA9NG5V4": "IT",
    "A1RKKUPIHCS9HS": "ES",
    "A1805IZSGTT6HS": "NL",
    "A2NODRKZP88ZB9": "SE",
    "A33AVAJ2PDY3EV": "TR",
    "A17E79C6D8DWNP": "SA",
    "A2VIGQ35RCS4UG": "AE",
    "A39IBJ37TRP1C6": "AU",
    "A1VC38T7YXB528": "JP",
    "A21TJRUUN4KGV": "IN",
}


def stand_in(base: str) -> Places:
    """Return the addresses of a local AMC at `base`."""
    return Places(base, f"{base}/ap/oa", f"{base}/auth/o2/token")


def country_of(marketplace_id: str) -> str | None:
    """Return a marketplace's country (ISO 3166), None for one we do not know."""
    return COUNTRIES.get(marketplace_id)
