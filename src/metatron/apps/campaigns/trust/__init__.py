"""What outsiders can check: proofs of single commitments and the audit bundle of a campaign."""
