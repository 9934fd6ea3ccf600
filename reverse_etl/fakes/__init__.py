"""Destinations for this machine that hold state and fail as the real ones do: for tests, and to try a sync.

`kindred destinations serve NAME` runs one. A new one is a module with a `Fake`, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._server import Serving, serving
from reverse_etl.fakes.braze import BrazeFake
from reverse_etl.fakes.customerio import CustomerIoFake
from reverse_etl.fakes.google_data_manager import GoogleFake
from reverse_etl.fakes.hubspot import HubSpotContacts, HubSpotList
from reverse_etl.fakes.iterable import IterableFake
from reverse_etl.fakes.klaviyo import KlaviyoList, KlaviyoProfiles
from reverse_etl.fakes.linkedin_audience import LinkedInFake
from reverse_etl.fakes.mailchimp import MailchimpList, MailchimpSegment
from reverse_etl.fakes.meta_audience import MetaFake
from reverse_etl.fakes.salesforce import SalesforceFake
from reverse_etl.fakes.sendgrid import SendGrid
from reverse_etl.fakes.tencent_audience import TencentFake
from reverse_etl.fakes.tiktok_audience import TikTokFake

if TYPE_CHECKING:
    from collections.abc import Callable

FAKES: dict[str, Callable[[], Fake]] = {
    "braze": BrazeFake,
    "customerio": CustomerIoFake,
    "google_data_manager": GoogleFake,
    "hubspot_contacts": HubSpotContacts,
    "hubspot_list": HubSpotList,
    "iterable": IterableFake,
    "klaviyo_list": KlaviyoList,
    "klaviyo_profiles": KlaviyoProfiles,
    "linkedin_audience": LinkedInFake,
    "mailchimp_list": MailchimpList,
    "mailchimp_segment": MailchimpSegment,
    "meta_audience": MetaFake,
    "salesforce": SalesforceFake,
    "sendgrid": SendGrid,
    "tencent_audience": TencentFake,
    "tiktok_audience": TikTokFake,
}

__all__ = ["FAKES", "Call", "Fake", "Reply", "Serving", "serving"]
