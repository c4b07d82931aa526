"""Mail: templates, messages, delivery by SMTP, and a local twin of a mail server."""
