"""Reports of the doctor as files: its JSON, and one HTML page that opens offline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from provisioner.adapters.disk.files import in_our_words
from provisioner.adapters.disk.pages import Pages
from provisioner.adapters.disk.report_names import check_names
from provisioner.core.checks.diagnosis import Diagnosis, worst_first


class DoctorReports:
    """Writes reports; `templates` is the directory that holds `report/`."""

    def __init__(self, templates: Path) -> None:
        self._pages = Pages(templates)
        self._writers: Mapping[str, Callable[[Sequence[Diagnosis]], str]] = {".json": as_json, ".html": self.as_html}

    def check(self, paths: Sequence[Path]) -> None:
        """Raise `InputError` for a report that could not be written in the end."""
        check_names(paths, self._writers)

    def write(self, path: Path, found: Sequence[Diagnosis]) -> None:
        """Write the report in the format that the file's name ends in."""
        text = self._writers[path.suffix.lower()](found)
        with in_our_words(path):
            path.write_text(text, encoding="utf-8", newline="")

    def as_html(self, found: Sequence[Diagnosis]) -> str:
        """Return the page, the worst domain first."""
        return self._pages.render("report/doctor.html.j2", found=worst_first(found))


def as_json(found: Sequence[Diagnosis]) -> str:
    """Return what `doctor --json` prints."""
    return json.dumps({"domains": [one.to_document() for one in found]}, indent=2, ensure_ascii=True) + "\n"
