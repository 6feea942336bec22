"""impulscal publishes series of events as calendar feeds that stay right for years."""

__version__ = "0.1.0"
