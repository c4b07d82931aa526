WITH pairs AS (
  SELECT
    user_id,
    campaign
  FROM dsp_impressions
  WHERE user_id IS NOT NULL
  GROUP BY user_id, campaign
),
breadth AS (
  SELECT
    user_id,
    COUNT(DISTINCT campaign) AS campaigns
  FROM pairs
  GROUP BY user_id
)
SELECT
  p.campaign,
  COUNT(DISTINCT p.user_id) AS reach,
  SUM(IF(b.campaigns = 1, 1, 0)) AS only_here,
  SUM(IF(b.campaigns = 1, 1, 0)) / COUNT(DISTINCT p.user_id) AS share_only_here
FROM pairs p
JOIN breadth b ON p.user_id = b.user_id
GROUP BY p.campaign
