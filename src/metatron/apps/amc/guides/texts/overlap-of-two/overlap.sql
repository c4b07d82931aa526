WITH seen AS (
  SELECT
    user_id,
    MAX(IF(CONTAINED_IN(campaign, CUSTOM_PARAMETER('first_campaigns')), 1, 0)) AS in_first,
    MAX(IF(CONTAINED_IN(campaign, CUSTOM_PARAMETER('second_campaigns')), 1, 0)) AS in_second
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
  GROUP BY user_id
)
SELECT
  CASE
    WHEN in_first = 1 AND in_second = 1 THEN 'both'
    WHEN in_first = 1 THEN 'first only'
    WHEN in_second = 1 THEN 'second only'
    ELSE 'neither'
  END AS exposure,
  COUNT(DISTINCT user_id) AS users
FROM seen
GROUP BY 1
