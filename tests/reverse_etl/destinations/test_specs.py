"""Every request that these destinations make is as its vendor specifies it, and so is what their fakes answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_etl.fakes import FAKES
from tests.reverse_etl.destinations import vendor_specs

if TYPE_CHECKING:
    from collections.abc import Callable

TABLES: dict[str, list[dict[str, Any]]] = {
    "hubspot_contacts": [{"audience_property": "in_audience"}],
    "hubspot_list": [{"list_id": "77"}],
    "klaviyo_list": [{"list_id": "Y6nRLr"}, {"list_id": "Y6nRLr", "create_profiles": False}],
    "klaviyo_profiles": [{"audience_property": "in_audience"}],
    "mailchimp_list": [
        {"list_id": "f00dfeed42", "audience_field": "INAUDIENCE"},
        {"list_id": "f00dfeed42", "audience_tag": "cart abandoners", "audience_tag_id": 4242},
    ],
    "mailchimp_segment": [{"list_id": "f00dfeed42", "segment_id": 4242}],
    "sendgrid": [{"list_id": "ca1b40cd-8d5b-4b0c-9d5b-2f6f5a4f2a01", "custom_fields": "spent=e1_N"}],
}
SPECIFIED = pytest.mark.skipif(
    bool(vendor_specs.missing(TABLES)),
    reason="the vendors' specifications are not here: set KINDRED_SPECS to their folder",
)
CASES = [
    pytest.param(kind, table, id=f"{kind}-{number}")
    for kind, tables in TABLES.items()
    for number, table in enumerate(tables)
]
ANA, BEN, CEM, DAN = (f"{name}@example.com" for name in ("ana", "ben", "cem", "dan"))


@SPECIFIED
@pytest.mark.filterwarnings("ignore:Unsupported scheme type")
@pytest.mark.parametrize(("kind", "table"), CASES)
def test_requests_and_answers_are_as_the_vendor_specifies(
    rig: Callable[..., Any], kind: str, table: dict[str, Any]
) -> None:
    columns = ("first_name", "spent") if table.get("create_profiles", True) else ()
    one = rig(kind, table, FAKES[kind](refused=frozenset({DAN})), columns=columns)
    if not columns:
        one.fake.put({"email": ANA})
        one.fake.put({"email": BEN})
    fields = {"first_name": "O'Brien", "city": None, "spent": 12.5}
    one.said("add", {ANA: fields, BEN: fields, DAN: fields})
    one.said("update", {ANA: {"first_name": "Zoë 安娜", "spent": None}})
    one.said("remove", [BEN, CEM])
    one.said("remove", [ANA])
    if one.destination.read:
        one.read()
    checked = vendor_specs.check_all(kind, one.serving)
    assert {method for method, _path in checked} - {"GET"}


@SPECIFIED
@pytest.mark.filterwarnings("ignore:Unsupported scheme type")
def test_a_request_that_is_not_as_specified_is_found(rig: Callable[..., Any]) -> None:
    one = rig("hubspot_contacts", {"audience_property": "in_audience"})
    one.said("add", [ANA])
    call, reply = one.serving.seen[0]
    bad = type(call)(call.method, call.path, call.query, call.headers, b'{"inputs": [{"id": 5}]}', call.url)
    with pytest.raises(Exception, match=r"(?i)request body|validation"):
        vendor_specs.check("hubspot_contacts", bad, reply)
