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
    event_dt_utc AS ordered_at
  FROM conversions_all
  WHERE event_subtype = 'order'
),
pairs AS (
  SELECT
    o.conversion_id,
    t.campaign,
    ROW_NUMBER() OVER (PARTITION BY o.conversion_id ORDER BY t.touched_at) AS from_first,
    ROW_NUMBER() OVER (PARTITION BY o.conversion_id ORDER BY t.touched_at DESC) AS from_last,
    COUNT(*) OVER (PARTITION BY o.conversion_id) AS touches
  FROM orders o
  JOIN touches t ON o.user_id = t.user_id
    AND t.touched_at <= o.ordered_at
    AND SECONDS_BETWEEN(t.touched_at, o.ordered_at) <= 86400 * CUSTOM_PARAMETER('days')
)
SELECT
  campaign,
  SUM(
    CASE
      WHEN touches = 1 THEN 1
      WHEN touches = 2 THEN 0.5
      WHEN from_first = 1 OR from_last = 1 THEN CUSTOM_PARAMETER('edge')
      ELSE (1 - 2 * CUSTOM_PARAMETER('edge')) / (touches - 2)
    END
  ) AS orders
FROM pairs
GROUP BY campaign
