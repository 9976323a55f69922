"""What the image is built from is pinned, complete and the same on every architecture."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IMAGE = ROOT / "scripts" / "image"
LOCK = IMAGE / "provider" / ".terraform.lock.hcl"


def canonical(requirement):
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    lines = (IMAGE / "requirements.txt").read_text().splitlines()
    return {canonical(line) for line in lines if "==" in line}


def test_the_dockerfile_names_no_architecture():
    assert re.findall(r"amd64|arm64|x86_64|aarch64", (ROOT / "Dockerfile").read_text()) == []


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_terraform_is_pinned_as_archive_and_as_program(architecture):
    pinned = (IMAGE / "terraform.sha256").read_text()
    names = re.findall(rf"^[0-9a-f]{{64}}  (terraform_1\.11\.4_linux_{architecture}\S*)$", pinned, re.MULTILINE)
    assert sorted(names) == [f"terraform_1.11.4_linux_{architecture}", f"terraform_1.11.4_linux_{architecture}.zip"]


def test_the_provider_is_locked_for_every_platform_as_archive_and_unpacked():
    lock = LOCK.read_text()
    assert 'version     = "5.100.0"' in lock
    assert len(re.findall(r'"h1:[A-Za-z0-9+/]{43}="', lock)) == 14
    assert len(re.findall(r'"zh:[0-9a-f]{64}"', lock)) == 15


def test_every_requirement_of_the_program_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["sandbox"], *extras["queries"]]
    assert {canonical(requirement) for requirement in wanted} - locked() == set()


def test_every_locked_package_has_a_checksum():
    text = (IMAGE / "requirements.txt").read_text()
    blocks = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_base_image_is_pinned_by_version_and_can_be_replaced():
    arguments = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert arguments == ["python:3.13-slim-trixie"]


def test_only_the_sources_of_the_image_are_sent_to_the_engine():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    assert [path for path in allowed if not (ROOT / path).exists()] == []
