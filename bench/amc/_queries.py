"""The queries that are measured."""

import datetime as dt

from metatron.apps.amc.language.checking import Window

WINDOW = Window(dt.datetime.fromisoformat("2026-08-01"), dt.datetime.fromisoformat("2026-11-01"))
PATHS = """
WITH touches AS (
  SELECT user_id, campaign, MIN(impression_dt_utc) AS first_at, SUM(impressions) AS shown
  FROM dsp_impressions WHERE user_id IS NOT NULL GROUP BY 1, 2
  UNION ALL
  SELECT user_id, campaign, MIN(event_dt_utc) AS first_at, SUM(impressions) AS shown
  FROM sponsored_ads_traffic WHERE user_id IS NOT NULL GROUP BY 1, 2
), orders AS (
  SELECT user_id, MIN(event_dt_utc) AS bought_at, SUM(conversions) AS orders,
    SUM(total_product_sales) AS sales
  FROM conversions WHERE event_subtype = 'order' GROUP BY user_id
), ranked AS (
  SELECT t.user_id, t.campaign, t.shown,
    ROW_NUMBER() OVER (PARTITION BY t.user_id ORDER BY t.first_at) AS place
  FROM touches t LEFT JOIN orders o ON t.user_id = o.user_id
  WHERE o.bought_at IS NULL OR t.first_at <= o.bought_at
), paths AS (
  SELECT user_id, ARRAY_SORT(COLLECT(NAMED_ROW('place', place, 'campaign', campaign))) AS path,
    SUM(shown) AS shown
  FROM ranked WHERE place <= 5 GROUP BY user_id
)
SELECT p.path, COUNT(DISTINCT p.user_id) AS reach, SUM(p.shown) AS impressions,
  SUM(o.orders) AS orders, SUM(o.sales) AS sales
FROM paths p LEFT JOIN orders o ON p.user_id = o.user_id GROUP BY p.path
"""
PATHS_OF_POSTGRES = (
    PATHS.replace(
        "ARRAY_SORT(COLLECT(NAMED_ROW('place', place, 'campaign', campaign)))",
        "ARRAY_AGG(campaign ORDER BY place)",
    )
    .strip()
)  # fmt: skip
GROUPED = """
SELECT campaign, device_type, impression_date_utc, SUM(impressions) AS n,
  SUM(total_cost) / 100000 AS cost
FROM dsp_impressions GROUP BY 1, 2, 3
"""


def long_query(mark: str = "part") -> str:
    """Return about 300 lines: 24 named queries over wide tables; `mark` makes it another."""
    parts = [
        f"c{number} AS (\n  SELECT\n    user_id,\n    campaign,\n    campaign_id_string,\n"
        "    SUM(impressions) AS impressions,\n    SUM(total_cost) / 100000 AS cost\n"
        f"  FROM dsp_impressions\n  WHERE campaign SIMILAR TO '(?i){mark}{number}'\n"
        "    AND user_id IS NOT NULL\n  GROUP BY user_id, campaign, campaign_id_string\n)"
        for number in range(24)
    ]
    shown = ",\n  ".join(f"SUM(c{number}.impressions) AS i{number}" for number in range(6))
    joins = "\n".join(f"LEFT JOIN c{n} ON c0.user_id = c{n}.user_id" for n in range(1, 6))
    with_ = ",\n".join(parts)
    return (
        f"WITH {with_}\nSELECT\n  c0.campaign,\n  {shown}\nFROM c0\n{joins}\nGROUP BY c0.campaign\n"
    )
