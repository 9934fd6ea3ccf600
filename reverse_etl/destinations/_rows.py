"""What the destinations share that answer for each record of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx

from reverse_etl._errors import AnswerLost, BatchRefused, StopDelivery
from reverse_etl._records import Outcome
from reverse_etl.destinations._api import answered_json
from reverse_etl.destinations._http import ensure_answered
from warehouse import KindredError

if TYPE_CHECKING:
    from reverse_etl._records import Batch, Run
    from reverse_etl.destinations._contract import Response

NOT_SAID: Final = Outcome("unknown", "the destination did not say what became of this record")


def at_most(batch: Batch, count: int) -> None:
    """Return if one request can say the whole batch.

    Raises:
        BatchRefused: it is longer, so that the sender halves it; nothing was sent.
    """
    if len(batch.records) > count:
        raise BatchRefused(f"one request takes {count} records at most")


def ensure_found(response: Response, missing: str) -> None:
    """Return if the status is a 2xx.

    Args:
        response: the answer.
        missing: the sentence for a 404, which says what to change.

    Raises:
        DeliveryError: the one that says what to do.
        StopDelivery: the address, the credentials or what the address names are wrong.
    """
    if response.status == httpx.codes.NOT_FOUND:
        raise StopDelivery(missing)
    ensure_answered(response)


def answered_object(response: Response, **parts: type) -> dict[str, Any]:
    """The answer's body, read.

    Args:
        response: the answer.
        parts: what has to be in it, by name, where a part that is not there would look like nobody.

    Raises:
        AnswerLost: it is no JSON object with these parts, so that what became of the request is not known.
    """
    body = answered_json(response)
    if not isinstance(body, dict) or not all(isinstance(body.get(name), part) for name, part in parts.items()):
        raise AnswerLost(f"{response.status} without a body as the vendor describes it")
    return body


def lacks_ids(batch: Batch) -> bool:
    """Whether receipts hold no id for some record, so that the destination has to be asked."""
    return any(record.external_id is None for record in batch.records)


def as_text(value: Any) -> str:
    """A value where only text is taken; null is the empty text, which clears."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def keep_free(run: Run, field: str) -> None:
    """Return if the payload leaves a property to the destination that says who is in the audience.

    Raises:
        KindredError: a column has that name.
    """
    if field.lower() in {column.lower() for column in run.columns}:
        raise KindredError(
            f"The sync {run.sync} has a payload column {field}, in which {run.destination} keeps who is in the"
            " audience: rename one of them."
        )
