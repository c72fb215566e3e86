"""What extra specs ask for; the answers are those of cinder/scheduler/filters/extra_specs_ops.py."""

import pytest

from fakecompute.domain.volume.specs import meets

# fmt: off
CASES = [
    ("lvm-1", "lvm-1",               True),
    ("lvm-1", "lvm-2",               False),
    (True,    "True",                False),  # a boolean is no text
    (True,    "<is> True",           True),
    ("yes",   "<is> on",             True),
    (False,   "<is> True",           False),
    (5,       "= 4",                 True),
    (5,       ">= 6",                False),
    (5,       "<= 6",                True),
    (5,       "== 5.0",              True),
    (5,       "!= 5",                False),
    ("a lot", ">= 6",                False),
    ("12311", "<in> 23",             True),
    (True,    "<in> T",              False),
    ("b",     "<or> a <or> b",       True),
    ("c",     "<or> a <or> b",       False),
    ("b",     "s< c",                True),
    ("b",     "s!= b",               False),
    (None,    None,                  True),
    ("a",     None,                  False),
    (None,    "<is> False",          False),
    ("a",     "<is>",                False),
    ("",      "",                    True),
]
# fmt: on


@pytest.mark.parametrize(("offered", "wanted", "is_met"), CASES)
def test_an_offer_meets_a_demand_or_does_not(offered, wanted, is_met):
    assert meets(offered, wanted) is is_met
