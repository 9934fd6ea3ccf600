"""Destinations for this machine that hold state and fail as the real ones do: for tests, and to try a sync.

`kindred destinations serve NAME` runs one. A new one is a module with a `Fake`, and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_etl.fakes._fake import Call, Fake, Reply
from reverse_etl.fakes._server import Serving, serving
from reverse_etl.fakes.hubspot import HubSpotContacts, HubSpotList
from reverse_etl.fakes.klaviyo import KlaviyoList, KlaviyoProfiles
from reverse_etl.fakes.mailchimp import MailchimpList, MailchimpSegment
from reverse_etl.fakes.sendgrid import SendGrid

if TYPE_CHECKING:
    from collections.abc import Callable

FAKES: dict[str, Callable[[], Fake]] = {
    "hubspot_contacts": HubSpotContacts,
    "hubspot_list": HubSpotList,
    "klaviyo_list": KlaviyoList,
    "klaviyo_profiles": KlaviyoProfiles,
    "mailchimp_list": MailchimpList,
    "mailchimp_segment": MailchimpSegment,
    "sendgrid": SendGrid,
}

__all__ = ["FAKES", "Call", "Fake", "Reply", "Serving", "serving"]
