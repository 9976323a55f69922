"""HTML pages that open offline: no address in them is ever loaded, and every text is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


class Pages:
    """The templates of pages under `templates`, by name."""

    def __init__(self, templates: Path) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(templates), undefined=StrictUndefined, autoescape=True, trim_blocks=True
        )

    def render(self, name: str, **values: object) -> str:
        """Return the page with these values; one that it names and that is not there is an error."""
        return self._jinja.get_template(name).render(**values)
