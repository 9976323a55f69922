"""SPF at the domain itself: never worse than a warning, as mail through SES is judged at MAIL FROM."""

from gallery.case import Case


def _text(*texts, more=()):
    def make(patient):
        for name, *values in more:
            patient.upsert(f"{name}.{patient.domain}", "TXT", *(value.replace("D", patient.domain) for value in values))
        patient.upsert(patient.domain, "TXT", *(text.replace("D", patient.domain) for text in texts))

    return make


def _includes(number):
    return tuple((f"_i{one}", "v=spf1 ip4:192.0.2.1 -all") for one in range(number))


def _all_includes(number, *before):
    terms = [*before, *(f"include:_i{one}.D" for one in range(number))]
    return f"v=spf1 {' '.join(terms)} ~all"


def _many_mx(patient):
    for number in range(11):
        patient.upsert(f"mx{number}.{patient.domain}", "A", f"192.0.2.{number + 1}")
    patient.upsert(patient.domain, "MX", *(f"10 mx{number}.{patient.domain}" for number in range(11)))
    patient.upsert(patient.domain, "TXT", "v=spf1 mx ~all")


CASES = (
    Case("two records", _text("v=spf1 include:amazonses.com ~all", "v=spf1 mx -all"), ("spf.broken warning",)),
    Case(
        "eleven lookups",
        _text(_all_includes(11), more=_includes(11)),
        ("spf.too_many_lookups warning",),
        says=("11",),
    ),
    Case("three names that do not exist", _text("v=spf1 a:x1.D a:x2.D a:x3.D ?all"), ("spf.void_lookups warning",)),
    Case(
        "strings that are joined without a space",
        _text('"v=spf1 include:amazonses.com" "ip4:192.0.2.1 ~all"'),
        ("spf.broken warning",),
        says=("amazonses.comip4",),
    ),
    Case("everybody may send", _text("v=spf1 +all"), ("spf.open warning",)),
    Case("nothing is said of others", _text("v=spf1 include:amazonses.com ?all"), also=("spf.neutral",)),
    Case("no all at the end", _text("v=spf1 include:amazonses.com"), also=("spf.neutral",)),
    Case("ptr", _text("v=spf1 ptr ~all"), ("spf.ptr warning",)),
    Case(
        "redirect beside all",
        _text("v=spf1 redirect=_spf.D ~all", more=(("_spf", "v=spf1 include:amazonses.com ~all"),)),
        ("spf.redirect_ignored warning",),
    ),
    Case("redirect to nothing", _text("v=spf1 redirect=_none.D"), ("spf.broken warning",)),
    Case("an include of nothing", _text("v=spf1 include:_none.D ~all"), ("spf.broken warning",)),
    Case(
        "includes in a circle",
        _text(
            "v=spf1 include:_a.D ~all",
            more=(("_a", "v=spf1 include:_b.D -all"), ("_b", "v=spf1 include:_a.D -all")),
        ),
        ("spf.broken warning",),
    ),
    Case(
        "a blank before it",
        _text(" v=spf1 include:amazonses.com ~all"),
        ("spf.none warning",),
        says=("blank",),
    ),
    Case("semicolons", _text("v=spf1; include:amazonses.com; ~all"), ("spf.broken warning",)),
    Case(
        "networks and names that are none",
        _text("v=spf1 ip4:192.0.2.1/33 a:192.0.2.2 ~all"),
        ("spf.broken warning",),
        says=("ip4:192.0.2.1/33", "a:192.0.2.2"),
    ),
    Case("eleven hosts behind mx", _many_mx, ("spf.broken warning",)),
    Case(
        "a record of type SPF only",
        lambda p: p.elsewhere("@ A 192.0.2.80", '@ SPF "v=spf1 include:amazonses.com ~all"', without=("@",)),
        ("spf.none warning",),
        says=("obsolete",),
        admitted={"zone": "external"},
    ),
    Case(
        "a large set of texts",
        _text("v=spf1 include:amazonses.com ~all", *(f"verification-{one}={'x' * 200}" for one in range(3))),
        also=("spf.large",),
    ),
    Case(
        "ten lookups, one with a macro",
        _text(_all_includes(9, "exists:%{i}._s.D"), more=_includes(9)),
        also=("spf.without_include",),
    ),
    Case(
        "eleven lookups, one with a macro",
        _text(_all_includes(10, "exists:%{i}._s.D"), more=_includes(10)),
        ("spf.too_many_lookups warning",),
    ),
)
