WITH members AS (
  SELECT
    user_id,
    behavior_segment_name AS segment,
    SUM(impressions) AS impressions
  FROM dsp_impressions_by_user_segments
  WHERE user_id IS NOT NULL
  GROUP BY user_id, behavior_segment_name
),
buyers AS (
  SELECT
    user_id,
    COUNT(DISTINCT conversion_id) AS orders
  FROM conversions
  WHERE event_subtype = 'order'
  GROUP BY user_id
)
SELECT
  m.segment,
  COUNT(DISTINCT m.user_id) AS reach,
  SUM(m.impressions) AS impressions,
  COUNT(DISTINCT b.user_id) AS buyers,
  COUNT(DISTINCT b.user_id) / COUNT(DISTINCT m.user_id) AS purchase_rate
FROM members m
LEFT JOIN buyers b ON m.user_id = b.user_id
GROUP BY m.segment
