"""Logins as they are handed over."""

from dataclasses import replace

import pytest

from provisioner.core.credentials.credential import Login, SmtpCredential
from provisioner.core.values.domain import DomainName
from provisioner.core.values.secret import Secret


@pytest.fixture
def own(credential: SmtpCredential) -> Login:
    """The domain's own, which sends as any address of it."""
    return Login(credential, "*@example.com")


@pytest.fixture
def odd(credential: SmtpCredential) -> Login:
    """One whose password is nothing but signs that some reader takes for something else."""
    odd = Secret("a'b\"c $HOME `id` \\ +/=")
    return Login(replace(credential, domain=DomainName("example.net"), password=odd), "*@example.net")


@pytest.fixture
def shop(credential: SmtpCredential) -> Login:
    """A sender's, which sends as one address."""
    return Login(replace(credential, sender="shop", iam_user="example.com+shop"), "orders@example.com")
