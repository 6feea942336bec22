"""The smallest Flask application: what starting Flask on granian costs at least."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Answer with a word."""
    return "hello"
