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
        given: how many tokens were given.
        living: those that are taken.
    """

    inner: Fake
    path: str = "/services/oauth2/token"
    accepts: Callable[[Mapping[str, str]], bool] = lambda _form: True
    expires_in: int | None = None
    ends_after: int | None = None
    given: int = 0
    living: set[str] = field(default_factory=set)

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
        if call.method != "POST" or not self.accepts(dict(parse_qsl(call.body.decode()))):
            return Reply(HTTPStatus.BAD_REQUEST, {"error": "invalid_grant", "error_description": "it is not known"})
        self.given += 1
        token = f"access token {self.given}"
        self.living.add(token)
        life = {} if self.expires_in is None else {"expires_in": self.expires_in}
        return Reply(HTTPStatus.OK, {"access_token": token, "token_type": "Bearer", **life})
