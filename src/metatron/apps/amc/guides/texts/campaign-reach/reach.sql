SELECT
  campaign,
  COUNT(DISTINCT user_id) AS reach,
  SUM(impressions) AS impressions,
  SUM(impressions) / COUNT(DISTINCT user_id) AS frequency
FROM dsp_impressions
WHERE user_id IS NOT NULL
GROUP BY campaign
