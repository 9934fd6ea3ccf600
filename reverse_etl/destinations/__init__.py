"""The destinations, by the `type` that destinations.toml names.

A new one is a module with a `KIND`, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl.destinations import (
    braze,
    customerio,
    files,
    google_data_manager,
    hubspot_contacts,
    hubspot_list,
    iterable,
    klaviyo_list,
    klaviyo_profiles,
    linkedin_audience,
    mailchimp_list,
    mailchimp_segment,
    meta_audience,
    postgres,
    s3,
    salesforce,
    sendgrid,
    sftp,
    tencent_audience,
    tiktok_audience,
    webhook,
)

if TYPE_CHECKING:
    from reverse_etl.destinations._contract import Kind

KINDS: dict[str, Kind] = {
    "braze": braze.KIND,
    "customerio": customerio.KIND,
    "files": files.KIND,
    "google_data_manager": google_data_manager.KIND,
    "hubspot_contacts": hubspot_contacts.KIND,
    "hubspot_list": hubspot_list.KIND,
    "iterable": iterable.KIND,
    "klaviyo_list": klaviyo_list.KIND,
    "klaviyo_profiles": klaviyo_profiles.KIND,
    "linkedin_audience": linkedin_audience.KIND,
    "mailchimp_list": mailchimp_list.KIND,
    "mailchimp_segment": mailchimp_segment.KIND,
    "meta_audience": meta_audience.KIND,
    "postgres": postgres.KIND,
    "s3": s3.KIND,
    "salesforce": salesforce.KIND,
    "sendgrid": sendgrid.KIND,
    "sftp": sftp.KIND,
    "tencent_audience": tencent_audience.KIND,
    "tiktok_audience": tiktok_audience.KIND,
    "webhook": webhook.KIND,
}
