WITH money AS (
  SELECT
    user_id,
    campaign,
    total_cost / 100000 AS cost,
    0 AS sales,
    0 AS purchases
  FROM dsp_impressions
  UNION ALL
  SELECT
    user_id,
    campaign,
    0 AS cost,
    total_product_sales AS sales,
    total_purchases AS purchases
  FROM amazon_attributed_events_by_traffic_time
  WHERE ad_product_type IS NULL
)
SELECT
  campaign,
  SUM(cost) AS cost,
  SUM(purchases) AS purchases,
  SUM(sales) AS sales,
  SUM(sales) / NULLIF(SUM(cost), 0) AS return_on_spend
FROM money
GROUP BY campaign
