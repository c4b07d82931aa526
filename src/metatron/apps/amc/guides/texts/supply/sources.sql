SELECT
  supply_source,
  is_amazon_owned,
  SUM(impressions) AS impressions,
  COUNT(DISTINCT user_id) AS reach,
  SUM(total_cost) / 100000 AS cost,
  1000 * SUM(total_cost) / 100000 / SUM(impressions) AS cost_per_thousand,
  SUM(supply_cost) / 100000000 AS supply_cost
FROM dsp_impressions
GROUP BY supply_source, is_amazon_owned
