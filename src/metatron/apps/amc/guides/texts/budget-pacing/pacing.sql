WITH days AS (
  SELECT
    event_date_utc AS day,
    SUM(spend) / 100000000 AS spend
  FROM sponsored_ads_traffic
  GROUP BY event_date_utc
)
SELECT
  day,
  spend,
  SUM(spend) OVER (ORDER BY day) AS spent_so_far,
  SUM(spend) OVER (ORDER BY day) / CUSTOM_PARAMETER('budget') AS share_of_budget
FROM days
