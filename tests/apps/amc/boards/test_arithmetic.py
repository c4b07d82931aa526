"""What measures come to: never a mean of ratios, never people added up, never 0 % from nothing."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from metatron.apps.amc.boards.arithmetic import Change, Worth, change, worth
from metatron.apps.amc.boards.assembling import Material, measure_figures, number
from metatron.apps.amc.boards.measures import Figures, Four, Measure

ONE, OTHER = UUID(int=1), UUID(int=2)
MONDAY = dt.datetime(2026, 8, 3)  # noqa: DTZ001 - wall clock
WEEK = dt.timedelta(days=7)
CTR = Measure("ctr", "ratio", numerator="clicks", denominator="impressions")
REACH = Measure("reach", "distinct", "reach")
CLICKS = Measure("clicks", "sum", "clicks")


def held(week: int, client: UUID = ONE, **sums: int | None) -> Figures:
    """A week's figures, each column with one value."""
    columns: dict[str, Four] = {
        name: (None, 0, None, None) if value is None
        else (Decimal(value), 1, Decimal(value), Decimal(value))
        for name, value in sums.items()
    }  # fmt: skip
    start = MONDAY + WEEK * week
    return Figures(UUID(int=100 + week), client, start, start + WEEK, False, columns)


def test_a_ratio_is_the_ratio_of_sums() -> None:
    weeks = [held(0, clicks=1, impressions=10), held(1, clicks=1, impressions=30)]
    assert worth(CTR, weeks).value == Decimal("0.05")
    mean = (Decimal(1) / 10 + Decimal(1) / 30) / 2
    assert worth(CTR, weeks).value != mean


def test_a_ratio_to_nothing_is_no_number() -> None:
    assert worth(CTR, [held(0, clicks=1, impressions=0)]).value is None
    assert worth(CTR, [held(0, clicks=None, impressions=5)]).value is None
    assert worth(CTR, []).value is None
    cpm = Measure("cpm", "ratio", None, "cost", "impressions", Decimal(1000))
    assert worth(cpm, [held(0, cost=5, impressions=2000)]).value == Decimal("2.5")


def test_people_are_not_added_up_over_weeks() -> None:
    weeks = [held(0, reach=60), held(1, reach=40)]
    assert worth(REACH, weeks) == Worth(None, "reach")
    assert worth(REACH, weeks[:1]) == Worth(Decimal(60))


def test_people_are_not_added_up_over_clients_or_rows() -> None:
    assert worth(REACH, [held(0, reach=60), held(0, OTHER, reach=40)]) == Worth(None, "reach")
    rows: dict[str, Four] = {"reach": (Decimal(100), 2, Decimal(40), Decimal(60))}
    several = Figures(UUID(int=9), ONE, MONDAY, MONDAY + WEEK, False, rows)
    assert worth(REACH, [several]) == Worth(None, "reach")
    assert worth(REACH, [held(0, clicks=4)]) == Worth()


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=20), st.booleans())
def test_no_set_of_reaches_has_a_total(reaches: list[int], by_client: bool) -> None:
    sets = [
        held(0, UUID(int=place), reach=value) if by_client else held(place, reach=value)
        for place, value in enumerate(reaches)
    ]
    assert worth(REACH, sets).value is None


def test_a_change_from_nothing_is_new_and_not_a_percentage() -> None:
    assert change(Decimal(5), Decimal(0)) == Change("new")
    assert change(Decimal(0), Decimal(0)) == Change("none")
    assert change(Decimal(5), None) == Change("none")
    assert change(None, Decimal(5)) == Change("none")
    assert change(Decimal(0), Decimal(5)) == Change("percent", Decimal(-100))
    assert change(Decimal(6), Decimal(5)) == Change("percent", Decimal(20))
    assert change(Decimal(-4), Decimal(-8)) == Change("percent", Decimal(50))
    assert change(Decimal(5), Decimal(5)) == Change("percent", Decimal(0))


whole = st.decimals(-(10**9), 10**9, places=2)


@given(whole, whole)
def test_a_change_leads_back(total: Decimal, base: Decimal) -> None:
    found = change(total, base)
    assert (found.kind == "percent") == (base != 0)
    if found.value is not None:
        back = base + abs(base) * found.value / 100
        assert abs(back - total) < Decimal("1e-9") * max(abs(total), abs(base))


def test_the_last_is_of_one_client_alone() -> None:
    last = Measure("rate", "last", "rate")
    assert worth(last, [held(1, rate=7), held(0, rate=9)]) == Worth(Decimal(7))
    assert worth(last, [held(0, rate=7), held(0, OTHER, rate=9)]) == Worth(None, "rate")


def test_least_and_greatest() -> None:
    weeks = [held(0, cost=3), held(1, OTHER, cost=9), held(2, cost=None), held(3)]
    assert worth(Measure("a", "minimum", "cost"), weeks).value == 3
    assert worth(Measure("b", "maximum", "cost"), weeks).value == 9
    assert worth(Measure("c", "sum", "cost"), weeks).value == 12
    assert worth(Measure("d", "sum", "cost"), weeks[2:]).value is None


def test_sums_are_exact() -> None:
    large = [held(week, cost=10**30 + week) for week in range(3)]
    assert worth(Measure("a", "sum", "cost"), large).value == 3 * 10**30 + 3
    assert number(Decimal(2**53 - 1)) == 2**53 - 1
    assert number(Decimal("0.1")) == 0.1
    assert isinstance(number(Decimal("3.00")), int)


def test_figures_of_clients_with_a_comparison() -> None:
    clients = [{"id": str(ONE), "name": "One"}, {"id": str(OTHER), "name": "Other"}]
    now = [held(2, clicks=30, reach=5), held(3, clicks=20, reach=6), held(3, OTHER, clicks=7)]
    before = [held(0, clicks=25, reach=4)]
    told = measure_figures(CLICKS, Material(now, before, clients, None))
    assert (told["total"], told["base"]) == (57, 25)
    assert told["change"] == {"kind": "percent", "value": 128}
    assert [point["value"] for point in told["series"]] == [30, 27]
    assert [len(point["segment_ids"]) for point in told["series"]] == [1, 2]
    assert [(each["total"], each["base"]) for each in told["clients"]] == [(50, 25), (7, None)]
    assert [each["change"]["kind"] for each in told["clients"]] == ["percent", "none"]
    assert told["clients"][0]["series"] is None
    reach = measure_figures(REACH, Material(now, before, clients, None))
    assert (reach["total"], reach["base"], reach["reason"]) == (None, 4, "reach")
    assert reach["change"] == {"kind": "none", "value": None}
    assert [point["value"] for point in reach["clients"][0]["series"]] == [5, 6]
