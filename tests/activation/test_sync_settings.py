"""A sync that does not say what it is for, or says it wrongly, does not load; one sentence says what to mend."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from orchestration.registry_text import Declaration, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.activation.conftest import Project

    NewProject = Callable[[Path], Project]

Settings = dict[str, Any]
GOOD: Settings = {
    "destination": "demo_files",
    "segment": "win_back",
    "mode": "mirror",
    "key": "email",
    "purposes": ["marketing", "personalisation"],
    "channel": "email",
    "recipient": "demo_files",
    "holdout": 0.05,
    "guards": {"max_removal_share": 0.3, "max_removals": 5000, "max_size_change": 0.5, "max_age_hours": 36},
}
SEGMENT = {"name": "win_back", "config": {"meta": {"segment": {}}}}
CONTACTS = {"name": "contacts", "columns": [{"name": "email", "config": {"meta": {"identifier": "email"}}}]}
COLUMNS = ("record_key", "customer_id", "permission_id", "first_name")


def without(*path: str) -> Callable[[Settings], None]:
    def change(settings: Settings) -> None:
        for step in path[:-1]:
            settings = settings[step]
        del settings[path[-1]]

    return change


def having(**values: Any) -> Callable[[Settings], None]:
    return lambda settings: settings.update(values)


def guarded(**values: Any) -> Callable[[Settings], None]:
    return lambda settings: settings["guards"].update(values)


WRONG: dict[str, tuple[Callable[[Settings], None], str]] = {
    "no_purposes": (without("purposes"), "its purposes is missing"),
    "empty_purposes": (having(purposes=[]), "its purposes must be a list that names at least one purpose"),
    "one_word_for_purposes": (having(purposes="marketing"), "its purposes must be a list that names at least one"),
    "any_purpose": (having(purposes=["any"]), "its purposes must be one name, and not 'any'"),
    "blank_purpose": (having(purposes=[" "]), "its purposes must be one name, and not 'any'"),
    "no_destination": (without("destination"), "its destination is missing"),
    "another_destination": (having(destination="other"), "its destination is 'other', so the model must be called"),
    "no_channel": (without("channel"), "its channel is missing"),
    "any_channel": (having(channel="any"), "its channel must be one name, and not 'any'"),
    "any_recipient": (having(recipient="any"), "its recipient must be one name, and not 'any'"),
    "unknown_key": (
        having(key="shoe_size"),
        "its key is 'shoe_size', which is not known: use one of customer_id, email",
    ),
    "unknown_segment": (having(segment="winback"), "its segment is 'winback', which is not known: use one of win_back"),
    "unknown_mode": (having(mode="append"), "its mode is 'append', which is not known: use one of mirror"),
    "unknown_matching": (
        having(matching="fuzzy"),
        "its matching is 'fuzzy', which is not known: use one of exact, strict, loose",
    ),
    "no_guards": (without("guards"), "its guards is missing"),
    "guards_no_mapping": (having(guards="none"), "its guards must be a list of fields"),
    "one_guard_missing": (without("guards", "max_removals"), "its guards.max_removals is missing"),
    "misspelt_guard": (guarded(max_remvals=1), "its guards.max_remvals is no field that a sync has"),
    "guard_no_number": (guarded(max_removal_share="30%"), "its guards.max_removal_share must be a number from 0 to 1"),
    "guard_beyond": (guarded(max_removal_share=30), "its guards.max_removal_share must be a number from 0 to 1"),
    "guard_true": (guarded(max_removals=True), "its guards.max_removals must be a number"),
    "holdout_all": (having(holdout=1), "its holdout must be a number from 0 to 0.9999"),
    "no_time_to_convert": (having(conversion_days=0), "its conversion_days must be a number from 1 to 3650"),
    "half_promotional": (
        having(promotional="maybe"),
        "its promotional is 'maybe', which is not known: use one of True",
    ),
    "no_such_day": (having(holdout_until="2026-13-01"), "its holdout_until is '2026-13-01', which is no day"),
    "half_a_priority": (having(priority="first"), "its priority must be a number from 0 to 1000000"),
    "competes_for_any": (having(competes="any"), "its competes must be one name, and not 'any'"),
    "misspelt_field": (having(purpose=["marketing"]), "its purpose is no field that a sync has"),
}


def described(name: str, settings: Settings, columns: tuple[str, ...] = COLUMNS, **on_null: str) -> dict[str, Any]:
    """The YAML of a sync; `on_null` by column."""
    described = [{"name": one, "config": {"meta": {"on_null": on_null.get(one, "keep")}}} for one in columns]
    return {"name": name, "config": {"meta": {"sync": settings}}, "columns": described}


def add_sync(
    project: Project, case: str, settings: Settings, columns: tuple[str, ...] = COLUMNS, **on_null: str
) -> dict[str, Any]:
    """A sync and a model that asks whether it loads."""
    name = f"sync_demo_files__{case}"
    project.write(f"models/{name}.sql", "select 1 as nothing")
    project.write(
        f"models/checks/{case}.sql",
        f"select 1 {{% if execute %}}{{% do check_sync(model_node('{name}')) %}}{{% endif %}}",
    )
    return described(name, settings, columns, **on_null)


@pytest.fixture(scope="module")
def answers(new_project: NewProject, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """What compilation says of each case; None where it loads."""
    project = new_project(tmp_path_factory.mktemp("settings"))
    models: list[dict[str, Any]] = [
        SEGMENT,
        CONTACTS,
        {"name": "surveys", "columns": [{"name": "health", "config": {"meta": {"pii": "sensitive"}}}]},
    ]
    for case, (change, _) in WRONG.items():
        settings = copy.deepcopy(GOOD)
        change(settings)
        models.append(add_sync(project, case, settings))
    models.append(add_sync(project, "good", GOOD))
    models.append(add_sync(project, "no_key_column", GOOD, ("record_key", "customer_id")))
    models.append(add_sync(project, "sensitive", GOOD, (*COLUMNS, "health")))
    models.append(add_sync(project, "forgetful", GOOD, first_name="forget"))
    for name in ("win_back", "contacts", "surveys"):
        project.write(f"models/{name}.sql", "select 1 as nothing")
    project.write("models/_models.yml", yaml.safe_dump({"models": models}))
    results = project.dbt("run", "--select", "checks")
    return {result["unique_id"].rsplit(".", 1)[1]: result["message"] for result in results}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_setting_is_named_with_its_sync(answers: dict[str, str | None], case: str) -> None:
    assert f"The sync 'sync_demo_files__{case}' does not load: {WRONG[case][1]}" in (answers[case] or "")


def test_a_sync_that_says_everything_loads(answers: dict[str, str | None]) -> None:
    assert "does not load" not in (answers["good"] or "")


def test_a_payload_has_its_keys_and_no_sensitive_column(answers: dict[str, str | None]) -> None:
    assert "its column permission_id is missing" in (answers["no_key_column"] or "")
    assert "its column health is sensitive in 'surveys'" in (answers["sensitive"] or "")


def test_what_becomes_of_a_null_is_one_of_three_things(answers: dict[str, str | None]) -> None:
    expected = "its column first_name on_null is 'forget', which is not known: use one of keep, clear, skip"
    assert expected in (answers["forgetful"] or "")


def test_a_null_is_left_out_or_cleared_or_holds_the_record_back(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(tmp_path)
    for name in ("syncs", "desired_records"):
        project.copy_model(name)
    columns = (*COLUMNS, "tier", "born_on")
    sync = add_sync(project, "null", GOOD, columns, tier="clear", born_on="skip")
    project.write(
        "models/sync_demo_files__null.sql",
        "select key as record_key, key as customer_id, 'p' as permission_id, first_name, tier, born_on from (values"
        """ ('all there', 'A"na', 1.50, date '2000-02-29'), ('neither', null, null, date '2000-02-29'),"""
        " ('nothing', null, null, null)) as people (key, first_name, tier, born_on)",
    )
    for name in ("win_back", "contacts"):
        project.write(f"models/{name}.sql", "select 1 as nothing")
    project.write("models/_models.yml", yaml.safe_dump({"models": [SEGMENT, CONTACTS, sync]}))
    project.write("macros/registry.sql", render([Declaration("sync_demo_files__null", sync["config"]["meta"])]))
    project.build("--select", "sync_demo_files__null", "activation")
    with duckdb.connect(str(project.database), read_only=True) as connection:
        found = connection.execute(
            "select record_key, is_incomplete, payload from activation.desired_records order by record_key"
        ).fetchall()
        fields = connection.execute("select payload_fields from activation.syncs").fetchall()
    assert found == [
        ("all there", False, '{"first_name":"A\\"na","tier":1.5,"born_on":"2000-02-29"}'),
        ("neither", False, '{"tier":null,"born_on":"2000-02-29"}'),
        ("nothing", True, '{"tier":null}'),
    ]
    assert fields == [("first_name,tier,born_on",)]


def test_the_tables_of_syncs_stop_at_a_sync_without_purposes_and_hold_what_the_others_say(
    new_project: NewProject, tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    for name in ("syncs", "sync_purposes"):
        project.copy_model(name)
    models = [
        SEGMENT,
        CONTACTS,
        add_sync(project, "good", GOOD),
        add_sync(project, "loose", GOOD | {"matching": "loose"}),
        add_sync(
            project,
            "service",
            GOOD
            | {"promotional": False, "conversion_days": 30, "holdout_until": "2026-12-31"}
            | {"priority": 10, "competes": "offers"},
        ),
    ]
    for name in ("win_back", "contacts"):
        project.write(f"models/{name}.sql", "select 1 as nothing")
    project.write("models/_models.yml", yaml.safe_dump({"models": models}))
    project.build("--select", "activation")
    with duckdb.connect(str(project.database), read_only=True) as connection:
        purposes = connection.execute("select sync, purpose from activation.sync_purposes order by all").fetchall()
        syncs = connection.execute(
            "select sync, key_type, holdout_share, max_removals, matching from activation.syncs order by all"
        ).fetchall()
        experiments = connection.execute(
            "select is_promotional, conversion_days, holdout_until::varchar from activation.syncs order by sync"
        ).fetchall()
        contests = connection.execute("select priority, competes from activation.syncs order by sync").fetchall()
    assert purposes[:2] == [("sync_demo_files__good", "marketing"), ("sync_demo_files__good", "personalisation")]
    assert syncs == [
        ("sync_demo_files__good", "email", 0.05, 5000, "strict"),
        ("sync_demo_files__loose", "email", 0.05, 5000, "loose"),
        ("sync_demo_files__service", "email", 0.05, 5000, "strict"),
    ]
    assert experiments == [(True, 14, None), (True, 14, None), (False, 30, "2026-12-31 00:00:00")]
    assert contests == [(100, None), (100, None), (10, "offers")]
    purposeless = {key: value for key, value in GOOD.items() if key != "purposes"}
    project.write(
        "models/_models.yml",
        yaml.safe_dump({"models": [SEGMENT, CONTACTS, described("sync_demo_files__good", purposeless)]}),
    )
    assert {result["status"] for result in project.dbt("run", "--select", "activation")} == {"error"}


LIMITS = {"contacts": 2, "within_days": 7, "quiet_days": 1, "quiet_days_after_order": 0}


@pytest.fixture(scope="module")
def limited(new_project: NewProject, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = new_project(tmp_path_factory.mktemp("limits"))
    project.copy_model("contact_limits")
    return project.read_once()


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"contacts": 2}, "email must have the fields contacts, within_days, quiet_days, quiet_days_after_order"),
        (LIMITS | {"contacts": "two"}, "email contacts must be a whole number from 0 on"),
        (LIMITS | {"quiet_days": -1}, "email quiet_days must be a whole number from 0 on"),
        (LIMITS, ""),
    ],
)
def test_a_limit_of_contacts_that_would_hold_back_nobody_does_not_load(
    limited: Project, limits: Settings, sentence: str
) -> None:
    variables = yaml.safe_dump({"contact_limits": {"email": limits}})
    [result] = limited.dbt("run", "--select", "contact_limits", "--vars", variables)
    assert result["status"] == ("error" if sentence else "success")
    assert sentence in result["message"]
