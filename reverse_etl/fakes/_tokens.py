"""A vendor whose access tokens run out: its token endpoint beside the fake that takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from reverse_etl.fakes._fake import Call, Fake, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOBODYS = "nobody's token"


@dataclass(kw_only=True)
class WithTokens(Fake):
    """Gives access tokens, and lets the other fake answer whoever brings one that still lives.

    Attributes:
        inner: the destination.
        path: of the token endpoint.
        accepts: whether a form is one for which a token is given.
        expires_in: the seconds that are said; None says nothing.
        ends_after: after so many requests the tokens that were given have ended, once; None for never.
        replaced: the refresh token that is taken next, and voided then, because each answer gives another; None where
            a vendor does not do that. Whoever brings one that was used before voids everything.
        given: how many tokens were given.
        living: those that are taken.
        used: refresh tokens that were.
    """

    inner: Fake
    path: str = "/services/oauth2/token"
    accepts: Callable[[Mapping[str, str]], bool] = lambda _form: True
    expires_in: int | None = None
    ends_after: int | None = None
    replaced: str | None = field(default=None, repr=False)
    given: int = 0
    living: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set, repr=False)

    def answer(self, call: Call) -> Reply:
        """Give a token, or let the destination answer."""
        if call.path == self.path:
            return self._give(call)
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        self.inner.token = token if token in self.living else NOBODYS
        if self.ends_after is not None:
            self.ends_after -= 1
            self.living -= self.living if self.ends_after == 0 else set()
        return self.inner.answer(call)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Who is in the audience."""
        return self.inner.held()

    def hold(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Put people there."""
        self.inner.hold(people)

    def _give(self, call: Call) -> Reply:
        form = dict(parse_qsl(call.body.decode()))
        if call.method != "POST" or not self.accepts(form) or not self._takes(form.get("refresh_token", "")):
            return Reply(HTTPStatus.BAD_REQUEST, {"error": "invalid_grant", "error_description": "it is not known"})
        self.given += 1
        token = f"access token {self.given}"
        self.living.add(token)
        life = {} if self.expires_in is None else {"expires_in": self.expires_in}
        return Reply(HTTPStatus.OK, {"access_token": token, "token_type": "Bearer", **life, **self._replacement()})

    def _takes(self, refresh_token: str) -> bool:
        if refresh_token in self.used:
            self.replaced = NOBODYS
            self.living.clear()
        return self.replaced in {None, refresh_token}

    def _replacement(self) -> dict[str, str]:
        if self.replaced is None:
            return {}
        self.used.add(self.replaced)
        self.replaced = f"refresh token {self.given}"
        return {"refresh_token": self.replaced}
