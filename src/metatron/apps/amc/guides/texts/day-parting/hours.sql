WITH events AS (
  SELECT
    user_id,
    impression_hour AS hour_of_day,
    impressions,
    0 AS clicks,
    total_cost / 100000 AS cost
  FROM dsp_impressions
  UNION ALL
  SELECT
    user_id,
    click_hour AS hour_of_day,
    0 AS impressions,
    clicks,
    0 AS cost
  FROM dsp_clicks
)
SELECT
  hour_of_day,
  SUM(impressions) AS impressions,
  SUM(clicks) AS clicks,
  SUM(clicks) / NULLIF(SUM(impressions), 0) AS click_rate,
  SUM(cost) AS cost
FROM events
GROUP BY hour_of_day
