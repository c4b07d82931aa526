SELECT
  ad_product_type,
  placement_type,
  SUM(impressions) AS impressions,
  SUM(clicks) AS clicks,
  SUM(clicks) / NULLIF(SUM(impressions), 0) AS click_rate,
  SUM(spend) / 100000000 AS spend
FROM sponsored_ads_traffic
GROUP BY ad_product_type, placement_type
