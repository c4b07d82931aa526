"""What a campaign gathered, as columns over its row `c`: from what is kept of it (record 36)."""

_CHARGED_LATER = "c.funding_mode = 'charge_on_success'"
_OF_CAMPAIGN = "from campaigns.gathered g where g.tenant_id = c.tenant_id and g.campaign_id = c.id"
_COUNTS = f"g.held_units + case when {_CHARGED_LATER} then g.early_units else g.reserved_units end"

COMMITTED_UNITS = f"(select coalesce(sum({_COUNTS}), 0) {_OF_CAMPAIGN})"
"""The units that count towards the goal, as the books have it: of each commitment, once what the
funding mode asks of the member is done."""

HELD_UNITS = f"(select coalesce(sum(g.held_units), 0) {_OF_CAMPAIGN})"
"""The units whose money arrived and did not go back."""

TOTALS = f"""
    (select json_build_object(
       'committed_units', coalesce(sum({_COUNTS}), 0),
       'reached_units', coalesce(sum({_COUNTS} + g.returned_units
         + case when {_CHARGED_LATER} then g.let_go_units else g.let_go_reserved_units end
         + case when c.state in ('cancelling', 'cancelled') then g.by_hand_units else 0 end), 0),
       'escrow_minor', coalesce(sum(g.escrow_minor), 0),
       'commitments', coalesce(sum(g.commitments), 0))
     {_OF_CAMPAIGN})"""
"""`reached_units` is how far it came, also after an end in which every commitment went back: only
those that left before the end do not count."""
