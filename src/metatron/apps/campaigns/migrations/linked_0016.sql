-- What ties a commitment's member to the campaign.
alter table campaigns.commitment
  add column linked_as text check (linked_as in ('organiser', 'supplier', 'staff'));
