SELECT
  campaign,
  tracked_asin,
  SUM(brand_halo_purchases) AS halo_purchases,
  SUM(brand_halo_product_sales) AS halo_sales
FROM amazon_attributed_events_by_conversion_time
WHERE brand_halo_purchases > 0
  AND CONTAINED_IN(campaign, CUSTOM_PARAMETER('campaigns'))
GROUP BY campaign, tracked_asin
