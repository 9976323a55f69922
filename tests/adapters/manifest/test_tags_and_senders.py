"""Tags and senders in a manifest: in each format, merged over the defaults, and every fault at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifests import documents, faults

from provisioner.core.asked.tags import Tags
from provisioner.errors import InputError


def test_the_tags_of_an_entry_are_merged_over_the_defaults_key_by_key() -> None:
    text = (
        "defaults:\n  tags: {Team: web, CostCenter: 0042, Paid: yes}\ndomains:\n- a.com\n- {domain: b.com, spf: skip}\n"
        "- {domain: c.com, tags: {Paid: no, costcenter: 1e3, Empty: ''}}\n- {domain: d.com, tags: {}}\n"
    )
    defaults = {"CostCenter": "0042", "Paid": "yes", "Team": "web"}  # YAML's numbers and booleans, as written
    assert [entry.get("tags") for entry in documents(text)] == [
        defaults,
        defaults,
        {"Empty": "", "Paid": "no", "Team": "web", "costcenter": "1e3"},
        {},
    ]


def test_an_entry_without_tags_asks_for_none_and_keeps_what_is_there() -> None:
    assert documents("domains: [a.com, {domain: b.com, tags: {}}]") == [
        {"domain": "a.com"},
        {"domain": "b.com", "tags": {}},
    ]


def test_the_tags_of_every_format_are_the_same() -> None:
    as_json = (
        r'{"domains": [{"domain": "a.com", "tags": {"Team": "web", "Q": "a=b", "E": "", "Gr\u00f6\u00dfe": "1"}}]}'
    )
    as_csv = "domain,tags\na.com, Team=web;Q=a=b ; E=; Größe = 1;\n"
    as_yaml = "domains:\n- domain: a.com\n  tags:\n    Team: web\n    Q: a=b\n    E: ''\n    Größe: 1\n"
    assert documents(as_json, "json") == documents(as_csv, "csv") == documents(as_yaml)
    quoted = 'domain;tags\na.com;"Team=web;Q=a=b;E=;Größe=1"\nb.com;\n'
    assert documents(quoted, "csv") == [*documents(as_yaml), {"domain": "b.com"}]


def test_every_fault_of_tags_is_told_with_its_line_and_key() -> None:
    found = faults(
        "defaults:\n  tags:\n    aws:x: y\ndomains:\n- domain: a.com\n  tags:\n    managedby: x\n    Team: web\n"
        "    team: ops\n    Nothing:\n    List: [a]\n    'bad!': x\n    '': x\n  dmarc: no\n- domain: b.com\n"
        "  tags: Team=web\n- domain: c.com\n  tags: [Team]\n- domain: d.com\n  sender: [a]\n"
    )
    assert [line.partition(": ")[0] for line in found] == [
        "line 3, defaults.tags.aws:x",
        "line 7, domains[0].tags.managedby",
        "line 9, domains[0].tags.team",
        "line 10, domains[0].tags.Nothing",
        "line 11, domains[0].tags.List",
        "line 12, domains[0].tags.bad!",
        "line 13, domains[0].tags.",
        "line 14, domains[0].dmarc",
        "line 16, domains[1].tags",
        "line 18, domains[2].tags",
        "line 20, domains[3].sender",
    ]
    assert "the tag 'managedby' is the provisioner's own (choose another key)" in found[1]
    assert 'for an empty value write `Nothing: ""`' in found[3]
    assert "it is a text, not a mapping (a tag a line" in found[8]
    assert "the field is unknown (did you mean senders?)" in found[10]


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("domains:\n- domain: a.com\n  tags:\n    A: 1\n    A: 2", "yaml", "line 5, A: the field is given twice"),
        ('{"domains": [{"domain": "a.com",\n"tags": {"A": 5}}]}', "json", "line 2, domains[0].tags.A: it is a number"),
        ('{"domains": [{"domain": "a.com", "tags": {"A": true}}]}', "json", "it is a boolean, not a text (write it in"),
        ('{"domains": [{"domain": "a.com", "tags": {"A": {}}}]}', "json", "it is a mapping, not a text"),
        ("domain,tags\na.com,\nb.com,Team", "csv", "line 3, domains[1].tags.Team: it is nothing, not a text"),
        ("domain,tags\na.com,A=1; A=2", "csv", "line 2, tags: the tag 'A' is given twice"),
        ("domain,tags\na.com,A=1; a=2", "csv", "line 2, domains[0].tags.a: the tag 'a' is given twice, also as 'A'"),
        ("domain,tags\na.com,;", "csv", "line 2, domains[0].tags: it is a text, not a mapping"),
        ("domain;tags\na.com;A=1;B=2", "csv", "quote a cell that holds the separator"),
    ],
)
def test_tags_that_cannot_be_read_are_told_by_their_line(text: str, kind: str, says: str) -> None:
    assert says in "\n".join(faults(text, kind))


def test_defaults_and_an_entry_may_have_too_many_tags_together() -> None:
    half = [", ".join(f"{letter}{number}: x" for number in range(30)) for letter in "ab"]
    (found,) = faults(f"defaults:\n  tags: {{{half[0]}}}\ndomains:\n- a.com\n- domain: b.com\n  tags: {{{half[1]}}}")
    assert found.startswith("line 6, domains[1].tags: with those of the defaults, 60 tags are too many")


def test_the_senders_of_an_entry_are_merged_over_the_defaults_name_by_name() -> None:
    text = (
        "defaults:\n  senders: {shop: orders, scanner: scan}\ndomains:\n- a.com\n- {domain: b.com, senders: ~}\n"
        "- {domain: c.com, senders: {shop: Sales, fax-2: 0042}}\n- {domain: d.com, senders: {}}\n"
    )
    defaults = {"scanner": "scan", "shop": "orders"}
    assert [entry.get("senders") for entry in documents(text)] == [
        defaults,
        defaults,
        {"fax-2": "0042", "scanner": "scan", "shop": "Sales"},
        {},
    ]
    assert "senders" not in documents("domains: [a.com]")[0]


def test_the_senders_of_every_format_are_the_same() -> None:
    as_json = '{"domains": [{"domain": "a.com", "senders": {"shop": "Orders", "scanner": "scan"}}]}'
    as_csv = "domain,senders\na.com, shop=Orders; scanner = scan;\n"
    as_yaml = "domains:\n- domain: a.com\n  senders:\n    scanner: scan\n    shop: Orders\n"
    assert documents(as_json, "json") == documents(as_csv, "csv") == documents(as_yaml)
    both = 'domain;senders;tags\na.com;"shop=Orders;scanner=scan";Team=web\nb.com;;\n'
    assert documents(both, "csv") == [{**documents(as_yaml)[0], "tags": {"Team": "web"}}, {"domain": "b.com"}]


def test_every_fault_of_senders_is_told_with_its_line_and_name() -> None:
    found = faults(
        "defaults:\n  senders:\n    Shop: orders\ndomains:\n- domain: a.com\n  senders:\n    shop: orders@a.com\n"
        "    news:\n    fax: [a]\n    'in out': x\n- domain: b.com\n  senders: shop=orders\n"
    )
    assert [line.partition(": ")[0] for line in found] == [
        "line 3, defaults.senders.Shop",
        "line 7, domains[0].senders.shop",
        "line 8, domains[0].senders.news",
        "line 9, domains[0].senders.fax",
        "line 10, domains[0].senders.in out",
        "line 12, domains[1].senders",
    ]
    assert "write shop" in found[0]
    assert "give only what stands before the @: shop=orders" in found[1]
    assert "such as `news: orders`" in found[2]
    assert "in CSV `shop=orders; scanner=scan`" in found[5]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("domain,senders\na.com,shop=a; shop=b", "line 2, senders: the sender 'shop' is given twice"),
        ("domain,senders\na.com,shop", "line 2, domains[0].senders.shop: it is nothing, not a text"),
        (
            "domain,senders\na.com,shop=",
            "line 2, domains[0].senders.shop: the local part of the sender 'shop' is empty",
        ),
        ("domain,senders\na.com,shop=x@a.com", "line 2, domains[0].senders.shop: the local part of the sender"),
    ],
)
def test_senders_of_a_cell_that_cannot_be_read_are_told_by_their_line(text: str, says: str) -> None:
    assert says in "\n".join(faults(text, "csv"))


def test_defaults_and_an_entry_may_have_too_many_senders_together() -> None:
    half = [", ".join(f"{letter}{number}: x" for number in range(15)) for letter in "ab"]
    (found,) = faults(
        f"defaults:\n  senders: {{{half[0]}}}\ndomains:\n- a.com\n- domain: b.com\n  senders: {{{half[1]}}}"
    )
    assert found.startswith("line 6, domains[1].senders: with those of the defaults, 30 senders are too many")


_cells = st.text(st.characters(categories=["L", "N", "Zs"], include_characters="_.:/+-@"), min_size=1, max_size=20)


@given(st.dictionaries(_cells, _cells))
def test_what_a_cell_of_csv_says_is_what_json_says(tags: dict[str, str]) -> None:
    try:
        wanted = Tags.parse(tags.items()).to_document()
    except InputError:
        return
    cell = "; ".join(f"{key}={value}" for key, value in tags.items())
    entry: dict[str, Any] = {"domain": "a.com", "tags": tags}
    assert documents(json.dumps({"domains": [entry]}), "json")[0]["tags"] == wanted
    assert documents(f"domain,tags\na.com,{cell}\n", "csv")[0].get("tags", {}) == wanted
