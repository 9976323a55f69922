import pytest

from provisioner.core.values.region import WITH_SMTP, WITHOUT_SES, WITHOUT_SMTP, Region
from provisioner.errors import InputError


def test_a_region_knows_its_hosts() -> None:
    region = Region.parse("eu-central-1")
    assert region.smtp_host == "email-smtp.eu-central-1.amazonaws.com"
    assert region.feedback_host == "feedback-smtp.eu-central-1.amazonses.com"
    assert (region.name, str(region), region.partition) == ("eu-central-1", "eu-central-1", "aws")


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("us-east-1", "dkim.amazonses.com"),
        ("us-west-2", "dkim.amazonses.com"),
        ("us-gov-west-1", "dkim.amazonses.com"),
        ("us-gov-east-1", "dkim.us-gov-east-1.amazonses.com"),
        ("ap-northeast-3", "dkim.ap-northeast-3.amazonses.com"),
        ("me-south-1", "dkim.me-south-1.amazonses.com"),
    ],
)
def test_the_dkim_suffix_is_the_documented_one(name: str, suffix: str) -> None:
    assert Region(name).signing_hosted_zone == suffix


def test_govcloud_is_a_partition_of_its_own() -> None:
    assert Region.parse("us-gov-west-1").partition == "aws-us-gov"


def test_the_tables_hold_every_documented_region_once() -> None:
    assert (len(WITH_SMTP), len(WITHOUT_SMTP)) == (19, 10)
    assert not WITH_SMTP & WITHOUT_SMTP
    assert not WITHOUT_SES & (WITH_SMTP | WITHOUT_SMTP)


@pytest.mark.parametrize("name", sorted(WITH_SMTP))
def test_every_region_with_an_smtp_endpoint_is_taken(name: str) -> None:
    assert Region.parse(name) == Region(name)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("me-south-1", "region_without_smtp", "us-east-1"),
        ("eu-south-1", "region_without_smtp", "eu-central-1, eu-north-1"),
        ("ap-east-1", "region_without_ses", "ap-northeast-1"),
        ("cn-north-1", "region_without_ses", "us-east-1"),
        ("eu-west-11", "unknown_region", "Did you mean eu-west-1"),
        ("US-EAST-1", "unknown_region", "Did you mean us-east-1"),
        ("us-east-1a", "unknown_region", "Did you mean us-east-1"),
        ("", "unknown_region", "Use one of: ap-northeast-1"),
        ("mars", "unknown_region", "Use one of: ap-northeast-1"),
        ("us-east-1\n", "unknown_region", "Did you mean us-east-1"),
    ],
)
def test_a_region_that_cannot_be_used_is_refused_with_others_to_use(text: str, code: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        Region.parse(text)
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert caught.value.message.isprintable()
