"""Statements of providers and banks: read, kept, matched with our records, and their breaks."""
