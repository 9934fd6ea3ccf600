"""The destinations, by the `type` that destinations.toml names.

A new one is a module with a `KIND`, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl.destinations import (
    files,
    hubspot_contacts,
    hubspot_list,
    klaviyo_list,
    klaviyo_profiles,
    mailchimp_list,
    mailchimp_segment,
    sendgrid,
    webhook,
)

if TYPE_CHECKING:
    from reverse_etl.destinations._contract import Kind

KINDS: dict[str, Kind] = {
    "files": files.KIND,
    "hubspot_contacts": hubspot_contacts.KIND,
    "hubspot_list": hubspot_list.KIND,
    "klaviyo_list": klaviyo_list.KIND,
    "klaviyo_profiles": klaviyo_profiles.KIND,
    "mailchimp_list": mailchimp_list.KIND,
    "mailchimp_segment": mailchimp_segment.KIND,
    "sendgrid": sendgrid.KIND,
    "webhook": webhook.KIND,
}
