"""All sources in one list: a new one is added here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.behaviour.catalog import products
from demo.sources.ads import ad_spend, ad_touches
from demo.sources.carts import shop_carts
from demo.sources.crm import crm_contacts
from demo.sources.enrichment import enrichment_tags
from demo.sources.items import pos_receipt_items, shop_order_items
from demo.sources.mail import campaign_sends, email_events
from demo.sources.payments import shop_payments, shop_refunds
from demo.sources.privacy import consent_events, erasure_requests
from demo.sources.shop import shop_customers, shop_orders
from demo.sources.stores import loyalty_members, pos_receipts
from demo.sources.support import support_tickets
from demo.sources.voices import social_interactions, survey_responses
from demo.sources.web import web_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.frames import Frame
    from demo.world import World


def frames(world: World) -> Iterator[Frame]:
    """What every source records of a chunk of people. The company's own tables come with the first chunk."""
    if world.chunk.index == 0:
        yield products()
        yield ad_spend(world.chunk)
    yield web_events(world)
    yield from shop_customers(world)
    yield from shop_orders(world)
    yield shop_order_items(world)
    yield shop_payments(world)
    yield shop_refunds(world)
    yield shop_carts(world)
    yield from crm_contacts(world)
    yield from pos_receipts(world)
    yield pos_receipt_items(world)
    yield loyalty_members(world)
    yield support_tickets(world)
    yield email_events(world)
    yield ad_touches(world)
    yield social_interactions(world)
    yield from survey_responses(world)
    yield consent_events(world)
    yield erasure_requests(world)
    yield campaign_sends(world)
    yield enrichment_tags(world)


def later_frames(world: World) -> Iterator[Frame]:
    """What the sources record of people who are known already, on days after the two years."""
    if world.chunk.index == 0:
        yield ad_spend(world.chunk)
    yield web_events(world)
    yield from shop_orders(world)
    yield shop_order_items(world)
    yield shop_payments(world)
    yield shop_refunds(world)
    yield shop_carts(world)
    yield from pos_receipts(world)
    yield pos_receipt_items(world)
    yield support_tickets(world)
    yield ad_touches(world)
    yield consent_events(world)
