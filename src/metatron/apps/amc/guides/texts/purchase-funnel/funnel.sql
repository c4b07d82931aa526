SELECT
  campaign,
  SUM(total_detail_page_view) AS detail_pages,
  SUM(total_add_to_cart) AS carts,
  SUM(total_purchases) AS purchases,
  SUM(total_add_to_cart) / NULLIF(SUM(total_detail_page_view), 0) AS carts_per_page,
  SUM(total_purchases) / NULLIF(SUM(total_add_to_cart), 0) AS purchases_per_cart
FROM amazon_attributed_events_by_conversion_time
GROUP BY campaign
