WITH carts AS (
  SELECT
    user_id,
    conversion_id,
    tracked_asin,
    event_dt_utc AS carted_at
  FROM conversions_all
  WHERE event_subtype = 'shoppingCart'
),
orders AS (
  SELECT
    user_id,
    conversion_id,
    tracked_asin,
    event_dt_utc AS ordered_at
  FROM conversions_all
  WHERE event_subtype = 'order'
),
answered AS (
  SELECT
    c.user_id,
    c.conversion_id,
    c.tracked_asin,
    MAX(IF(o.conversion_id IS NOT NULL, 1, 0)) AS bought
  FROM carts c
  LEFT JOIN orders o ON c.user_id = o.user_id
    AND c.tracked_asin = o.tracked_asin
    AND o.ordered_at >= c.carted_at
    AND SECONDS_BETWEEN(c.carted_at, o.ordered_at) <= 86400 * CUSTOM_PARAMETER('days')
  GROUP BY c.user_id, c.conversion_id, c.tracked_asin
)
SELECT
  tracked_asin,
  COUNT(DISTINCT conversion_id) AS carts,
  SUM(bought) AS bought,
  1 - SUM(bought) / COUNT(DISTINCT conversion_id) AS abandoned_share
FROM answered
GROUP BY tracked_asin
