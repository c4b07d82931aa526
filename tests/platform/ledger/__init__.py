"""Tests of the ledger, through its interface."""
