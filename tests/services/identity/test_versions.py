"""Discovery, and what is not there."""


def test_the_root_offers_version_3(http):
    answer = http.get("/identity", headers={"X-Auth-Token": None})
    assert answer.status_code == 300
    assert answer.headers["Location"] == "http://localhost/identity/v3/"
    assert answer.json["versions"]["values"] == [
        {
            "id": "v3.14",
            "status": "stable",
            "updated": "2020-04-07T00:00:00Z",
            "links": [{"rel": "self", "href": "http://localhost/identity/v3/"}],
            "media-types": [
                {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}
            ],
        }
    ]


def test_version_3_describes_itself_with_and_without_a_slash(http):
    plain, slashed = (
        http.get(path, headers={"X-Auth-Token": None}) for path in ("/identity/v3", "/identity/v3/")
    )
    assert plain.status_code == 200
    assert plain.json == slashed.json


def test_head_is_answered_as_get_is(http):
    answer = http.head("/identity/v3", headers={"X-Auth-Token": None})
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_is_not_there_is_a_page_even_without_a_token(http):
    answer = http.get("/identity/v2.0", headers={"X-Auth-Token": None})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_method_that_is_not_there_names_those_that_are(http):
    answer = http.delete("/identity/v3/projects")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.json == {"message": "The method is not allowed for the requested URL."}


def test_a_path_may_end_with_a_slash(http):
    assert http.get("/identity/v3/auth/projects/").json["projects"]


def test_without_a_token_keystone_says_who_to_ask(http):
    answer = http.get("/identity/v3/projects", headers={"X-Auth-Token": None})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Keystone uri="http://localhost/identity/v3"'
    assert answer.headers["Vary"] == "X-Auth-Token"


def test_only_json_is_read(http):
    answer = http.post("/identity/v3/projects", content=b"a=b", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith(
        "Expecting to find application/json in Content-Type header."
    )


def test_broken_json_is_told(http):
    answer = http.post("/identity/v3/projects", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith("Expecting to find valid JSON in request body.")
