SELECT
  conversion_event_hour AS hour_of_day,
  SUM(total_purchases) AS purchases,
  SUM(total_product_sales) AS sales
FROM amazon_attributed_events_by_conversion_time
WHERE total_purchases > 0
GROUP BY conversion_event_hour
