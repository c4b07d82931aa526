WITH firsts AS (
  SELECT
    user_id,
    MIN(impression_date_utc) AS first_day
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
  GROUP BY user_id
),
weeks AS (
  SELECT
    CAST(DATE_TRUNC('week', first_day) AS DATE) AS week,
    COUNT(DISTINCT user_id) AS new_users
  FROM firsts
  GROUP BY 1
)
SELECT
  week,
  new_users,
  SUM(new_users) OVER (ORDER BY week) AS reach_so_far
FROM weeks
