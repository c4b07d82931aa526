"""Double-entry accounts and two-phase transfers with TigerBeetle's semantics."""
