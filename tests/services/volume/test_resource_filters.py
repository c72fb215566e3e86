"""/resource_filters (3.33) as clients see it."""

FILTERS = "/volume/v3/resource_filters"


def test_each_resource_tells_its_filters(http):
    shown = http.get(FILTERS, version="volume 3.33").json["resource_filters"]
    assert {"resource": "pool", "filters": ["name", "volume_type"]} in shown
    assert len(shown) == 9


def test_one_can_be_asked_for(http):
    shown = http.get(FILTERS, params={"resource": "group"}, version="volume 3.33").json
    assert shown == {"resource_filters": [{"resource": "group", "filters": ["name"]}]}


def test_they_come_with_3_33(http):
    assert http.get(FILTERS, version="volume 3.32").status_code == 404
