WITH ranked AS (
  SELECT
    user_id,
    conversion_id,
    tracked_asin,
    total_product_sales,
    ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY event_dt_utc) AS place
  FROM TABLE(EXTEND_TIME_WINDOW('conversions_all', 'P270D', 'P0D')) c
  WHERE event_subtype = 'order'
),
customers AS (
  SELECT
    user_id,
    MAX(IF(place = 1, tracked_asin, NULL)) AS first_product,
    COUNT(DISTINCT conversion_id) AS orders,
    SUM(total_product_sales) AS sales
  FROM ranked
  GROUP BY user_id
)
SELECT
  first_product,
  COUNT(DISTINCT user_id) AS customers,
  SUM(orders) / COUNT(DISTINCT user_id) AS orders_each,
  SUM(sales) / COUNT(DISTINCT user_id) AS sales_each,
  SUM(IF(orders > 1, 1, 0)) / COUNT(DISTINCT user_id) AS repeat_share
FROM customers
GROUP BY first_product
