"""What an import job of the Klaviyo on this machine is, and how it writes a profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from reverse_etl.fakes._fake import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT: Final = "2026-07-02T06:00:00+00:00"
_HOST: Final = "https://a.klaviyo.com"
_MERGED: Final = ("location", "properties")

Profile = dict[str, Any]


@dataclass
class Job:
    """An import job.

    Attributes:
        polls: how often it is asked about before it ends; None for never.
        errors: the import errors, once it has ended.
    """

    id: str
    profiles: list[dict[str, Any]]
    lists: list[str]
    polls: int | None
    status: str = "processing"
    errors: list[dict[str, Any]] = field(default_factory=list)


def job_resource(job: Job) -> dict[str, Any]:
    """The job as it is answered."""
    done = len(job.profiles) - len(job.errors) if job.status == "complete" else 0
    counts = {"total_count": len(job.profiles), "completed_count": done, "failed_count": len(job.errors)}
    links = {"self": f"{_HOST}/api/profile-bulk-import-jobs/{job.id}/"}
    attributes = {"status": job.status, "created_at": _AT, **counts}
    return {"type": "profile-bulk-import-job", "id": job.id, "attributes": attributes, "links": links}


def write(profiles: dict[str, Profile], sent: Mapping[str, Any], *, nulls: bool) -> str:
    """Create or update the profile that an id or an identifier names; without `nulls` null changes nothing."""
    names = ("email", "phone_number", "external_id")
    given = sent["attributes"]
    same = [
        at for at, one in profiles.items() if any(given.get(name) and given[name] == one.get(name) for name in names)
    ]
    at = sent.get("id") or (same[0] if same else f"01PROFILE{len(profiles):05}")
    held = profiles.setdefault(at, {})
    for name, value in given.items():
        if name in _MERGED:
            held[name] = {**held.get(name, {}), **_kept(value, nulls=nulls)}
        elif value is not None or nulls:
            held[name] = value
    for name in sent.get("meta", {}).get("patch_properties", {}).get("unset", []):
        held.get("properties", {}).pop(name, None)
    return str(at)


def _kept(values: Mapping[str, Any], *, nulls: bool) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None or nulls}


def failure(place: int, profile: Mapping[str, Any] | None) -> dict[str, Any]:
    """An import error."""
    pointer = f"/data/attributes/profiles/data/{place}/attributes/email"
    said = {
        "code": "invalid",
        "title": "Invalid input.",
        "detail": "Invalid email address",
        "source": {"pointer": pointer},
    }
    sent = None if profile is None else {**profile["attributes"], **({"id": profile["id"]} if "id" in profile else {})}
    return {"type": "import-error", "id": f"error-{place}", "attributes": {**said, "original_payload": sent}}


def error(status: int, code: str, detail: str, pointer: str = "/data") -> Reply:
    """An error of the whole request."""
    one = {"id": "an-error", "code": code, "title": "Invalid input.", "detail": detail, "source": {"pointer": pointer}}
    return Reply(status, {"errors": [one]}, {"Content-Type": "application/vnd.api+json"})
