SELECT
  iso_state_province_code AS region,
  COUNT(DISTINCT user_id) AS reach,
  SUM(impressions) AS impressions,
  SUM(total_cost) / 100000 AS cost
FROM dsp_impressions
WHERE iso_country_code = CUSTOM_PARAMETER('country')
GROUP BY iso_state_province_code
