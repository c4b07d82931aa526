WITH money AS (
  SELECT
    user_id,
    campaign,
    ad_product_type,
    spend / 100000000 AS cost,
    0 AS sales
  FROM sponsored_ads_traffic
  UNION ALL
  SELECT
    user_id,
    campaign,
    ad_product_type,
    0 AS cost,
    total_product_sales AS sales
  FROM amazon_attributed_events_by_traffic_time
  WHERE ad_product_type IS NOT NULL
)
SELECT
  ad_product_type,
  campaign,
  SUM(cost) AS cost,
  SUM(sales) AS sales,
  SUM(sales) / NULLIF(SUM(cost), 0) AS return_on_spend
FROM money
GROUP BY ad_product_type, campaign
