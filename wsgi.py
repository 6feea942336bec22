"""The application for any WSGI server, such as ``granian --interface wsgi wsgi:app``."""

from impulscal.web import create_app

app = create_app()
