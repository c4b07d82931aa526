SELECT
  exposure_type,
  COUNT(DISTINCT user_id) AS buyers,
  COUNT(DISTINCT conversion_id) AS orders,
  SUM(total_product_sales) AS sales,
  SUM(total_product_sales) / COUNT(DISTINCT conversion_id) AS sales_per_order
FROM conversions_all
WHERE event_subtype = 'order'
GROUP BY exposure_type
