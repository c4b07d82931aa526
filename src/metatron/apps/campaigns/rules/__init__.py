"""What is published and what locks: settings, terms, guards, drafts, disclosure."""
