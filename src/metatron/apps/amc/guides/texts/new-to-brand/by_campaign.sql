SELECT
  campaign,
  SUM(total_purchases) AS purchases,
  SUM(new_to_brand_total_purchases) AS new_to_brand_purchases,
  SUM(new_to_brand_total_purchases) / NULLIF(SUM(total_purchases), 0) AS new_share,
  SUM(new_to_brand_total_product_sales) AS new_to_brand_sales
FROM amazon_attributed_events_by_conversion_time
GROUP BY campaign
