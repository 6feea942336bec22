"""Pages packed for the way: gzip where the browser takes it.

Pages and the files of their look only: Outlook on the web failed with packed feeds
(CLIENTS.md 0, fact 7). Packed bytes are other bytes, so their validator becomes a weak one
(RFC 9110 8.8.1).
"""

import functools
import gzip

from flask import Request, Response

__all__ = ["pack"]


def pack(request: Request, response: Response) -> Response:
    """Return ``response``, its body packed where ``request`` takes gzip."""
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)
    return response


# The bound holds all files of the look and the pages that are asked for most.
@functools.lru_cache(maxsize=256)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)
