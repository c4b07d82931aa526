WITH touches AS (
  SELECT
    user_id,
    campaign,
    impression_dt_utc AS touched_at
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
),
orders AS (
  SELECT
    user_id,
    conversion_id,
    event_dt_utc AS ordered_at,
    total_product_sales AS sales
  FROM conversions_all
  WHERE event_subtype = 'order'
),
pairs AS (
  SELECT
    o.conversion_id,
    o.sales,
    t.campaign,
    COUNT(*) OVER (PARTITION BY o.conversion_id) AS touches
  FROM orders o
  JOIN touches t ON o.user_id = t.user_id
    AND t.touched_at <= o.ordered_at
    AND SECONDS_BETWEEN(t.touched_at, o.ordered_at) <= 86400 * CUSTOM_PARAMETER('days')
)
SELECT
  campaign,
  SUM(1 / touches) AS orders,
  SUM(sales / touches) AS sales
FROM pairs
GROUP BY campaign
