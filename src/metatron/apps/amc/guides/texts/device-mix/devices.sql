SELECT
  device_type,
  environment_type,
  COUNT(DISTINCT user_id) AS reach,
  SUM(impressions) AS impressions,
  SUM(total_cost) / 100000 AS cost,
  1000 * SUM(total_cost) / 100000 / SUM(impressions) AS cost_per_thousand
FROM dsp_impressions
GROUP BY device_type, environment_type
