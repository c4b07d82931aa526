WITH events AS (
  SELECT
    'dsp_impressions' AS source,
    user_id,
    impression_date_utc AS day
  FROM dsp_impressions
  UNION ALL
  SELECT
    'dsp_clicks' AS source,
    user_id,
    click_date_utc AS day
  FROM dsp_clicks
  UNION ALL
  SELECT
    'sponsored_ads_traffic' AS source,
    user_id,
    event_date_utc AS day
  FROM sponsored_ads_traffic
  UNION ALL
  SELECT
    'conversions_all' AS source,
    user_id,
    event_date_utc AS day
  FROM conversions_all
)
SELECT
  source,
  COUNT(*) AS rows_read,
  COUNT(user_id) / COUNT(*) AS share_with_user,
  COUNT(DISTINCT user_id) AS users,
  COUNT(DISTINCT day) AS days,
  MIN(day) AS first_day,
  MAX(day) AS last_day
FROM events
GROUP BY source
