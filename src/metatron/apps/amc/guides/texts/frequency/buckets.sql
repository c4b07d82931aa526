WITH shown AS (
  SELECT
    user_id,
    SUM(impressions) AS seen
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
  GROUP BY user_id
),
orders AS (
  SELECT
    user_id,
    COUNT(DISTINCT conversion_id) AS orders
  FROM conversions
  WHERE event_subtype = 'order'
  GROUP BY user_id
)
SELECT
  CASE
    WHEN s.seen = 1 THEN '01'
    WHEN s.seen = 2 THEN '02'
    WHEN s.seen = 3 THEN '03'
    WHEN s.seen <= 5 THEN '04-05'
    WHEN s.seen <= 10 THEN '06-10'
    WHEN s.seen <= 20 THEN '11-20'
    ELSE '21+'
  END AS impressions_seen,
  COUNT(DISTINCT s.user_id) AS users,
  SUM(s.seen) AS impressions,
  SUM(o.orders) AS orders,
  COUNT(DISTINCT o.user_id) / COUNT(DISTINCT s.user_id) AS purchase_rate
FROM shown s
LEFT JOIN orders o ON s.user_id = o.user_id
GROUP BY 1
