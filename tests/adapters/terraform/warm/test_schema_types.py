"""Which types the modules use."""

from pathlib import Path

from provisioner.adapters.assets import find_assets
from provisioner.adapters.terraform.warm.schema_types import schema_types_in


def test_every_resource_and_data_source_of_every_module_is_found(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one/main.tf").write_text('resource "aws_iam_user" "this" {}\n  data "aws_ami" "x" {\n}\n')
    (tmp_path / "two/main.tf").write_text(
        'resource "aws_iam_user" "y" {}\nresource "random_id" "z" {}\n# aws_nothing\n'
    )
    assert schema_types_in(tmp_path) == {"aws_iam_user", "aws_ami"}


def test_the_products_own_modules_use_a_handful() -> None:
    types = schema_types_in(find_assets().modules)
    assert {"aws_route53_zone", "aws_sesv2_email_identity", "aws_iam_user"} <= types
    assert len(types) < 40
