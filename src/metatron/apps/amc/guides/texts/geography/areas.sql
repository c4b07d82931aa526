SELECT
  dma_code AS area,
  COUNT(DISTINCT user_id) AS reach,
  SUM(impressions) AS impressions
FROM dsp_impressions
GROUP BY dma_code
