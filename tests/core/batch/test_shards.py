import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.batch.shards import Shard, choose_shard, shard_of
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError

DOMAINS = [DomainName.of_ascii(f"d{number}.example.com") for number in range(200)]


@given(st.integers(1, 50))
def test_every_domain_is_in_exactly_one_shard(total: int) -> None:
    shards = [Shard(index, total) for index in range(total)]
    assert all(sum(shard.holds(domain) for shard in shards) == 1 for domain in DOMAINS)


def test_a_domains_shard_is_the_sha_256_of_its_a_label_and_nothing_else() -> None:
    # echo -n example.com | sha256sum: a379a6f6eeafb9a55e378c118034e2751e682fab9f2d30ab13d2125586ce1947
    digest = 0xA379A6F6EEAFB9A55E378C118034E2751E682FAB9F2D30AB13D2125586CE1947
    assert [shard_of(DomainName.of_ascii("example.com"), total) for total in (3, 7, 64)] == [
        digest % 3,
        digest % 7,
        digest % 64,
    ]


@pytest.mark.parametrize("text", ["3/3", "-1/3", "0", "0/0", "a/b", "1/2/3", "0/100000", ""])
def test_what_is_no_shard_is_refused_and_counting_from_0_is_explained(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Shard.parse(text)
    assert caught.value.code == "invalid_shard"
    assert "counted from 0" in caught.value.hint


def test_a_given_shard_wins_over_the_array_job() -> None:
    assert choose_shard("1/2", None, {"AWS_BATCH_JOB_ARRAY_INDEX": "5", "AWS_BATCH_JOB_ARRAY_SIZE": "9"}) == Shard(1, 2)


def test_an_array_job_of_aws_batch_says_both_numbers() -> None:
    environment = {"AWS_BATCH_JOB_ARRAY_INDEX": "5", "AWS_BATCH_JOB_ARRAY_SIZE": "9"}
    assert choose_shard(None, None, environment) == Shard(5, 9)


def test_an_indexed_job_of_kubernetes_needs_the_total() -> None:
    assert choose_shard(None, 4, {"JOB_COMPLETION_INDEX": "3"}) == Shard(3, 4)
    with pytest.raises(InputError) as caught:
        choose_shard(None, None, {"JOB_COMPLETION_INDEX": "3"})
    assert caught.value.code == "shard_total_unknown"


def test_an_index_without_a_size_is_never_guessed_on_aws_batch_either() -> None:
    with pytest.raises(InputError, match="nobody says of how many"):
        choose_shard(None, None, {"AWS_BATCH_JOB_ARRAY_INDEX": "0"})


def test_a_total_without_an_index_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        choose_shard(None, 4, {})
    assert caught.value.code == "shard_index_unknown"


def test_without_any_of_it_there_is_no_shard() -> None:
    assert choose_shard(None, None, {}) is None
