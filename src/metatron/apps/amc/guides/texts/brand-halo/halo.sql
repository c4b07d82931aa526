SELECT
  campaign,
  SUM(purchases) AS promoted,
  SUM(brand_halo_purchases) AS halo,
  SUM(total_purchases) AS total,
  SUM(brand_halo_purchases) / NULLIF(SUM(total_purchases), 0) AS halo_share,
  SUM(brand_halo_product_sales) AS halo_sales
FROM amazon_attributed_events_by_conversion_time
GROUP BY campaign
