"""Lists of the delivery room by the direct door."""

from metatron.kernel.database.direct import BOUND

PRODUCTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select p.id, p.sku, p.name, p.description, p.specification, p.reference_prices, p.erp_item_id,
    p.archived_at, p.created_at, p.version,
    translate(encode(convert_to(json_build_array(p.name, p.id)::text, 'utf8'), 'base64'),
      E'+/=\\n', '-_') as cursor_
  from campaigns.product p
  where p.tenant_id = bound.t::uuid
    and ($2::text is null or concat_ws(' ', p.name, p.sku)
         ilike '%' || replace(replace(replace($2, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($3::text is null or (p.name, p.id) > ($3::text, $4::uuid))
  order by p.name, p.id limit $5) r"""
)
