WITH credited AS (
  SELECT
    campaign,
    total_purchases,
    user_id,
    DATE_DIFF('hour', traffic_event_dt_hour_utc, conversion_event_dt_hour_utc) AS hours
  FROM amazon_attributed_events_by_conversion_time
  WHERE total_purchases > 0
)
SELECT
  CASE
    WHEN hours < 1 THEN '1 within the hour'
    WHEN hours < 24 THEN '2 within a day'
    WHEN hours < 72 THEN '3 within three days'
    WHEN hours < 168 THEN '4 within a week'
    ELSE '5 later'
  END AS delay,
  SUM(total_purchases) AS purchases,
  COUNT(DISTINCT user_id) AS buyers
FROM credited
GROUP BY 1
