"""Debian's Chromium, the browser that all is proven in."""

from playwright.sync_api import Browser, Playwright

__all__ = ["launch"]

# A browser that a test starts asks nobody else for anything.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium, without a window."""
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
