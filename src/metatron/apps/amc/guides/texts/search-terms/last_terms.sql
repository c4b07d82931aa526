WITH clicks AS (
  SELECT
    user_id,
    customer_search_term AS term,
    event_dt_utc AS clicked_at
  FROM sponsored_ads_traffic
  WHERE user_id IS NOT NULL
    AND clicks = 1
),
orders AS (
  SELECT
    user_id,
    conversion_id,
    event_dt_utc AS ordered_at
  FROM conversions
  WHERE event_subtype = 'order'
),
ranked AS (
  SELECT
    o.conversion_id,
    c.term,
    ROW_NUMBER() OVER (PARTITION BY o.conversion_id ORDER BY c.clicked_at DESC) AS from_last
  FROM orders o
  JOIN clicks c ON o.user_id = c.user_id
    AND c.clicked_at <= o.ordered_at
    AND SECONDS_BETWEEN(c.clicked_at, o.ordered_at) <= 1209600
)
SELECT
  term,
  COUNT(DISTINCT conversion_id) AS orders,
  SUM(IF(from_last = 1, 1, 0)) AS orders_as_last_term
FROM ranked
GROUP BY term
