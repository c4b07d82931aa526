insert into health.alert_rule (name, threshold, clears_below, for_seconds) values
  ('queue', 300, 60, 300),
  ('dead_letters', 1, 1, 900);
