"""The files of the site's own look: style sheet, script, font, icon.

Their names hold a digest of their bytes, so that browsers may keep them for good and a
new release shows at once. A page that was kept from before a release asks for a name of
then; it gets the file of now.
"""

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

__all__ = ["Asset", "asset_named", "assets"]

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}

# The style sheet names the font, so the font's name must be known first.
_FILES = (
    "figtree.woff2",
    "icon.svg",
    "site.js",
    "embedframe.js",
    "share.js",
    "style.css",
    "share.css",
    "embed.css",
    "staff.css",
)

_NAME = re.compile(r"(?P<stem>[a-z]+)(?:-[0-9a-f]{10})?\.(?P<ending>[a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the look.

    Attributes:
        name: With its digest: the last part of its address below ``/static/``.
        digest: SHA-256 of ``body``, hexadecimal.
    """

    name: str
    digest: str
    content_type: str
    body: bytes


@functools.cache
def assets() -> Mapping[str, Asset]:
    """Return all files of the look by their plain names (``style.css``)."""
    folder = resources.files("impulscal.web").joinpath("static")
    found: dict[str, Asset] = {}
    for name in _FILES:
        body = folder.joinpath(name).read_bytes()
        if name.endswith(".css"):
            for plain, asset in found.items():
                body = body.replace(f'"{plain}"'.encode(), f'"{asset.name}"'.encode())
        stem, _, ending = name.partition(".")
        digest = hashlib.sha256(body).hexdigest()
        found[name] = Asset(f"{stem}-{digest[:10]}.{ending}", digest, _TYPES[ending], body)
    return found


def asset_named(name: str) -> Asset | None:
    """Return the file that ``name`` means, whatever digest stands in it."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return assets().get(f"{match['stem']}.{match['ending']}")
