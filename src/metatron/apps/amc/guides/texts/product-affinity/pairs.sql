WITH bought AS (
  SELECT
    user_id,
    tracked_asin
  FROM TABLE(EXTEND_TIME_WINDOW('conversions_all', 'P270D', 'P0D')) c
  WHERE event_subtype = 'order'
  GROUP BY user_id, tracked_asin
)
SELECT
  a.tracked_asin AS product,
  b.tracked_asin AS other_product,
  COUNT(DISTINCT a.user_id) AS customers
FROM bought a
JOIN bought b ON a.user_id = b.user_id AND a.tracked_asin < b.tracked_asin
GROUP BY a.tracked_asin, b.tracked_asin
HAVING COUNT(DISTINCT a.user_id) >= CUSTOM_PARAMETER('least_customers')
