WITH buyers AS (
  SELECT
    user_id,
    COUNT(DISTINCT conversion_id) AS orders,
    SUM(total_product_sales) AS sales
  FROM TABLE(EXTEND_TIME_WINDOW('conversions_all', 'P270D', 'P0D')) c
  WHERE event_subtype = 'order'
  GROUP BY user_id
)
SELECT
  CASE WHEN orders >= 5 THEN '5+' ELSE CONCAT(orders, '') END AS orders_placed,
  COUNT(DISTINCT user_id) AS customers,
  SUM(sales) AS sales,
  SUM(sales) / COUNT(DISTINCT user_id) AS sales_per_customer
FROM buyers
GROUP BY 1
