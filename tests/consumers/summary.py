"""What the tests say at their end: which consumer of which version sent which mail."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Summary:
    """Rows of (consumer, format, version, mail)."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        for *cells, mail in self.rows:
            yield "  ".join((*(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), mail))


SUMMARY = Summary()
