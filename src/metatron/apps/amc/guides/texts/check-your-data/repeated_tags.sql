-- request_tag may repeat: count before you join on it.
WITH tags AS (
  SELECT
    request_tag,
    COUNT(*) AS times
  FROM dsp_impressions
  GROUP BY request_tag
)
SELECT
  times,
  COUNT(DISTINCT request_tag) AS tags
FROM tags
GROUP BY times
