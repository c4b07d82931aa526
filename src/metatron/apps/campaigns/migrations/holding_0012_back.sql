alter table campaigns.card_dispute
  drop column evidence_code,
  drop column evidence_state,
  drop column evidence_due_at;
alter table campaigns.provider_action drop column evidence_due_at;
drop table campaigns.claim_payment;
drop table campaigns.supplier_claim;
alter table campaigns.provider_charge drop constraint provider_charge_kind_check,
  add constraint provider_charge_kind_check
    check (kind in ('provider_fee', 'dispute_fee', 'dispute_loss'));
alter table campaigns.issue
  drop constraint issue_decided_free,
  drop column freed_minor,
  drop column held_minor;
