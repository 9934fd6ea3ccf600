"""What S3's errors mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import (  # its ConnectionError is not the built-in one
    BotoCoreError,
    ClientError,
    HTTPClientError,
    SSLError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

from reverse_etl._errors import RetryLater, StopDelivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MISSING: Final = frozenset({"404", "NoSuchKey"})
_LATER: Final = frozenset(
    {"ConditionalRequestConflict", "InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"}
)
_SERVER_ERROR: Final = 500
_SENTENCES: Final = {
    "AccessDenied": "the credentials do not allow it",
    "403": "the credentials do not allow it, or are wrong",
    "ExpiredToken": "the credentials have expired",
    "InvalidAccessKeyId": "the access key does not exist",
    "NoSuchBucket": "the bucket does not exist",
    "PermanentRedirect": "the bucket is in another region: set region",
    "PreconditionFailed": "an object of that name is there already",
    "SignatureDoesNotMatch": "the secret key is wrong",
}


@contextmanager
def told(where: Mapping[str, str]) -> Iterator[None]:
    """Say what an error of the library means, and about which object.

    Raises:
        RetryLater: there was no answer, or S3 says later.
        StopDelivery: S3 refuses, or cannot be used as it is configured.
    """
    place = "/".join(where[part] for part in ("Bucket", "Key") if part in where)
    try:
        yield
    except ClientError as error:
        raise _meaning(error, place) from error
    except SSLError as error:
        raise StopDelivery(f"S3 cannot be used for {place}: its certificate is not trusted.") from error
    except (NoConnectionError, HTTPClientError) as error:
        raise RetryLater(f"no answer from S3 ({type(error).__name__})") from error
    except BotoCoreError as error:
        raise StopDelivery(f"S3 cannot be used for {place}: {error}.") from error


def _meaning(error: ClientError, place: str) -> Exception:
    code, status = _code(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _LATER or status >= _SERVER_ERROR:
        return RetryLater(f"S3 answered {code}")
    return StopDelivery(f"S3 refuses {place}: {_SENTENCES.get(code, code)}.")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_missing(error: ClientError) -> bool:
    """Whether there is no such object."""
    return _code(error) in _MISSING
