"""The page about the house names what is there, and draws the floors that the contracts keep."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
DRAWINGS = re.findall(r"(?:^ {4}.+\n)+", PAGE, re.MULTILINE)


def test_every_place_on_the_page_exists() -> None:
    places = re.findall(r"`((?:provisioner|tests|terraform|templates)/[\w/.]*)`", PAGE)
    assert len(places) > 30
    assert [place for place in places if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("part", ["provisioner.core", "provisioner.usecases"])
def test_the_subjects_are_drawn_as_the_contract_has_them(part: str) -> None:
    (layers,) = [tuple(contract["layers"]) for contract in CONTRACTS if contract.get("containers") == [part]]
    assert layers in [tuple(line.strip() for line in drawing.splitlines()) for drawing in DRAWINGS]
