"""AWS signatures.  Expectations: what keystoneclient's signer makes of the same requests."""

import pytest

from fakecompute.domain.ec2_signature import Unsigned, ec2_signature

REQUEST = {"verb": "GET", "host": "foo:8080", "path": "/bar", "headers": {}, "body_hash": ""}
SCOPE = "AK/20260101/us-east-1/iam/aws4_request"
AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential={SCOPE},SignedHeaders=content-type;host;x-amz-date,Signature=x"
)
IN_HEADERS = {
    "Authorization": AUTHORIZATION,
    "Content-type": "application/x-www-form-urlencoded",
    "X-Amz-Date": "20260101T000000Z",
    "host": "iam.amazonaws.com",
}
IN_PARAMS = {
    "Action": "List",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": SCOPE,
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Date": "20260101T000000Z",
}
HASH = "b6359072c78d70ebee1e81adcbab4f01bf2c23245fa365ef83fe8f1f955085e2"


@pytest.mark.parametrize(("request_", "signature"), [
    ({"params": {"SignatureVersion": "0", "Action": "Test", "Timestamp": "2026-01-01T00:00:00Z"}},
     "K+fc4BLkmmjV8PFT6rgLkq3+6pk="),
    ({"params": {"SignatureVersion": "1", "Action": "Test", "b": "x y", "B": "2"}}, "oVyDcJ0BGhAF7OeALJORLz2NLLM="),
    ({"params": {"SignatureVersion": "2", "Action": "Té~st", "a/b": "x y"}},
     "cmSh1se6Xbe4rHiHyFoCSKUXUSMEeao+/7piWs4d2xw="),
    ({"verb": "POST", "path": "/", "body_hash": HASH, "params": {"Action": "List"}, "headers": IN_HEADERS},
     "6133c3ff176fd0579c5f24fe291ca539e6d37c5ffbb8c5410b3bca721e7d6632"),
    ({"path": "/", "body_hash": "e3b0", "params": IN_PARAMS, "headers": {"host": "iam.amazonaws.com"}},
     "3eb3788de0593f3bad2645708c6fd9c188fc978a61629fcb62e70b18b8a6cdd4"),
], ids=["0", "1", "2", "4 in headers", "4 in the query"])  # fmt: skip
def test_a_request_is_signed_as_clients_sign_it(request_, signature):
    assert ec2_signature("S3cr3t", {**REQUEST, **request_}) == signature


@pytest.mark.parametrize("params", [None, {}, {"SignatureVersion": "9"}, {"SignatureVersion": "0"}, []])
def test_what_is_no_signed_request_has_no_signature(params):
    with pytest.raises(Unsigned):
        ec2_signature("S3cr3t", {**REQUEST, "params": params})
