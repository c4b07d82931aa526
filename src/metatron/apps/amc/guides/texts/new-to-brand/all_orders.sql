SELECT
  exposure_type,
  new_to_brand,
  COUNT(DISTINCT conversion_id) AS orders,
  COUNT(DISTINCT user_id) AS buyers
FROM conversions_all
WHERE event_subtype = 'order'
GROUP BY exposure_type, new_to_brand
