"""nginx as a static server: Debian's settings without the access log."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import Server, free_port, running

__all__ = ["nginx"]

_CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  # Else it closes a connection after 1,000 requests, which costs it time.
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ text/calendar ics; text/html html; }}
  server {{
    listen 127.0.0.1:{port};
    root {root};
    location /copied/ {{ alias {root}/; sendfile off; }}
    location ~ \\.gz$ {{ types {{}} default_type text/html; add_header Content-Encoding gzip; }}
    location ~ \\.br$ {{ types {{}} default_type text/html; add_header Content-Encoding br; }}
  }}
}}
"""


@contextmanager
def nginx(root: Path, *, path: str) -> Iterator[Server]:
    """Serve the files below ``root`` with one worker; ``path`` is one of them.

    Below ``/copied/`` they are read and written instead of sent by the kernel on its own, as
    a server has to do that encrypts. A file that ends with ``.gz`` or ``.br`` is served as a
    page that was packed before.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if program is None:
        raise RuntimeError("nginx is not installed: run tools/install-peers")
    folder = root.with_name("nginx")
    folder.mkdir()
    port = free_port()
    file = folder / "nginx.conf"
    # Else root's worker becomes a user who cannot read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(_CONFIGURATION.format(folder=folder, root=root, port=port, user=user))
    with running("nginx", [program, "-c", str(file)], port=port, path=path) as server:
        yield server
