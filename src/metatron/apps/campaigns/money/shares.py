"""What a release is divided into, to the last minor unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Shares:
    """Minor units that add up to what was released."""

    supplier_minor: int
    fee_minor: int
    tax_minor: int


def largest_remainder(exact: Sequence[Fraction], total: int) -> list[int]:
    """Round `exact` (>= 0, their sum `total`) to whole numbers that add up to `total`.

    Each is rounded down; what is left goes to the largest remainders, ties by position. Source:
    M. Balinski, H. P. Young, "Fair Representation" (1982), the method of Hamilton.
    """
    assert sum(exact) == total
    floors = [value.numerator // value.denominator for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for at in by_remainder[: total - sum(floors)]:
        floors[at] += 1
    return floors


def divide(
    released_minor: int,
    count: Fraction | int,
    *,
    basis_points: int,
    fixed_minor: int,
    tax_basis_points: int,
) -> Shares:
    """Divide a release of `count` commitments into the supplier's part, fee and tax on the fee.

    The fee is `basis_points` of the release and `fixed_minor` for each commitment, of which a
    release in parts makes a fraction; at least one minor unit is the supplier's.
    """
    fee = Fraction(released_minor * basis_points, 10_000) + fixed_minor * count
    tax_rate = Fraction(tax_basis_points, 10_000)
    fee = min(fee, (released_minor - 1) / (1 + tax_rate))
    tax = fee * tax_rate
    supplier, fee_minor, tax_minor = largest_remainder(
        [released_minor - fee - tax, fee, tax], released_minor
    )
    return Shares(supplier, fee_minor, tax_minor)
