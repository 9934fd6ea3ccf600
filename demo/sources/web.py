"""Web and app events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from demo.arrays import DAY, Bools, Ints, Text, between, chance, only, repeat, text
from demo.behaviour.catalog import choose_products, product_ids
from demo.behaviour.visits import NO_PURCHASE
from demo.frames import Frame, frame, heaviest, marks
from demo.population.devices import PLATFORMS, WEB, WECHAT, agents
from demo.sources.common import NOBODYS, cart_ids, naming

if TYPE_CHECKING:
    from demo.world import World

_TYPES = (
    "page_view", "login", "identify", "search", "product_view", "add_to_cart", "checkout_started", "usage",
)  # fmt: skip
_PAGE, _LOGIN, _IDENTIFY, _SEARCH, _VIEW, _CART, _CHECKOUT, _USAGE = range(8)
_NO_PRODUCT = -1
_SECONDS_TO_LOG_IN, _SECONDS_TO_SEARCH, _SECONDS_TO_VIEW, _SECONDS_A_PRODUCT = 12, 25, 40, 35
_SEARCHES, _USES, _SHOWS_PHONE, _KNOWS_UNIONID, _COUNTRY_KNOWN = 0.3, 0.3, 0.1, 0.85, 0.95
_KIOSK = "Mozilla/5.0 (X11; Linux armv7l) KindredKiosk/1.4"


@dataclass(frozen=True)
class _Clicks:
    """Events as numbers; `second` is counted from the start of the visit."""

    visit: Ints
    second: Ints
    kind: Ints
    product: Ints

    def __len__(self) -> int:
        return len(self.visit)


def web_events(world: World) -> Frame:
    """All events of visits, and of using what was bought, in the order in which they happened."""
    clicks = _joined(_arrivals(world), _views(world), _carts(world), _uses(world))
    visits = world.visits
    at = visits.start[clicks.visit] + clicks.second
    order = np.argsort(at, kind="stable")
    order = order[at[order] < world.chunk.end]
    return _written(world, _Clicks(*(column[order] for column in vars(clicks).values())), at[order])


def _joined(*parts: _Clicks) -> _Clicks:
    return _Clicks(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in parts), strict=True)))


def _clicks(visit: Ints, second: Ints | int, kind: Ints | int, product: Ints | int = _NO_PRODUCT) -> _Clicks:
    size = len(visit)
    return _Clicks(visit, *(np.broadcast_to(np.asarray(c, dtype=np.int64), size) for c in (second, kind, product)))


def _arrivals(world: World) -> _Clicks:
    visits, rng = world.visits, world.chunk.rng("web arrivals")
    everyone = np.arange(len(visits.owner), dtype=np.int64)
    says = everyone[visits.logged_in | visits.says_email]
    kind = np.where(visits.logged_in[says], _LOGIN, _IDENTIFY)
    searches = everyone[chance(rng, _SEARCHES, len(everyone))]
    return _joined(
        _clicks(everyone, 0, _PAGE),
        _clicks(says, _SECONDS_TO_LOG_IN, kind),
        _clicks(searches, _SECONDS_TO_SEARCH, _SEARCH),
    )


def _views(world: World) -> _Clicks:
    """What is only looked at; what is bought is looked at in `_carts`."""
    visits, rng = world.visits, world.chunk.rng("web views")
    visit, place = repeat(visits.views)
    product = choose_products(rng, world.habits, visits.owner[visit])
    second = _SECONDS_TO_VIEW + place * _SECONDS_A_PRODUCT + rng.integers(0, _SECONDS_A_PRODUCT, len(visit))
    return _clicks(visit, second, _VIEW, product)


def _carts(world: World) -> _Clicks:
    visits, lines, rng = world.visits, world.cart_lines, world.chunk.rng("web carts")
    after = _SECONDS_TO_VIEW + (visits.views[lines.visit] + 1) * _SECONDS_A_PRODUCT
    second = after + rng.integers(0, 4 * _SECONDS_A_PRODUCT, len(lines.visit))
    buys = np.flatnonzero(visits.purchase != NO_PURCHASE).astype(np.int64)
    checkout = _SECONDS_TO_VIEW + (visits.views[buys] + 7) * _SECONDS_A_PRODUCT
    return _joined(
        _clicks(lines.visit, second, _VIEW, lines.product),
        _clicks(lines.visit, second + 8, _CART, lines.product),
        _clicks(buys, checkout, _CHECKOUT),
    )


def _uses(world: World) -> _Clicks:
    """Some use what they bought on a device on which we see it, logged in as they were when they bought it."""
    visits, rng = world.visits, world.chunk.rng("web uses")
    bought = visits.logged_in & (visits.purchase != NO_PURCHASE)
    seen = np.flatnonzero(bought & chance(rng, _USES, len(bought)))
    row, _ = repeat(rng.integers(1, 5, len(seen)).astype(np.int64))
    visit = seen[row].astype(np.int64)
    product = choose_products(rng, world.habits, visits.owner[visit])
    return _clicks(visit, between(rng, 2 * DAY, 80 * DAY, len(visit)), _USAGE, product)


def _written(world: World, clicks: _Clicks, at: Ints) -> Frame:
    visits, accounts, devices = world.visits, world.accounts, world.devices
    visit, owner = clicks.visit, visits.owner[clicks.visit]
    device, tablet = visits.device[visit], visits.tablet[visit]
    on_tablet = tablet > 0
    platform = np.where(on_tablet, WEB, devices.platform[device])
    known = visits.logged_in[visit] & (clicks.kind != _PAGE)
    identifies = clicks.kind == _IDENTIFY
    rng = world.chunk.rng("web columns")
    shows_phone = identifies & chance(rng, _SHOWS_PHONE, len(at))
    named, mess = naming(world, owner, at, user_id=known, email=identifies, phone=shows_phone)
    wechat = (platform == WECHAT) & ~on_tablet
    product = product_ids(clicks.product)
    columns = {
        **named,
        "event_id": world.chunk.ids("E", len(at)),
        "event_type": text(_TYPES)[clicks.kind],
        "platform": text(PLATFORMS)[platform],
        "anonymous_id": _on(on_tablet, world.tablets.anonymous_id[tablet - 1], devices.anonymous_id[device]),
        "user_id": _on(on_tablet, world.tablets.user_id[tablet - 1], named["user_id"]),
        "device_id": only(~on_tablet, devices.device_id[device]),
        "wechat_openid": only(wechat, accounts.wechat_openid[owner]),
        "wechat_unionid": only(wechat & chance(rng, _KNOWS_UNIONID, len(at)), accounts.wechat_unionid[owner]),
        "country": only(chance(rng, _COUNTRY_KNOWN, len(at)), world.persons.names("code")[owner]),
        "product_id": only(clicks.product != _NO_PRODUCT, product),
        "cart_id": cart_ids(world, np.where(clicks.kind == _CART, visits.cart[visit], NOBODYS)),
        "page_url": _pages(clicks, product),
        "user_agent": _on(on_tablet, _KIOSK, agents(platform)),
    }
    on_device = heaviest(devices.mess[device] * ~on_tablet, marks(on_tablet, "store_tablet"))
    return frame("web_events", owner, columns, {"occurred_at": at}, on_device, mess)


def _on(mask: Bools, there: Text | str, elsewhere: Text) -> Text:
    return np.where(mask, there, elsewhere)


def _pages(clicks: _Clicks, product: Text) -> Text:
    fixed = text(("/", "/login", "/newsletter", "/search", "/p/", "/p/", "/checkout", "/my/"))[clicks.kind]
    shown = np.where(clicks.product != _NO_PRODUCT, product, "")
    return np.asarray("https://shop.kindred.example" + fixed + shown, dtype=object)
