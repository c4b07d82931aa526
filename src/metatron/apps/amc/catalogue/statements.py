"""What the catalogue writes, in sets."""

KEEP = """
insert into amc.catalogue_import
  (tenant_id, id, subject, file_name, content, state, asked_by, asked_at)
values (:tenant_id, :id, :subject, :file_name, :content, 'waiting', :asked_by, :now)
"""
TAKE = """
select subject, content from amc.catalogue_import
where tenant_id = :tenant_id and id = :id and state = 'waiting' for update
"""
FINISH = """
update amc.catalogue_import
set state = :state, lines = :lines, added = :added, changed = :changed, unchanged = :unchanged,
  refused = :refused, problems = cast(:problems as jsonb), finished_at = :now, content = null
where tenant_id = :tenant_id and id = :id
"""
PUT_ASINS = """
insert into amc.asin as kept (tenant_id, asin, title, brand, marketplace, active, seen_at)
select :tenant_id, given.asin, given.title, given.brand, given.marketplace, given.active, :now
from jsonb_to_recordset(cast(:rows as jsonb))
  as given(asin text, title text, brand text, marketplace text, active boolean)
on conflict (tenant_id, asin) do update set title = excluded.title, brand = excluded.brand,
  marketplace = excluded.marketplace, active = excluded.active, seen_at = excluded.seen_at
where (kept.title, kept.brand, kept.marketplace, kept.active)
  is distinct from (excluded.title, excluded.brand, excluded.marketplace, excluded.active)
returning asin, xmax = 0 as is_new
"""
PUT_CAMPAIGNS = """
insert into amc.ad_campaign as kept (tenant_id, kind, campaign_id, name, state, brand, seen_at)
select :tenant_id, given.kind, given.campaign_id, given.name, given.state, given.brand, :now
from jsonb_to_recordset(cast(:rows as jsonb))
  as given(kind text, campaign_id text, name text, state text, brand text)
on conflict (tenant_id, kind, campaign_id) do update set name = excluded.name,
  earlier_names = case when kept.name = excluded.name or kept.name = any (kept.earlier_names)
    then kept.earlier_names else kept.earlier_names || kept.name end,
  state = excluded.state, brand = excluded.brand, seen_at = excluded.seen_at
where (kept.name, kept.state, kept.brand)
  is distinct from (excluded.name, excluded.state, excluded.brand)
returning campaign_id, xmax = 0 as is_new
"""
KNOWN_CAMPAIGNS = """
select kind, campaign_id, brand from amc.ad_campaign
where tenant_id = :tenant_id and campaign_id = any (:ids)
"""
KNOWN_ASINS = """
select asin, title, brand, marketplace from amc.asin
where tenant_id = :tenant_id and asin = any (:ids)
"""
FORGET_WORDS = "delete from amc.asin_word where tenant_id = :tenant_id and asin = any (:asins)"
NOTE_WORDS = """
insert into amc.asin_word (tenant_id, word, asin)
select :tenant_id, pair.word, pair.asin
from unnest(cast(:words as text[]), cast(:owners as text[])) as pair(word, asin)
on conflict do nothing
"""
SAVE_MAPPING = """
insert into amc.mapping as kept (tenant_id, instance_id, brands, saved_by, saved_at, version)
values (:tenant_id, :instance_id, cast(:brands as jsonb), :saved_by, :now, 1)
on conflict (tenant_id, instance_id) do update set brands = excluded.brands,
  saved_by = excluded.saved_by, saved_at = excluded.saved_at, version = kept.version + 1
returning version
"""
