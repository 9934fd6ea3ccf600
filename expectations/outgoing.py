"""What must be true of what is about to be sent. It reads the consents again, and trusts no model that read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations._evaluate import Expected
from expectations._frames import Frame
from expectations._suite import Suite

if TYPE_CHECKING:
    from expectations._history import History
    from expectations._results import Severity

RECORDS = Frame(
    "outgoing records",
    """
    with
    refused as (
        select distinct syncs.sync, consents.customer_id
        from activation.syncs
        inner join activation.sync_purposes using (sync)
        inner join consent.consents
            on consents.purpose = sync_purposes.purpose
            and consents.channel = syncs.channel
            and consents.recipient = syncs.recipient
            and not consents.is_granted
    ),
    granted as (
        select syncs.sync, consents.customer_id, count(distinct consents.purpose) as purposes
        from activation.syncs
        inner join activation.sync_purposes using (sync)
        inner join consent.consents
            on consents.purpose = sync_purposes.purpose
            and consents.channel = syncs.channel
            and consents.recipient in ('any', syncs.recipient)
            and consents.is_granted
        group by syncs.sync, consents.customer_id
    ),
    required as (
        select sync, count(*) as purposes from activation.sync_purposes group by sync
    ),
    held_back as (
        select distinct syncs.sync, memberships.customer_id
        from activation.syncs
        inner join segments.segment_settings as settings
            on settings.holds_back_promotions and syncs.is_promotional
        inner join segments.segment_memberships as memberships on memberships.segment = settings.segment
    ),
    silent as (
        select distinct syncs.sync, suppressions.customer_id
        from activation.syncs
        inner join consent.suppressions on suppressions.channel in ('any', syncs.channel)
    )
    select
        desired.customer_id,
        desired.sync,
        md5(nullif(trim(desired.record_key), '')) as key,
        nullif(trim(desired.permission_id), '') as permission_id,
        desired.payload is null or desired.payload in ('', 'null') as payload_is_empty,
        coalesce(granted.purposes = required.purposes, false) and refused.sync is null as is_permitted,
        silent.sync is not null as is_suppressed,
        held_back.sync is not null as is_held_back
    from activation.desired_records as desired
    left join required on required.sync = desired.sync
    left join granted on granted.sync = desired.sync and granted.customer_id = desired.customer_id
    left join refused on refused.sync = desired.sync and refused.customer_id = desired.customer_id
    left join silent on silent.sync = desired.sync and silent.customer_id = desired.customer_id
    left join held_back on held_back.sync = desired.sync and held_back.customer_id = desired.customer_id
    """,
    "customer_id",
)

SIZES = Frame(
    "outgoing syncs",
    """
    with
    sizes as (
        select sync, count(*) as size, count(distinct build_id) as builds from activation.desired_records group by sync
    ),
    decided as (
        select sync, count(*) filter (where decision = 'deliver') as to_deliver
        from activation.audience_decisions
        group by sync
    ),
    ranked as (
        select sync, desired, row_number() over (partition by sync order by started_at desc) as age
        from activation.sync_runs
        where status in ('succeeded', 'incomplete')
    ),
    usual as (
        select sync, median(desired) as size from ranked where age <= 5 group by sync
    )
    select
        syncs.sync,
        coalesce(sizes.size, 0) as size,
        coalesce(sizes.builds, 1) as builds,
        coalesce(sizes.size, 0) - coalesce(decided.to_deliver, 0) as undecided,
        coalesce(sizes.size, 0) / nullif(usual.size, 0) as times_usual
    from activation.syncs
    left join sizes on sizes.sync = syncs.sync
    left join decided on decided.sync = syncs.sync
    left join usual on usual.sync = syncs.sync
    """,
    "sync",
)

SEGMENTS = Frame(
    "segments",
    """
    with
    moment as (
        select max(as_of) as as_of from customer_360.customers
    ),
    sizes as (
        select segment, count(*) as members from segments.segment_memberships group by segment
    )
    select
        settings.segment || ' of ' || settings.owner || ': ' || coalesce(sizes.members, 0) || ' members, '
        || settings.least_members || ' to ' || settings.most_members || ' expected, to be reviewed by '
        || strftime(settings.review_by, '%Y-%m-%d') as part,
        coalesce(sizes.members, 0) between settings.least_members and settings.most_members as is_of_expected_size,
        settings.review_by <= moment.as_of as is_review_due
    from segments.segment_settings as settings
    cross join moment
    left join sizes on sizes.segment = settings.segment
    """,
    "part",
)


def expected(_history: History) -> dict[str, list[Expected]]:
    """The expectations by frame; the syncs' own runs are the history."""
    return {RECORDS.name: [*_permission(), *_records()], SIZES.name: _sizes(), SEGMENTS.name: _segments()}


def _permission() -> list[Expected]:
    return [
        _is("is_permitted", "everybody in it has consented to each purpose", wanted=True),
        _is("is_suppressed", "nobody in it is suppressed", wanted=False),
        _is("is_held_back", "nobody in a promotion is in a segment that holds promotions back", wanted=False),
        Expected("every record names its permission", "ExpectColumnValuesToNotBeNull", {"column": "permission_id"}),
    ]


def _records() -> list[Expected]:
    return [
        Expected("every record has a key", "ExpectColumnValuesToNotBeNull", {"column": "key"}),
        Expected(
            "a sync holds a key once",
            "ExpectCompoundColumnsToBeUnique",
            {"column_list": ["sync", "key"], "ignore_row_if": "any_value_is_missing"},
        ),
        _is("payload_is_empty", "no payload is empty", wanted=False),
    ]


def _sizes() -> list[Expected]:
    return [
        _between("undecided", 0, 0, "each sync holds exactly those whom its audience delivers"),
        _between("builds", 1, 1, "each sync comes from one build"),
        Expected(
            "no sync is ten times its usual size",
            "ExpectColumnValuesToBeBetween",
            {"column": "times_usual", "max_value": 10},
        ),
        Expected(
            "each sync is between half and twice its usual size",
            "ExpectColumnValuesToBeBetween",
            {"column": "times_usual", "min_value": 0.5, "max_value": 2},
            "warning",
        ),
    ]


def _segments() -> list[Expected]:
    return [
        _is(
            "is_of_expected_size", "each segment is of the size that its YAML expects", wanted=True, severity="warning"
        ),
        _is("is_review_due", "no segment is past the day of its review", wanted=False, severity="warning"),
    ]


def _is(column: str, sentence: str, *, wanted: bool, severity: Severity = "critical") -> Expected:
    return Expected(sentence, "ExpectColumnValuesToBeInSet", {"column": column, "value_set": [wanted]}, severity)


def _between(column: str, least: float, most: float, sentence: str) -> Expected:
    limits = {"column": column, "min_value": least, "max_value": most}
    return Expected(sentence, "ExpectColumnValuesToBeBetween", limits)


SUITE = Suite(
    name="outgoing",
    frames=(RECORDS, SIZES, SEGMENTS),
    as_of="select strftime(max(as_of), '%Y-%m-%d %H:%M:%S') from activation.desired_records",
    expected=expected,
)
