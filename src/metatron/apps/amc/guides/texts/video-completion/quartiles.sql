SELECT
  campaign,
  SUM(video_start) AS starts,
  SUM(video_first_quartile) AS first_quarter,
  SUM(video_midpoint) AS half,
  SUM(video_third_quartile) AS third_quarter,
  SUM(video_complete) AS completed,
  SUM(video_complete) / NULLIF(SUM(video_start), 0) AS completion_rate
FROM dsp_video_events_feed
GROUP BY campaign
