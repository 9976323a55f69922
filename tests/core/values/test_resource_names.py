import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import (
    IAM_USER_PATH,
    configuration_set_name,
    iam_user_name,
    sender_user_name,
)

LONG = DomainName(".".join(["a" * 63, "b" * 63, "c" * 60, "com"]))


@pytest.mark.parametrize(
    ("domain", "configuration_set", "user"),
    [
        ("example.com", "example-com", "example.com"),
        ("a-b.com", "a_b-com", "a-b.com"),
        ("a.b.com", "a-b-com", "a.b.com"),
        ("ab--cd.com", "ab__cd-com", "ab--cd.com"),
        ("xn--mnchen-3ya.de", "xn__mnchen_3ya-de", "xn--mnchen-3ya.de"),
    ],
)
def test_a_short_domain_is_readable_in_its_names(domain: str, configuration_set: str, user: str) -> None:
    assert configuration_set_name(DomainName(domain)) == configuration_set
    assert iam_user_name(DomainName(domain)) == user


def test_a_name_of_64_characters_is_not_cut() -> None:
    fits, too_long = DomainName(f"{'a' * 60}.com"), DomainName(f"{'a' * 61}.com")
    assert configuration_set_name(fits) == f"{'a' * 60}-com"
    assert iam_user_name(fits) == fits.ascii
    assert re.fullmatch(r"a{46}--[0-9a-f]{16}", configuration_set_name(too_long))
    assert re.fullmatch(r"a{47}=[0-9a-f]{16}", iam_user_name(too_long))


def test_long_domains_with_one_beginning_have_names_of_their_own() -> None:
    other = DomainName(LONG.ascii.removesuffix("com") + "net")
    assert configuration_set_name(LONG) != configuration_set_name(other)
    assert iam_user_name(LONG) != iam_user_name(other)


def test_a_shortened_name_is_the_same_forever() -> None:
    """A changed digest would orphan what was made under the old name."""
    assert iam_user_name(LONG) == "a" * 47 + "=b43a28cf5da27858"
    assert configuration_set_name(LONG) == "a" * 46 + "--b43a28cf5da27858"


@given(...)
def test_names_keep_the_limits_and_alphabets_of_aws(domain: DomainName) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", configuration_set_name(domain))
    assert re.fullmatch(r"[a-z0-9+=,.@-]{1,64}", iam_user_name(domain))


@given(st.sets(st.text("a.-", min_size=1, max_size=70), min_size=2))
def test_two_domains_never_share_a_name(texts: set[str]) -> None:
    """Over an alphabet of three, so that near misses are the rule."""
    tidy = {re.sub(r"\.{2,}", ".", text.strip(".-").replace(".-", ".").replace("-.", ".")) for text in texts}
    domains = [DomainName(f"{text or 'a'}.com") for text in tidy]
    assert len({configuration_set_name(domain) for domain in domains}) == len(set(domains))
    assert len({iam_user_name(domain).lower() for domain in domains}) == len(set(domains))


def test_the_user_of_a_sender_is_named_by_domain_and_sender() -> None:
    assert sender_user_name(DomainName("example.com"), "shop") == "example.com+shop"
    fits, too_long = DomainName(f"{'a' * 55}.com"), DomainName(f"{'a' * 56}.com")
    assert sender_user_name(fits, "shop") == f"{fits}+shop"
    assert re.fullmatch(r"a{42}=[0-9a-f]{16}\+shop", sender_user_name(too_long, "shop"))
    assert sender_user_name(LONG, "shop") == "a" * 42 + "=b43a28cf5da27858+shop"


@given(st.sets(st.tuples(st.text("a.-", max_size=70), st.sampled_from(["", "a", "b", "a-b", "s" * 32])), min_size=2))
def test_no_two_users_share_a_name(pairs: set[tuple[str, str]]) -> None:
    users = set()
    for text, sender in pairs:
        tidy = re.sub(r"\.{2,}", ".", text.strip(".-").replace(".-", ".").replace("-.", "."))
        users.add((DomainName(f"{tidy or 'a'}.com"), sender))
    named = {sender_user_name(domain, sender) if sender else iam_user_name(domain) for domain, sender in users}
    assert len({name.lower() for name in named}) == len(users)
    assert all(re.fullmatch(r"[a-z0-9+=,.@-]{1,64}", name) for name in named)


def test_the_users_live_in_a_path_of_their_own() -> None:
    assert IAM_USER_PATH == "/provisioner/smtp/"
