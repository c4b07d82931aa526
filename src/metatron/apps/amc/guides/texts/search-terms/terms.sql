SELECT
  customer_search_term AS term,
  SUM(impressions) AS impressions,
  SUM(clicks) AS clicks,
  SUM(clicks) / NULLIF(SUM(impressions), 0) AS click_rate,
  SUM(spend) / 100000000 AS spend,
  SUM(spend) / 100000000 / NULLIF(SUM(clicks), 0) AS cost_per_click
FROM sponsored_ads_traffic
WHERE customer_search_term IS NOT NULL
GROUP BY customer_search_term
HAVING SUM(clicks) >= CUSTOM_PARAMETER('least_clicks')
