"""Handing the outbox to the mail server.

``draining`` claims and sends, over a ``connection``; ``troubles`` says what a mail server may
have against us; ``upkeep`` does it in the background of `impulscal serve`.
"""

from impulscal.invitations.delivery.draining import Delivery, Drained

__all__ = ["Delivery", "Drained"]
