WITH seen AS (
  SELECT
    user_id,
    MAX(IF(campaign SIMILAR TO CUSTOM_PARAMETER('first_pattern'), 1, 0)) AS in_first,
    MAX(IF(campaign SIMILAR TO CUSTOM_PARAMETER('second_pattern'), 1, 0)) AS in_second,
    MAX(IF(campaign SIMILAR TO CUSTOM_PARAMETER('third_pattern'), 1, 0)) AS in_third
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
  s.in_first,
  s.in_second,
  s.in_third,
  COUNT(DISTINCT s.user_id) AS users,
  COUNT(DISTINCT o.user_id) AS buyers,
  COUNT(DISTINCT o.user_id) / COUNT(DISTINCT s.user_id) AS purchase_rate
FROM seen s
LEFT JOIN orders o ON s.user_id = o.user_id
WHERE s.in_first + s.in_second + s.in_third > 0
GROUP BY 1, 2, 3
