"""The local twin of a mail server: speaks SMTP, keeps what it is given in a folder."""
