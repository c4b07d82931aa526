WITH events AS (
  SELECT
    user_id,
    campaign,
    creative,
    creative_type,
    impressions,
    0 AS clicks,
    total_cost / 100000 AS cost
  FROM dsp_impressions
  UNION ALL
  SELECT
    user_id,
    campaign,
    creative,
    creative_type,
    0 AS impressions,
    clicks,
    0 AS cost
  FROM dsp_clicks
)
SELECT
  campaign,
  creative,
  creative_type,
  SUM(impressions) AS impressions,
  SUM(clicks) AS clicks,
  SUM(clicks) / NULLIF(SUM(impressions), 0) AS click_rate,
  SUM(cost) / NULLIF(SUM(clicks), 0) AS cost_per_click
FROM events
GROUP BY campaign, creative, creative_type
HAVING SUM(impressions) >= CUSTOM_PARAMETER('least_impressions')
