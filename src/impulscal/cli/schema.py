"""``impulscal schema``: the JSON Schema that editors check and complete with."""

import click

from impulscal.schedule.reader.schema import schema_text

__all__ = ["schema"]


@click.command()
def schema() -> None:
    """Print the JSON Schema of sessions.yaml, for editors."""
    click.echo(schema_text(), nl=False)
