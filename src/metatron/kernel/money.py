"""Money is an integer of minor units and an ISO 4217 code; this is how it is split and checked."""

from collections.abc import Sequence
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision

MAX_API_AMOUNT = 2**53 - 1
"""The largest amount the API accepts: what every JSON reader holds exactly."""


def is_currency(code: str) -> bool:
    """Tell whether `code` is an ISO 4217 currency that is money somewhere today (upper case)."""
    return len(code) == 3 and code.isupper() and code in _currencies()


@cache
def _currencies() -> frozenset[str]:
    """Return the currencies of CLDR that are legal tender of a territory and were not retired."""
    used = get_global("territory_currencies").values()
    return frozenset(
        code for periods in used for code, _, ended, tender in periods if tender and ended is None
    )


def minor_digits(currency: str) -> int:
    """Return how many decimal digits the currency's minor unit has (EUR 2, JPY 0, KWD 3)."""
    return int(get_currency_precision(currency))


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` minor units by `weights` with the largest remainder method.

    The parts sum exactly to `total`; each differs from its exact share by less than one unit.
    Ties go to the earlier position. A negative total is split as its mirror image.

    Args:
        total: minor units to split.
        weights: one non-negative integer a part, at least one of them positive.

    Raises:
        ValueError: weights are empty, negative or all zero.

    Source: Hamilton's method, as in Balinski and Young, "Fair Representation" (1982).
    """
    whole = sum(weights)
    if not weights or min(weights) < 0 or whole <= 0:
        message = "weights must be non-negative with a positive sum"
        raise ValueError(message)
    if total < 0:
        return [-part for part in allocate(-total, weights)]
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
