"""What a broken, attacked or hostile provider, or somebody in between, would send: each lie is refused, with the reason named."""

from __future__ import annotations

import base64
import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from remit.connectors.proved import Proved
from remit.connectors.saml import assertion
from remit.connectors.saml.documents import PROTOCOL, SAML, SIGNATURE, SamlRefused, decode
from remit.connectors.saml.messages import address, authn_request
from remit.kit import certificates
from tests.support.saml_provider import ENTITY, SIGN_ON, Change, Lies, Person, SamlProvider, make_key

US, ACS, QUESTION = (
    "https://remit.northlake.example/sign-on/saml/metadata",
    "https://remit.northlake.example/acs",
    "_question",
)
PAST, FUTURE = "2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"
WHO = Person("sub-nora", "nora@northlake.example", "Nora", ("Traders",))


@pytest.fixture(scope="module")
def house() -> SamlProvider:
    return SamlProvider(person=WHO)


def _checked(house: SamlProvider, lies: Lies, **over: Any) -> Proved:
    house.lies = lies
    asked = authn_request(QUESTION, datetime.now(UTC), US, SIGN_ON, ACS)
    form = house.answer(address(SIGN_ON, "SAMLRequest", asked, "relay", house.stranger))
    expected = assertion.Expected(
        **{"provider": ENTITY, "issuer": f"saml:{ENTITY}", "audience": US, "recipient": ACS, "question": QUESTION,
           "now": datetime.now(UTC), "trusts_email": True, **over}
    )  # fmt: skip
    keys = [certificates.read(one.certificate) for one in house.keys]
    return assertion.check(decode(form["SAMLResponse"]), keys, expected)


def _at(path: str) -> str:
    """A path of names, each in its usual namespace."""
    spaces = {"samlp": PROTOCOL, "ds": SIGNATURE}
    steps = [name.split(":") if ":" in name else ["saml", name] for name in path.split("/")]
    return "/".join(f"{{{spaces.get(space, SAML)}}}{name}" for space, name in steps)


def _set(path: str, name: str, value: str | None) -> Change:
    def change(root: Any) -> None:
        element = root.find(_at(path)) if path else root
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, value)

    return change


def _say(path: str, value: str) -> Change:
    return lambda root: setattr(root.find(_at(path)), "text", value)


def _drop(path: str) -> Change:
    def change(root: Any) -> None:
        element = root.find(_at(path))
        element.getparent().remove(element)

    return change


def _add(path: str, xml: str) -> Change:
    return lambda root: (root.find(_at(path)) if path else root).append(
        etree.fromstring(xml.replace(">", f' xmlns="{SAML}">', 1) if "xmlns" not in xml else xml)
    )


def _evil(root: Any) -> Any:
    """The assertion about somebody else, without its signature."""
    evil = copy.deepcopy(root.find(_at("Assertion")))
    evil.find(_at("Subject/NameID")).text = "sub-boss"
    mark = evil.find(_at("ds:Signature"))
    if mark is not None:
        evil.remove(mark)
    return evil


def _wrapped_in_extensions(root: Any) -> None:
    good, evil = root.find(_at("Assertion")), _evil(root)
    evil.set("ID", "_evil")
    root.replace(good, evil)
    etree.SubElement(root, f"{{{PROTOCOL}}}Extensions").append(good)


def _wrapped_in_signature(root: Any) -> None:
    good, evil = root.find(_at("Assertion")), _evil(root)
    mark = good.find(_at("ds:Signature"))
    root.replace(good, evil)
    evil.set("ID", "_evil")
    evil.insert(1, mark)
    good_without = copy.deepcopy(good)
    etree.SubElement(mark, f"{{{SIGNATURE}}}Object").append(good_without)


def _evil_beside(root: Any) -> None:
    evil = _evil(root)
    evil.set("ID", "_evil")
    root.insert(2, evil)


def _same_id(root: Any) -> None:
    root.set("ID", root.find(_at("Assertion")).get("ID"))


def _evil_under_the_old_signature(root: Any) -> None:
    good = root.find(_at("Assertion"))
    evil = _evil(root)
    evil.set("ID", "_evil")
    evil.insert(1, good.find(_at("ds:Signature")))
    root.replace(good, evil)


def _signature_to_the_response(root: Any) -> None:
    root.insert(1, root.find(_at("Assertion/ds:Signature")))


def _weak_method(root: Any) -> None:
    method = root.find(_at("Assertion/ds:Signature/ds:SignedInfo/ds:SignatureMethod"))
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")


def _whole_document(root: Any) -> None:
    root.find(_at("Assertion/ds:Signature/ds:SignedInfo/ds:Reference")).set("URI", "")


def _second_reference(root: Any) -> None:
    reference = root.find(_at("Assertion/ds:Signature/ds:SignedInfo/ds:Reference"))
    reference.addnext(copy.deepcopy(reference))


def _any_id(root: Any) -> None:
    """Something else under the assertion's own ID, in an attribute that a library may take for one."""
    identifier = root.find(_at("Assertion")).get("ID")
    etree.SubElement(root.find(_at("samlp:Status")), f"{{{PROTOCOL}}}StatusDetail").set(
        "{urn:x}Id", identifier
    )


DATA = "Assertion/Subject/SubjectConfirmation/SubjectConfirmationData"
DTD = b'<!DOCTYPE x [<!ENTITY who "sub-boss">]>'
LIES = [
    (Lies(signs=()), "signature_missing"),
    (Lies(by_stranger=True), "signature_wrong"),
    (Lies(after=_say("Assertion/Subject/NameID", "sub-boss")), "signature_wrong"),
    (Lies(after=_say("Assertion/AttributeStatement/Attribute/AttributeValue", "boss@northlake.example")), "signature_wrong"),
    (Lies(signs=("Response",), after=_say("Assertion/Subject/NameID", "sub-boss")), "signature_wrong"),
    (Lies(signs=("Assertion", "Response"), after=_set("", "Consent", "urn:x")), "signature_wrong"),
    (Lies(after=_wrapped_in_extensions), "assertion_not_one"),
    (Lies(after=_wrapped_in_signature), "assertion_not_one"),
    (Lies(after=_evil_beside), "assertion_not_one"),
    (Lies(after=_evil_under_the_old_signature), "signature_elsewhere"),
    (Lies(after=_signature_to_the_response), "signature_elsewhere"),
    (Lies(after=_whole_document), "signature_elsewhere"),
    (Lies(after=_second_reference), "signature_elsewhere"),
    (Lies(before=_same_id), "id_twice"),
    (Lies(after=_any_id), "id_twice"),
    (Lies(sha1=True), "algorithm_not_allowed"),
    (Lies(after=_weak_method), "algorithm_not_allowed"),
    (Lies(c14n="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"), "transform_not_allowed"),
    (Lies(c14n="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), "transform_not_allowed"),
    (Lies(text=lambda raw: raw.replace(b"sub-nora<", b"sub-<!-- -->nora<")), "message_not_plain"),
    (Lies(text=lambda raw: raw.replace(b"sub-nora<", b"sub-<?x?>nora<")), "message_not_plain"),
    (Lies(text=lambda raw: raw.replace(b"sub-nora<", b"<![CDATA[sub-nora]]><")), "message_not_plain"),
    (Lies(text=lambda raw: DTD + raw.replace(b"sub-nora<", b"&who;<")), "message_not_plain"),
    (Lies(text=lambda raw: raw.decode().encode("utf-16")), "message_unreadable"),
    (Lies(text=lambda raw: b'<?xml version="1.0" encoding="UTF-7"?>' + raw.replace(b"sub-nora<", b"+ADw-!--<")), "signature_wrong"),
    (Lies(text=lambda raw: raw[:-20]), "message_unreadable"),
    (Lies(text=lambda raw: raw + b" " * (300 << 10)), "message_too_large"),
    (Lies(before=_say("Assertion/Issuer", "https://evil.example")), "issuer_other"),
    (Lies(before=_say("Issuer", "https://evil.example")), "issuer_other"),
    (Lies(before=_drop("Assertion/Issuer")), "issuer_other"),
    (Lies(before=_say("Assertion/Conditions/AudienceRestriction/Audience", "https://other.example")), "audience_other"),
    (Lies(before=_drop("Assertion/Conditions/AudienceRestriction")), "audience_other"),
    (Lies(before=_drop("Assertion/Conditions")), "audience_other"),
    (Lies(before=_add("Assertion/Conditions", "<AudienceRestriction><Audience>x</Audience></AudienceRestriction>")), "audience_other"),
    (Lies(before=_add("Assertion/Conditions", '<Condition xmlns="urn:x"/>')), "condition_unknown"),
    (Lies(before=_set(DATA, "Recipient", "https://other.example/acs")), "recipient_other"),
    (Lies(before=_set("", "Destination", "https://other.example/acs")), "recipient_other"),
    (Lies(before=_set(DATA, "InResponseTo", "_another")), "question_other"),
    (Lies(before=_set(DATA, "InResponseTo", None)), "question_other"),
    (Lies(before=_set("", "InResponseTo", None)), "question_other"),
    (Lies(before=_set(DATA, "NotOnOrAfter", PAST)), "assertion_expired"),
    (Lies(before=_set(DATA, "NotOnOrAfter", None)), "time_missing"),
    (Lies(before=_set(DATA, "NotOnOrAfter", "tomorrow")), "time_unreadable"),
    (Lies(before=_set("Assertion/Conditions", "NotOnOrAfter", PAST)), "assertion_expired"),
    (Lies(before=_set("Assertion/Conditions", "NotBefore", FUTURE)), "assertion_of_the_future"),
    (Lies(before=_set("Assertion", "IssueInstant", PAST)), "assertion_old"),
    (Lies(before=_set("Assertion", "IssueInstant", FUTURE)), "assertion_of_the_future"),
    (Lies(before=_set("Assertion/AuthnStatement", "SessionNotOnOrAfter", PAST)), "assertion_expired"),
    (Lies(before=_drop("Assertion/AuthnStatement")), "nobody_signed_in"),
    (Lies(before=_set("Assertion/Subject/SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")), "confirmation_missing"),
    (Lies(before=_drop("Assertion/Subject/NameID")), "subject_missing"),
    (Lies(before=_set("Assertion/Subject/NameID", "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient")), "subject_transient"),
    (Lies(before=_set("Assertion/Subject/NameID", "NameQualifier", "https://evil.example")), "subject_qualified"),
    (Lies(before=_set("samlp:Status/samlp:StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")), "provider_refused"),
    (Lies(before=_add("", "<EncryptedAssertion></EncryptedAssertion>")), "assertion_encrypted"),
    (Lies(before=_add("Assertion/AttributeStatement/Attribute", "<AttributeValue>b@x.example</AttributeValue>")), "email_unusable"),
    (Lies(before=_say("Assertion/AttributeStatement/Attribute[3]/AttributeValue", " ")), "groups_unusable"),
]  # fmt: skip


@pytest.mark.parametrize(("lies", "code"), LIES, ids=[f"{n}-{code}" for n, (_, code) in enumerate(LIES)])
def test_a_lie_is_refused(house: SamlProvider, lies: Lies, code: str) -> None:
    with pytest.raises(SamlRefused) as caught:
        _checked(house, lies)
    assert caught.value.code == code


def test_the_truth_is_taken_signed_either_way(house: SamlProvider) -> None:
    for signs in (("Assertion",), ("Response",), ("Assertion", "Response")):
        who = _checked(house, Lies(signs=signs))
        assert (who.subject, who.email, who.groups, who.sid) == ("sub-nora", "nora@northlake.example", ("Traders",), "sid-sub-nora")  # fmt: skip
    assert _checked(house, Lies(), trusts_email=False).email == ""
    assert _checked(house, Lies(), email_attribute="NameID").email == "sub-nora"
    later = datetime.now(UTC) + timedelta(minutes=20)
    with pytest.raises(SamlRefused, match="assertion_old"):
        _checked(house, Lies(), now=later)


def test_two_keys_while_the_provider_changes_and_an_expired_one_is_none() -> None:
    house = SamlProvider(keys=[make_key(), make_key()], person=WHO)
    assert _checked(house, Lies()).subject == "sub-nora"
    house.keys.reverse()
    assert _checked(house, Lies()).subject == "sub-nora"
    house.keys = [make_key(days=-1, from_days=-30)]
    with pytest.raises(SamlRefused, match="certificate_expired"):
        _checked(house, Lies())
    weak = base64.b64encode(b"not a certificate").decode()
    with pytest.raises(certificates.CertificateUnfit):
        certificates.read(weak)
