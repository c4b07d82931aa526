WITH members AS (
  SELECT
    user_id,
    behavior_segment_name AS segment
  FROM dsp_impressions_by_user_segments
  WHERE user_id IS NOT NULL
  GROUP BY user_id, behavior_segment_name
)
SELECT
  a.segment AS segment,
  b.segment AS other_segment,
  COUNT(DISTINCT a.user_id) AS users
FROM members a
JOIN members b ON a.user_id = b.user_id AND a.segment < b.segment
GROUP BY a.segment, b.segment
