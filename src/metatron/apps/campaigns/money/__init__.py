"""Accounts, entries, refunds, releases and the checks over them."""
