"""A provider that is half told is refused at start, in one sentence that says what is missing."""

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from identity.config import read

STAFF = {
    "SIP_OIDC_STAFF_ISSUER": "https://idp.example/realm",
    "SIP_OIDC_STAFF_CLIENT_ID": "sip",
    "SIP_OIDC_STAFF_CLIENT_SECRET": "a-long-secret",
}
CITIZEN = {name.replace("STAFF", "CITIZEN"): value for name, value in STAFF.items()}


def staff(**changes):
    environ = STAFF | {f"SIP_OIDC_STAFF_{name}": value for name, value in changes.items()}
    return read(environ, demo=False, face="staff").get("staff")


@pytest.mark.parametrize(
    "changes",
    [
        {"ISSUER": ""}, {"CLIENT_ID": ""}, {"CLIENT_SECRET": ""}, {"CLIENT_KEY_FILE": "/finns/inte.pem"},
        {"CLIENT_SECRET": "", "CLIENT_KEY_FILE": "/finns/inte.pem"}, {"ISSUER": "http://idp.example"},
        {"ISSUER": "http://127.0.0.1:9"}, {"ISSUER": "idp.example"}, {"ISSUER": "https://idp.example/?a=b"},
        {"ALGORITHMS": "none"}, {"ALGORITHMS": "HS256"}, {"ALGORITHMS": "RS256 HS256"}, {"ACR_VALUES": ","},
        {"CLIENT_IDENTITY": "x"},
        {"SCOPES": "profile"}, {"CLAIMS": "employee_id"}, {"CLAIMS": "unknown=x"}, {"CLAIMS": "employee_id="},
        {"TIMEOUT": "0"}, {"TIMEOUT": "soon"}, {"TIMEOUT": "600"}, {"END_SESSION": "http://idp.example/logout"},
        {"END_SESSION": "ja"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_unclear_is_refused(changes):
    with pytest.raises(ImproperlyConfigured) as refused:
        staff(**changes)
    assert "SIP_OIDC_STAFF_" in str(refused.value)
    assert "a-long-secret" not in str(refused.value)


def test_the_plain_case_needs_three_values():
    found = staff()
    assert (found.kind, found.way, found.timeout) == ("staff", "personal", 5)
    assert found.acr_values == ("http://id.sambi.se/loa/loa3",)
    assert found.claims["employee_id"] == "employeeHsaId"
    assert found.origins == ["https://idp.example"]


def test_everything_may_be_said():
    found = staff(
        ACR_VALUES="http://id.sambi.se/loa/loa3,http://id.elegnamnden.se/loa/1.0/loa3", ALGORITHMS="ES256",
        CLAIMS="employee_id=urn:hsa, directory_id=sub", END_SESSION="https://out.example/logout", SCOPES="openid hsa",
    )  # fmt: skip
    assert len(found.acr_values) == 2 and found.algorithms == ("ES256",)
    assert (found.claims["employee_id"], found.claims["directory_id"]) == ("urn:hsa", "sub")
    assert found.origins == ["https://idp.example", "https://out.example"]


def test_nothing_told_is_no_provider():
    assert read({}, demo=False, face="staff") == {}
    assert read({"SIP_OIDC_STAFF_ISSUER": " "}, demo=False, face="staff") == {}


@pytest.mark.parametrize(("face", "kinds"), [("staff", "staff"), ("citizen", "citizen"), ("both", "staff citizen")])
def test_each_face_has_its_own_provider(face, kinds):
    assert list(read(STAFF | CITIZEN, demo=False, face=face)) == kinds.split()


def test_only_a_demo_talks_to_a_provider_without_encryption_and_on_this_machine_alone():
    local = STAFF | {"SIP_OIDC_STAFF_ISSUER": "http://127.0.0.1:8001/personal"}
    provider = read(local, demo=True, face="staff")["staff"]
    assert provider.may_use("http://127.0.0.1:8001/x") and provider.may_use("https://idp.example/")
    for address in ("http://idp.example/", "ftp://127.0.0.1/", "//idp.example", "", None, 42):
        assert not provider.may_use(address), address
    with pytest.raises(ImproperlyConfigured):
        read(STAFF | {"SIP_OIDC_STAFF_ISSUER": "http://idp.example"}, demo=True, face="staff")


def test_forms_may_lead_to_the_provider_and_nowhere_else():
    """In the tests no provider is set up: the policy names only ourselves."""
    assert len(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]) == 1
