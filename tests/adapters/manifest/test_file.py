"""Manifests in each format: what is read, and every fault at once with its line and field."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifests import documents, faults

from provisioner.adapters.manifest.file import LARGEST, parse_manifest, read_manifest
from provisioner.adapters.manifest.model import manifest_schema
from provisioner.errors import InputError

YAML = """\
defaults:
  zone: create
  dmarc: quarantine
domains:
  - example.com
  - domain: Blog.Example.org.
    dmarc: reject
    contact: ada@example.org
    customer: NO
"""


def test_defaults_hold_where_an_entry_does_not_say_otherwise() -> None:
    assert documents(YAML) == [
        {"domain": "example.com", "zone": "create", "dmarc": "quarantine"},
        {"domain": "blog.example.org", "zone": "create", "dmarc": "reject", "contact": "ada@example.org",
         "customer": "NO"},
    ]  # fmt: skip


def test_json_and_csv_say_the_same_as_yaml() -> None:
    as_json = '{"domains": [{"domain": "example.com",\t"customer": "Ada 5", "contact": null}]}'
    as_csv = "domain,customer,contact,zone\r\nexample.com,Ada 5,null,\r\n"
    as_yaml = "domains: [{domain: example.com, customer: Ada 5, contact: ~}]"
    assert documents(as_json, "json") == documents(as_csv, "csv") == documents(as_yaml)


def test_every_fault_is_told_at_once_with_line_and_field() -> None:
    found = faults(
        "defaults:\n  zone: crate\n  contactt: a@b.de\ndomains:\n  - example.com\n  - domain: EXAMPLE.com.\n"
        "    dmarc: rejekt\n  - domain: xn--mnchen-3ya.de\n  - münchen.de\n  - contact: [a, b]\n  - 10.0.0.1\n"
    )
    assert [line.partition(": ")[0] for line in found] == [
        "line 2, defaults.zone",
        "line 3, defaults.contactt",
        "line 6, domains[1]",
        "line 7, domains[1].dmarc",
        "line 9, domains[3]",
        "line 10, domains[4].contact",
        "line 10, domains[4].domain",
        "line 11, domains[5].domain",
    ]
    assert "Use one of: auto, create" in found[0]
    assert "did you mean contact?" in found[1]
    assert "example.com is there twice, first on line 5" in found[2]
    assert "first on line 8" in found[4]
    assert "it is a list, not a text" in found[5]
    assert "IP address" in found[7]


@pytest.mark.parametrize("twice", ["Example.COM", "example.com.", "EXAMPLE.com"])
def test_a_domain_twice_in_another_spelling_is_a_fault(twice: str) -> None:
    assert "is there twice" in faults(f"domains: [example.com, {twice}]")[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [1]\nb: *x", "line 1: anchors and aliases"),
        ("domains:\n  - *x", "line 2: anchors and aliases"),
        ("domains: !!python/object/apply:os.system [ls]", "the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("domains: [a.com]\n---\ndomains: []", "line 2: a second YAML document"),
        ("domains:\n\t- a.com", "line 2: it is not YAML"),
        ("domains: [a.com", "it is not YAML"),
        ('domains: ["\x00"]', "it is not YAML"),
        ("domains: [a.com]\ndomains: [b.com]", "line 2, domains: the field is given twice, first on line 1"),
        ("domains:\n - domain: a.com\n   zone: auto\n   zone: adopt", "line 4, zone: the field is given twice"),
        ("domains: [{? [a] : b}]", "a field's name is a text"),
        ("- [a.com]", "domains[0].domain: it is a list, not a text"),
        ("just text", "it is a text, not a mapping (write\n  domains:\n    - example.com\n    - {domain: example.org"),
        ("domains:", "domains: it is nothing, not a list"),
        ("domains: []", "domains: it names no domain"),
        ("domains: a.com", "domains: it is a text, not a list"),
        ("defaults: []\ndomains: [a.com]", "defaults: it is a list, not a mapping"),
        ("domain: [a.com]", "line 1, domain: the field is unknown (did you mean domains?)"),
        ("x: " + "[" * 20, "nested more than 10 levels"),
        ("x: " + "[" * 5000, "nest"),  # newer libraries refuse it before we do
        ("<<: {a: b}\ndomains: [a.com]", "line 1, <<: the field is unknown"),
    ],
)
def test_yaml_that_is_no_manifest_is_told_by_its_line(text: str, says: str) -> None:
    assert says in "\n".join(faults(text))


@pytest.mark.timeout(120)  # it would take for ever
def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors and aliases" in faults(bomb)[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"domains": ["a.com",]}', "line 1: it is not JSON"),
        ('{"domains":\n["a.com"', "line 2: it is not JSON"),
        ('{"domains": ["a.com"], "domains": []}', "the field is given twice"),
        (
            '{"domains": [{"domain": "a.com",\n"customer": 5}]}',
            "line 2, domains[0].customer: it is a number, not a text",
        ),
        ('{"domains": [{"domain": "a.com", "customer": true}]}', "it is a boolean, not a text"),
        ("[" * 100_000, "nested"),
    ],
)
def test_json_that_is_no_manifest_is_told_by_its_line(text: str, says: str) -> None:
    assert says in "\n".join(faults(text, "json"))


def test_json_may_escape_any_character() -> None:
    text = r'{"domains": [{"domain": "m\u00fcnchen.de", "customer": "\ud835\udd38 \\ud83d"}]}'
    with pytest.raises(InputError, match=r"contains '\\\\'"):  # the backslash itself is no tag character
        documents(text, "json")
    assert documents(text.replace(r" \\ud83d", ""), "json") == [
        {"domain": "xn--mnchen-3ya.de", "customer": "\U0001d538"}
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("customer\nAda", "line 1, domain: the column is missing"),
        ("domain,contactt\na.com,x@y.de", "line 1, contactt: the column is unknown (did you mean contact?)"),
        ("domain,domain\na.com,b.com", "line 1, domain: the column is given twice"),
        ("domain,customer\na.com\nb.com,Ada,x", "line 2: it has 1 cells where the header has 2"),
        ("domain,customer\na.com\nb.com,Ada,x", "line 3: it has 3 cells where the header has 2"),
        ('domain\n"a.com', "it is not CSV"),
        ("domain\n", "it names no domain"),
        ("domain,dmarc\n\na.com,no", "line 3, domains[0].dmarc"),
        ('domain,customer\n"a.com","A\nb"\nb c.com,', "line 4, domains[1].domain"),
    ],
)
def test_csv_that_is_no_manifest_is_told_by_its_line(text: str, says: str) -> None:
    assert says in "\n".join(faults(text, "csv"))


def test_csv_may_be_separated_by_semicolons_and_have_blank_lines_and_spaces() -> None:
    assert documents("domain; customer\n\n a.com ;Ada\n;\n", "csv") == [{"domain": "a.com", "customer": "Ada"}]


@pytest.mark.parametrize("name", ["m.yaml", "m.txt"])
def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf" + YAML.replace("\n", "\r\n").encode())
    assert len(read_manifest(str(path)).entries) == 2


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \n\n", "it is empty"),
        ("domains: [a.com]".encode("utf-16"), "it is UTF-16 (save it as UTF-8)"),
        (b"domains:\n  - m\xfcnchen.de", "line 2: byte 0xfc is not UTF-8"),
        (b"\x1f\x8b\x08\x00", "byte 0x8b is not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_told_as_that(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        read_manifest(str(path))
    assert says in caught.value.message


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InputError) as caught:
            read_manifest(str(path))
        assert caught.value.code == "no_manifest"


@pytest.mark.parametrize(
    "text", ["domains: [a.com]", '{"domains": ["a.com"]}', "domain\na.com", "customer;domain\nx;a.com"]
)
def test_the_format_of_standard_input_is_recognised(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    assert [str(entry.domain) for entry in read_manifest("-").entries] == ["a.com"]


def test_an_endless_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"#" * (LARGEST + 1))))
    with pytest.raises(InputError, match="larger than 32 MiB"):
        read_manifest("-")


@pytest.mark.timeout(300)  # seconds, when each line costs the same; hours, when each costs more than the one before
def test_ten_thousand_domains_are_read_good_or_bad() -> None:
    entry = "    customer: Ada\n    contact: ada@example.com\n    dmarc: reject\n"
    good = "domains:\n" + "".join(f"  - domain: d{number}.example.com\n{entry}" for number in range(10_000))
    assert len(documents(good)) == 10_000
    assert len(faults(good.replace("customer", "costumer"))) == 201


def test_dmarc_that_is_skipped_needs_no_report_address_of_the_defaults() -> None:
    text = "defaults: {dmarc_rua: d@a.com}\ndomains:\n- {domain: a.com, dmarc: skip}\n- b.com\n"
    assert documents(text) == [
        {"domain": "a.com", "dmarc": "skip"},
        {"domain": "b.com", "dmarc_rua": "d@a.com"},
    ]


def test_the_published_schema_accepts_what_is_accepted_and_refuses_what_is_refused() -> None:
    validator = jsonschema.Draft202012Validator(manifest_schema())
    jsonschema.Draft202012Validator.check_schema(manifest_schema())
    entry = {"domain": "a.com", "dmarc": "reject", "zone": "create", "spf": "skip", "region": "eu-west-1"}
    for good in (
        {"domains": ["b.com", entry, {"domain": "c.com", "dmarc": "skip"}]},
        {"domains": [entry], "defaults": {"customer": "Ada", "contact": None}},
        {"domains": [{**entry, "tags": {"Team": "web", "Empty": ""}}], "defaults": {"tags": {}}},
        {"domains": [{**entry, "senders": {"shop": "Or.ders+eu"}}], "defaults": {"senders": {}}},
    ):
        validator.validate(good)
        assert documents(json.dumps(good), "json")
    for bad in (
        {"domains": []},
        {},
        {"domains": [{"domain": "a.com", "x": "y"}]},
        {"domains": [{**entry, "dmarc": "x"}]},
        {"domains": [{**entry, "senders": ["a"]}]},
        {"domains": [{**entry, "senders": {"Shop": "orders"}}]},
        {"domains": [{**entry, "senders": {"shop": "orders@a.com"}}]},
        {"domains": [{**entry, "senders": {"shop": "or..ders"}}]},
        {"domains": [{**entry, "senders": {"shop": "o" * 65}}]},
        {"domains": [{**entry, "senders": {"shop": None}}]},
        {"domains": [{**entry, "senders": {f"s{number}": "x" for number in range(21)}}]},
        {"domains": [{**entry, "tags": ["Team"]}]},
        {"domains": [{**entry, "tags": {"Team": 5}}]},
        {"domains": [{**entry, "tags": {"Aws:Team": "web"}}]},
        {"domains": [{**entry, "tags": {"": "web"}}]},
        {"domains": [{**entry, "tags": {str(number): "x" for number in range(48)}}]},
    ):
        assert not validator.is_valid(bad)
        assert faults(json.dumps(bad), "json")


@given(st.text(max_size=200), st.sampled_from(["yaml", "json", "csv"]))
def test_no_text_whatever_is_more_than_bad_input(text: str, kind: str) -> None:
    try:
        assert parse_manifest(text, "m", kind).entries
    except InputError as error:
        assert error.code == "invalid_manifest"  # noqa: PT017 - either outcome is right
