"""The forms that docs/credentials.md shows are those that the program writes."""

import base64
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from provisioner.core.credentials.credential import Login, SmtpCredential
from provisioner.core.credentials.forms.catalogue import FORMATS, render
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

PAGE = (Path(__file__).parents[2] / "docs" / "credentials.md").read_text()
SHOWN = dict(re.findall(r"^### `([\w-]+)`\n.*?^```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # AWS's documented example


def masked(text: str, password: str) -> str:
    for form in (password, quote(password, safe=""), base64.b64encode(password.encode()).decode()):
        text = text.replace(form, "B***")
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_form_is_shown_as_it_is_written(fmt: str) -> None:
    user = SmtpUser(DomainName("example.com"), "shop")
    held = SmtpCredential.derived(user, Region.parse("us-east-1"), "AKIAIOSFODNN7EXAMPLE", Secret(SECRET_KEY))
    password = held.password.reveal()
    text = masked(render([Login(held, "orders@example.com")], fmt), password)
    assert SHOWN[fmt] == text
    assert "B***" in text


def test_no_other_form_is_shown() -> None:
    assert set(SHOWN) == set(FORMATS)


def test_the_usual_addresses_are_the_ones_that_the_page_names() -> None:
    held = SmtpCredential.derived(
        SmtpUser(DomainName("example.com")), Region.parse("us-east-1"), "AKIAIOSFODNN7EXAMPLE", Secret(SECRET_KEY)
    )
    own = Login(held, "*@example.com")
    for fmt in FORMATS:
        text = render([own], fmt)
        usual = "wordpress@example.com" if fmt in ("wp-mail-smtp", "fluent-smtp") else "noreply@example.com"
        if fmt not in ("json", "csv", "env"):
            assert usual in text
            assert f"`{usual}`" in PAGE
