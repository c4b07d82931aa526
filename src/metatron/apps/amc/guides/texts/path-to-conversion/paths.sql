WITH touches AS (
  SELECT
    user_id,
    CASE
      WHEN campaign SIMILAR TO 'STV' THEN 'Streaming TV'
      WHEN campaign SIMILAR TO 'OLV' THEN 'Online video'
      ELSE 'Display'
    END AS medium,
    impression_dt_utc AS touched_at
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
  UNION ALL
  SELECT
    user_id,
    'Sponsored ads' AS medium,
    event_dt_utc AS touched_at
  FROM sponsored_ads_traffic
  WHERE user_id IS NOT NULL
    AND clicks = 1
),
first_orders AS (
  SELECT
    user_id,
    MIN(event_dt_utc) AS ordered_at,
    COUNT(DISTINCT conversion_id) AS orders
  FROM conversions
  WHERE event_subtype = 'order'
  GROUP BY user_id
),
firsts AS (
  -- The first meeting of a person with each medium, before the first order.
  SELECT
    t.user_id,
    t.medium,
    MIN(t.touched_at) AS first_at
  FROM touches t
  LEFT JOIN first_orders o ON t.user_id = o.user_id
  WHERE o.ordered_at IS NULL
    OR t.touched_at <= o.ordered_at
  GROUP BY t.user_id, t.medium
),
placed AS (
  SELECT
    user_id,
    medium,
    ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY first_at) AS place
  FROM firsts
),
paths AS (
  SELECT
    user_id,
    ARRAY_TO_STRING(ARRAY_SORT(COLLECT(CONCAT(place, ' ', medium))), ' > ') AS path
  FROM placed
  GROUP BY user_id
)
SELECT
  p.path,
  COUNT(DISTINCT p.user_id) AS users,
  COUNT(DISTINCT o.user_id) AS buyers,
  COUNT(DISTINCT o.user_id) / COUNT(DISTINCT p.user_id) AS purchase_rate,
  SUM(o.orders) AS orders
FROM paths p
LEFT JOIN first_orders o ON p.user_id = o.user_id
GROUP BY p.path
