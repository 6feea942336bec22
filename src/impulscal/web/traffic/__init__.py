"""What operators see of the requests: counts, the access log, how many subscribe."""

from impulscal.web.traffic.watch import Watch, watch_over

__all__ = ["Watch", "watch_over"]
