WITH events AS (
  SELECT
    user_id,
    campaign,
    impressions,
    0 AS viewable
  FROM dsp_impressions
  UNION ALL
  SELECT
    user_id,
    campaign,
    0 AS impressions,
    viewable_impressions AS viewable
  FROM dsp_views
)
SELECT
  campaign,
  SUM(impressions) AS impressions,
  SUM(viewable) AS viewable,
  SUM(viewable) / NULLIF(SUM(impressions), 0) AS viewable_share
FROM events
GROUP BY campaign
