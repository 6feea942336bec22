"""The pictures of the sessions: files below the schedule's folder, seen only once announced.

Their addresses stand below the session's page and hold a digest of the bytes, so that
browsers may keep them for good. A page was made when the file was there; if the file
has changed since, its old address answers with the new bytes.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request

from impulscal.edition import PublishedSession
from impulscal.front import QUERY
from impulscal.schedule.model import Image
from impulscal.schedule.reader.pictures import lies_below
from impulscal.web.addresses import Visit, site, visit
from impulscal.web.representation import respond

__all__ = ["Picture", "blueprint", "pictures"]

blueprint = Blueprint("pictures", __name__)

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}

_NAME = re.compile(r"(?P<number>[1-9][0-9]{0,2})-(?P<digest>[0-9a-f]{10})(?P<ending>\.[a-z]+)")


# A larger one is read from the disk each time: some photos straight from a camera would push
# all feeds and pages out of the front's memory.
_MOST_KEPT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture whose file is there.

    Attributes:
        name: Last part of its address.
        address: Root-relative.
        width, height: In pixels, so that the page keeps its place free.
    """

    image: Image
    name: str
    address: str
    width: int
    height: int
    content_type: str
    body: bytes


def pictures(visited: Visit, session: PublishedSession) -> tuple[Picture, ...]:
    """Return the pictures of ``session`` whose files are there and can be shown.

    What the file names and the disk does not have is left out, so that a picture that
    vanished breaks no page.
    """
    numbers = range(1, len(session.public.images) + 1)
    found = (_picture(visited, session, number) for number in numbers)
    return tuple(picture for picture in found if picture is not None)


@blueprint.get("/<series>/<session>/<name>")
@blueprint.get("/<any(de, en):lang>/<series>/<session>/<name>")
def show_picture(series: str, session: str, name: str, lang: str | None = None) -> Response:
    """Answer with a picture of an announced session."""
    visited = visit(series, lang)
    published = visited.edition.by_id.get(session)
    match = _NAME.fullmatch(name)
    if published is None or match is None:
        abort(404)
    picture = _picture(visited, published, int(match["number"]))
    if picture is None:
        abort(404)
    representation = site().representations.described(
        visited.edition,
        # One for all that were ever there: its Last-Modified does not go back.
        f"/{series}/{session}/{match['number']}",
        picture.body,
        content_type=picture.content_type,
    )
    response = respond(representation, site().editions)
    if picture.name == name:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if picture.name != name or len(picture.body) > _MOST_KEPT_BYTES:
        request.environ.pop(QUERY, None)
    return response


def _picture(visited: Visit, session: PublishedSession, number: int) -> Picture | None:
    """Return the picture of that number, counted from 1, if it is there."""
    album = site().editions.current().albums.get(visited.edition.series.id)
    images = session.public.images
    image = images[number - 1] if number <= len(images) else None
    if album is None or image is None or image.src is None:
        return None
    path = album.folder / image.src
    content_type = _TYPES.get(path.suffix.lower())
    if content_type is None or not lies_below(path, album.folder):
        return None
    try:
        body = path.read_bytes()
    except OSError:
        return None
    size = _size(body)
    if size is None:
        return None
    name = f"{number}-{hashlib.sha256(body).hexdigest()[:10]}{path.suffix.lower()}"
    return Picture(
        image=image,
        name=name,
        address=urlsplit(visited.links.session_page(session.id)).path + name,
        width=size[0],
        height=size[1],
        content_type=content_type,
        body=body,
    )


def _size(body: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels as the file's head tells them, or None."""
    try:
        if body.startswith(b"\x89PNG\r\n\x1a\n"):
            return _pair(">II", body, 16)
        if body.startswith((b"GIF87a", b"GIF89a")):
            return _pair("<HH", body, 6)
        if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
            return _webp_size(body)
        if body.startswith(b"\xff\xd8"):
            return _jpeg_size(body)
    except (struct.error, IndexError):
        return None
    return None


def _pair(pattern: str, body: bytes, offset: int) -> tuple[int, int]:
    first, second = struct.unpack_from(pattern, body, offset)
    return int(first), int(second)


def _webp_size(body: bytes) -> tuple[int, int]:
    """Return the size by the first chunk (RFC 9649 2.5 to 2.7)."""
    match body[12:16]:
        case b"VP8X":
            wide = int.from_bytes(body[24:27], "little") + 1
            return wide, int.from_bytes(body[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(body[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            wide, high = _pair("<HH", body, 26)
            return wide & 0x3FFF, high & 0x3FFF


def _jpeg_size(body: bytes) -> tuple[int, int] | None:
    """Return the size from the frame header (ITU T.81 B.2.2)."""
    offset = 2
    while offset < len(body):
        if body[offset] != 0xFF:
            return None
        marker = body[offset + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = _pair(">HH", body, offset + 5)
            return wide, high
        offset += 2 + int.from_bytes(body[offset + 2 : offset + 4], "big")
    return None
