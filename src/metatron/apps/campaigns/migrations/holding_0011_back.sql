alter table campaigns.issue
  drop constraint issue_decided_free,
  drop column freed_minor,
  drop column held_minor;
