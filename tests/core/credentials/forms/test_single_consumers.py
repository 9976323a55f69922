"""The forms of single consumers, as texts; tests/consumers lets each consumer read its own."""

import base64
import re
import shlex
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.catalogue import render
from provisioner.core.values.address import EmailAddress
from provisioner.errors import InputError

HOST = "email-smtp.us-east-1.amazonaws.com"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"


def settings(text: str) -> dict[str, str]:
    """Read `NAME=value` lines as a shell does."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def constants(text: str) -> dict[str, str]:
    return dict(re.findall(r"^define\( '(\w+)', (.*) \);$", text, re.MULTILINE))


def body(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("variable", ["SMTP_URL", "MAILER_DSN"])
def test_a_url_gives_back_the_login_that_went_into_it(own: Login, odd: Login, variable: str) -> None:
    for login in (own, odd):
        url = urlsplit(settings(render([login], "dotenv-url"))[variable])
        assert (url.scheme, url.hostname, url.port) == ("smtp", HOST, 587)
        assert unquote(url.username or "") == KEY_ID
        assert unquote(url.password or "") == login.credential.password.reveal()


def test_a_url_with_starttls_requires_it_and_one_of_the_tls_port_has_its_own_scheme(own: Login) -> None:
    starttls, tls = (settings(render([own.through(port)], "dotenv-url")) for port in (2587, 465))
    assert urlsplit(starttls["SMTP_URL"]).query == "requireTLS=true"
    assert urlsplit(starttls["MAILER_DSN"]).query == "require_tls=true"
    assert {urlsplit(tls[name]).scheme for name in ("SMTP_URL", "MAILER_DSN")} == {"smtps"}
    assert (starttls["MAIL_SCHEME"], tls["MAIL_SCHEME"]) == ("smtp", "smtps")
    assert (starttls["MAIL_ENCRYPTION"], tls["MAIL_ENCRYPTION"]) == ("tls", "ssl")


def test_laravel_has_its_variables(shop: Login) -> None:
    found = settings(render([shop], "dotenv-url"))
    assert (found["MAIL_MAILER"], found["MAIL_HOST"], found["MAIL_PORT"]) == ("smtp", HOST, "587")
    assert (found["MAIL_USERNAME"], found["MAIL_PASSWORD"]) == (KEY_ID, PASSWORD)
    assert found["MAIL_FROM_ADDRESS"] == "orders@example.com"


def test_wp_mail_smtp_has_its_constants(shop: Login) -> None:
    text = render([shop], "wp-mail-smtp")
    assert text.startswith("<?php\n//")
    assert constants(text) == {
        "WPMS_ON": "true",
        "WPMS_MAILER": "'smtp'",
        "WPMS_MAIL_FROM": "'orders@example.com'",
        "WPMS_MAIL_FROM_FORCE": "true",
        "WPMS_SET_RETURN_PATH": "true",
        "WPMS_SMTP_HOST": f"'{HOST}'",
        "WPMS_SMTP_PORT": "587",
        "WPMS_SSL": "'tls'",
        "WPMS_SMTP_AUTH": "true",
        "WPMS_SMTP_AUTOTLS": "true",
        "WPMS_SMTP_USER": f"'{KEY_ID}'",
        "WPMS_SMTP_PASS": f"'{PASSWORD}'",
    }


def test_no_constant_is_one_of_a_mailer_that_wants_the_secret_key(own: Login) -> None:
    for fmt in ("wp-mail-smtp", "fluent-smtp"):
        assert not re.search(r"AMAZONSES|AWS_|SECRET", render([own], fmt))


def test_the_tls_port_is_ssl_in_the_words_of_the_plugins(own: Login) -> None:
    assert constants(render([own.through(465)], "wp-mail-smtp"))["WPMS_SSL"] == "'ssl'"
    assert "//   Encryption: SSL\n" in render([own.through(2465)], "fluent-smtp")


def test_fluent_smtp_has_two_constants_and_the_rest_is_said(own: Login) -> None:
    text = render([own], "fluent-smtp")
    assert constants(text) == {"FLUENTMAIL_SMTP_USERNAME": f"'{KEY_ID}'", "FLUENTMAIL_SMTP_PASSWORD": f"'{PASSWORD}'"}
    for line in (f"SMTP Host: {HOST}", "SMTP Port: 587", "Encryption: TLS", "Force From Email: on"):
        assert f"//   {line}\n" in text


def test_a_quote_and_a_backslash_stay_inside_a_php_string(odd: Login) -> None:
    assert constants(render([odd], "wp-mail-smtp"))["WPMS_SMTP_PASS"] == r"""'a\'b"c $HOME `id` \\ +/='"""


def test_no_address_ends_the_comment_of_a_php_file(own: Login) -> None:
    text = render([own.sending_as(EmailAddress.parse("*/?x@example.com"))], "wp-mail-smtp")
    assert all(line.startswith(("<?php", "//", "define( ")) for line in text.splitlines())


def test_postfix_has_lines_for_three_files(shop: Login) -> None:
    lines = body(render([shop], "postfix"))
    relay = f"[{HOST}]:587"
    assert f"relayhost = {relay}" in lines
    assert f"{relay} {KEY_ID}:{PASSWORD}" in lines
    assert {"smtp_tls_security_level = secure", "smtp_tls_wrappermode = no"} <= set(lines)
    assert next(line for line in lines if line.endswith("orders@example.com")).startswith("!/")
    assert "smtp_tls_wrappermode = yes" in body(render([shop.through(465)], "postfix"))


def test_a_pattern_of_postfix_means_the_address_and_nothing_like_it(own: Login) -> None:
    text = render([replace(own, sends_from="a+b.c/d$e@example.com")], "postfix")
    assert r"a\+b\.c\/d\$e@example\.com$/i a+b.c/d$$e@example.com" in text


def test_msmtp_has_an_account_for_each_login_and_the_first_is_the_default(own: Login, shop: Login) -> None:
    lines = body(render([own, shop.through(465)], "msmtp"))
    assert [line for line in lines if line.startswith("account ")] == [
        "account example.com",
        "account example.com+shop",
        "account default : example.com",
    ]
    assert [line for line in lines if line.startswith("tls_starttls")] == ["tls_starttls on", "tls_starttls off"]
    assert [line for line in lines if line.startswith("from ")] == [
        "from noreply@example.com",
        "from orders@example.com",
    ]
    assert {f"password {PASSWORD}", "set_from_header on", "allow_from_override off"} <= set(lines)


def test_gmail_is_told_in_steps(shop: Login) -> None:
    text = render([shop], "gmail")
    for step in ("2. Email address: orders@example.com\n", f"4. SMTP Server: {HOST}\n", f"6. Username: {KEY_ID}\n"):
        assert step in text
    assert "TLS: chosen" in text
    assert "SSL: chosen" in render([shop.through(465)], "gmail")


@pytest.mark.parametrize("port", [2587, 2465])
def test_a_port_that_gmail_does_not_offer_is_refused(own: Login, port: int) -> None:
    with pytest.raises(InputError) as caught:
        render([own.through(port)], "gmail")
    assert caught.value.code == "port_of_gmail"


def test_a_docker_secret_is_read_by_a_shell(own: Login, odd: Login) -> None:
    found = settings(render([own], "docker-secret"))
    assert (found["SMTP_HOST"], found["SMTP_PORT"], found["SMTP_FROM"]) == (HOST, "587", "noreply@example.com")
    assert settings(render([odd], "docker-secret"))["SMTP_PASSWORD"] == odd.credential.password.reveal()


def test_a_secret_of_kubernetes_holds_the_variables_in_base64(own: Login, shop: Login, odd: Login) -> None:
    documents = list(yaml.safe_load_all(render([own, shop, odd], "k8s-secret")))
    names = [document["metadata"]["name"] for document in documents]
    assert names == ["smtp-example.com", "smtp-example.com--shop", "smtp-example.net"]
    values = [{k: base64.b64decode(v).decode() for k, v in document["data"].items()} for document in documents]
    assert [value["SMTP_FROM"] for value in values] == [
        "noreply@example.com",
        "orders@example.com",
        "noreply@example.net",
    ]
    assert values[2]["SMTP_PASSWORD"] == odd.credential.password.reveal()
    assert values[0]["SMTP_PASSWORD"] == PASSWORD
