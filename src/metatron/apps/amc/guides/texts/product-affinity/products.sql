SELECT
  tracked_asin AS product,
  COUNT(DISTINCT user_id) AS customers,
  COUNT(DISTINCT conversion_id) AS orders,
  SUM(total_product_sales) AS sales
FROM TABLE(EXTEND_TIME_WINDOW('conversions_all', 'P270D', 'P0D')) c
WHERE event_subtype = 'order'
GROUP BY tracked_asin
