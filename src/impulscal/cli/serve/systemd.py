"""What systemd is told, if it started us (sd_notify(3))."""

import os
import socket
import time
from contextlib import suppress

__all__ = ["notify"]


def notify(state: str) -> None:
    """Tell systemd ``state``, such as ``READY=1``; nothing where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if state == "RELOADING=1":
        # From when it holds, for Type=notify-reload.
        state += f"\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"
    # An abstract name has a null byte in front, shown as @ (unix(7)).
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(state.encode(), address.replace("@", "\0", 1))
