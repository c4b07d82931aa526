"""The made-up advertiser: campaigns, products and prices, the same for every seed."""

import datetime as dt
from dataclasses import dataclass

FIRST_DAY = dt.date(2026, 8, 1)
DAYS = 92
"""Ads are served in these days; orders reach back `HISTORY_DAYS` before them."""
HISTORY_DAYS = 400
DSP, SPONSORED = 24, 16
BRANDS = ("Aldermoor", "Brightwell", "Corvane", "Dunholt")
ASINS = 48
TIME_ZONE = "America/New_York"
CURRENCY = "USD"
ADVERTISER = "Northgate Goods"
ADVERTISER_ID = 4_417_003
ENTITY = "ENTITY1NORTHGATE"
_GOALS = ("awareness", "consideration", "purchase")
_PRODUCTS = ("sponsored_products", "sponsored_products", "sponsored_brands", "sponsored_display")

_SHORT = ("SP", "SP", "SB", "SD")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; `number` counts those of its kind from 0, `asin` is what it promotes."""

    number: int
    sponsored: bool

    @property
    def brand(self) -> int:
        """Which brand it advertises."""
        return self.number % len(BRANDS)

    @property
    def name(self) -> str:
        """As the advertiser calls it."""
        if self.sponsored:
            return f"{BRANDS[self.brand]} {_SHORT[self.number % 4]} {self.number + 1:02}"
        medium = ("STV", "OLV", "Display")[self.number % 3]
        return f"{BRANDS[self.brand]} {medium} {self.number + 1:02}"

    @property
    def asin(self) -> int:
        """The product it promotes: one of its brand's."""
        return (self.number * len(BRANDS)) % ASINS + self.brand

    @property
    def first_day(self) -> int:
        """Days from `FIRST_DAY` to its start."""
        return 0 if self.sponsored else (self.number * 7) % 30

    @property
    def days(self) -> int:
        """How long it runs."""
        return DAYS - self.first_day - (0 if self.sponsored else (self.number * 5) % 20)

    @property
    def id(self) -> int:
        """Its number in the Ads API."""
        return (570_000_000_000 if self.sponsored else 390_000_000_000) + self.number * 7_919

    @property
    def console_id(self) -> str:
        """Its id in the console: another one for sponsored ads."""
        return f"A0{self.id % 10**9:09d}SP" if self.sponsored else str(self.id)

    @property
    def goal(self) -> str:
        """What it optimises for."""
        return _GOALS[self.number % 3]

    @property
    def product(self) -> str:
        """The ad product of a sponsored campaign."""
        return _PRODUCTS[self.number % 4]


def campaigns(*, sponsored: bool) -> list[Campaign]:
    """Return the campaigns of one kind by number."""
    return [Campaign(number, sponsored) for number in range(SPONSORED if sponsored else DSP)]


def asin(number: int) -> str:
    """Return a product's ASIN."""
    return f"B0NG{number:06d}"


def price_cents(number: int) -> int:
    """Return a product's price in cents."""
    return 899 + (number * 613) % 9_000
