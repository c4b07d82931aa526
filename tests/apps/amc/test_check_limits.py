"""The static check bears any text: what would take minutes is refused, or helped less."""

import pytest

from metatron.apps.amc.language.checking import MOST_TABLES, Checking, check
from metatron.apps.amc.language.scope import MOST_HELPED

MANY = ", ".join(f"kampain{number}" for number in range(100))


def test_who_errs_all_over_gets_no_suggestion_for_each() -> None:
    found = check(f"SELECT {MANY} FROM dsp_views", Checking()).report.findings
    helped = [each for each in found if "did you mean" in each.message]
    assert len(found) >= 100
    assert 1 <= len(helped) <= MOST_HELPED


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(*) AS n FROM dsp_views AS t0"
        + "".join(f" JOIN dsp_views AS t{n} ON t{n}.campaign = t0.campaign" for n in range(1, 102)),
        "SELECT SUM(" + "1+" * 11_000 + "1) AS n FROM dsp_views",
        "SELECT " + ", ".join(["campaign"] * 11_000) + " FROM dsp_views",
    ],
)
def test_what_is_larger_than_any_query_is_refused(text: str) -> None:
    checked = check(text, Checking())
    assert checked.refused
    assert [each.code for each in checked.report.findings] == ["AMC022"]


def test_a_large_query_is_looked_at() -> None:
    joins = "".join(
        f" JOIN dsp_views AS t{n} ON t{n}.campaign = t0.campaign" for n in range(1, MOST_TABLES)
    )
    checked = check(f"SELECT COUNT(*) AS n FROM dsp_views AS t0{joins}", Checking())
    assert "AMC022" not in {each.code for each in checked.report.findings}
