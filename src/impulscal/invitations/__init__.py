"""Invitations: guests, what each was told, and telling them by mail (RFC 5546, 6047)."""
