"""``impulscal serve``: the server.

One process listens and watches (`supervisor`); the workers answer (`impulscal.worker`).
"""

from impulscal.cli.serve.command import serve

__all__ = ["serve"]
