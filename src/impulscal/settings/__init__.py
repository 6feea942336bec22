"""The settings, and the one clock that is read: both belong to the edges (cli, web)."""

from impulscal.settings.clock import Clock, Ticking, moment
from impulscal.settings.environment import Settings
from impulscal.settings.mail_server import MailServer

__all__ = ["Clock", "MailServer", "Settings", "Ticking", "moment"]
