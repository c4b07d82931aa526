"""Columns that count people, by what the query does and not by what it calls them."""

import pytest

from metatron.apps.amc.language.checking import heads

OWN = "SELECT user_id, campaign, SUM(impressions) AS n FROM dsp_impressions GROUP BY 1, 2"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("COUNT(DISTINCT user_id) AS buyers, SUM(impressions) AS n", {"buyers"}),
        ("APPROX_COUNT_DISTINCT(user_id) AS about", {"about"}),
        ("COUNT(DISTINCT CASE WHEN impressions > 0 THEN user_id END) AS seen", {"seen"}),
        ("COUNT(user_id) AS events, COUNT(*) AS rows_read", set()),
        ("COUNT(DISTINCT request_tag) AS requests", set()),
        ("SUM(impressions) / COUNT(DISTINCT user_id) AS often", {"often"}),
    ],
)
def test_of_a_table(shown: str, expected: set[str]) -> None:
    assert heads(f"SELECT campaign, {shown} FROM dsp_impressions GROUP BY 1") == expected


def test_through_named_queries() -> None:
    text = (
        f"WITH own AS ({OWN}), told AS (SELECT campaign, COUNT(*) AS persons, SUM(n) AS shown "
        "FROM own GROUP BY 1) SELECT SUM(persons) AS total, SUM(shown) AS seen FROM told"
    )
    assert heads(text) == {"total"}


def test_what_cannot_be_read_has_none() -> None:
    assert heads("SELECT FROM") == set()
