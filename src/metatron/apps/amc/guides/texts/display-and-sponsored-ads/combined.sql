WITH display AS (
  SELECT user_id
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
  GROUP BY user_id
),
sponsored AS (
  SELECT user_id
  FROM sponsored_ads_traffic
  WHERE user_id IS NOT NULL
  GROUP BY user_id
),
people AS (
  SELECT
    COALESCE(d.user_id, s.user_id) AS user_id,
    CASE
      WHEN d.user_id IS NOT NULL AND s.user_id IS NOT NULL THEN 'both'
      WHEN d.user_id IS NOT NULL THEN 'display only'
      ELSE 'sponsored only'
    END AS exposure
  FROM display d
  FULL OUTER JOIN sponsored s ON d.user_id = s.user_id
),
buyers AS (
  SELECT
    user_id,
    SUM(total_product_sales) AS sales
  FROM conversions
  WHERE event_subtype = 'order'
  GROUP BY user_id
)
SELECT
  p.exposure,
  COUNT(DISTINCT p.user_id) AS users,
  COUNT(DISTINCT b.user_id) AS buyers,
  COUNT(DISTINCT b.user_id) / COUNT(DISTINCT p.user_id) AS purchase_rate,
  SUM(b.sales) AS sales
FROM people p
LEFT JOIN buyers b ON p.user_id = b.user_id
GROUP BY p.exposure
