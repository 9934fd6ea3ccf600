from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import jinja2
import pytest

from reverse_etl import SyncOptions, SyncResult, load_destinations, plan, run_sync, with_secrets
from reverse_etl._delivery import Delivery
from reverse_etl._journal import new_folder
from reverse_etl._outgoing import Selection, spool
from reverse_etl._records import Run
from reverse_etl._tables import Tables, load_syncs
from reverse_etl.receiver import SECRET_VARIABLE, Receiver, running
from warehouse import Settings, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reverse_etl import SyncPlan
    from reverse_etl._journal import Folder

WEBHOOK = "sync_demo_webhook__cart_abandoners"
FILES = "sync_demo_files__cart_abandoners"
ENVIRONMENT = {SECRET_VARIABLE: "a secret for tests"}
NOW = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
_SQL = (Path(__file__).parent / "activation.sql").read_text()

_MACROS = (
    *("latest", "last_words", "receipt_columns", "long_ago", "is_rejected_as_it_stands", "state_words"),
    *("receipt_state", "same_record"),
)

People = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class World:
    """A warehouse of the contract's shape with one sync to a webhook and one to files."""

    WEBHOOK: ClassVar[str] = WEBHOOK
    FILES: ClassVar[str] = FILES
    NOW: ClassVar[datetime] = NOW

    settings: Settings
    environment: dict[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))

    @classmethod
    def at(cls, home: Path, template: Path | None = None) -> World:
        home.mkdir(parents=True, exist_ok=True)
        world = cls(Settings(home=home, project=home, destinations=home / "destinations.toml"))
        if template:
            shutil.copy(template, world.settings.database)
            return world
        world.sql(_SQL)
        for view in outbox("current_receipts", "delivered_records", "pending_records", "rejected_records"):
            world.sql(view)
        for sync in (WEBHOOK, FILES):
            destination = sync.removeprefix("sync_").partition("__")[0]
            world.sql(
                "insert into activation.syncs"
                " values (?, ?, 'cart_abandoners', 'mirror', 'email', 'email', ?, 0, 1, 1000, 1000, 36, '')",
                [sync, destination, destination],
            )
            world.sql("insert into activation.sync_purposes values (?, 'marketing')", [sync])
        return world

    @staticmethod
    def people(*names: str, **fields: Any) -> People:
        return {f"{name}@example.com": {"email": f"{name}@example.com", **fields} for name in names}

    @staticmethod
    def customer_of(key: str) -> str:
        return "customer-" + hashlib.sha256(key.encode()).hexdigest()[:12]

    def sql(self, query: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.database)) as connection:
            return connection.execute(query, list(values)).fetchall()

    def configure(self, url: str = "http://127.0.0.1:9/", **fields: Any) -> None:
        quick = {
            "batch_size": 3,
            "connections": 1,
            "attempts": 3,
            "first_wait_seconds": 0.001,
            "longest_wait_seconds": 0.01,
            "timeout_seconds": 2.0,
            "rate_limit_wait_seconds": 5.0,
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in {**quick, **fields}.items()]
        self.settings.destinations.write_text(
            '[demo_files]\ntype = "files"\n[demo_webhook]\ntype = "webhook"\n'
            f'url = "{url}"\nsecret_env = "{SECRET_VARIABLE}"\n' + "\n".join(lines)
        )

    def want(self, people: People, *, sync: str = WEBHOOK, build: str = "build-1", gates: bool = True) -> None:
        """Let these be the audience, each with a permission, and let the gates have passed for the build."""
        destination = sync.removeprefix("sync_").partition("__")[0]
        desired = [_desired(sync, destination, key, fields, build) for key, fields in people.items()]
        granted = [(row[4], row[3], "marketing", "email", destination, True) for row in desired]
        with duckdb.connect(str(self.settings.database)) as connection:
            connection.execute("delete from activation.desired_records where sync = ?", [sync])
            connection.execute("update activation.desired_records set build_id = ?", [build])
            _insert(connection, "activation.desired_records", [(*row, False) for row in desired])
            columns = ",".join(dict.fromkeys(name for fields in people.values() for name in fields))
            connection.execute("update activation.syncs set payload_fields = ? where sync = ?", [columns, sync])
            connection.execute("delete from consent.consents where recipient = ? and is_granted", [destination])
            _insert(connection, "consent.consents", [(*row, None, None, None, None) for row in granted])
        if gates:
            self.check(build)

    def check(self, build: str, at: datetime = NOW - timedelta(hours=1), **passed: bool) -> None:
        """Let the gates have been checked for a build; those not named passed."""
        with duckdb.connect(str(self.settings.database)) as connection:
            rows = [
                (gate, build, passed.get(gate, True), "", at.replace(tzinfo=None))
                for gate in ("dbt_tests", "customers", "outgoing")
            ]
            _insert(connection, "activation.quality_gates", rows)

    def run(self, sync: str = WEBHOOK, **options: Any) -> SyncResult:
        return run_sync(
            self.settings, sync, SyncOptions(**{"now": lambda: NOW, "rows_at_once": 1, **options}), self.environment
        )

    def spooled(self) -> tuple[Delivery, Folder]:
        """What would deliver to the webhook whatever is pending, and the folder of it."""
        configured = with_secrets(load_destinations(self.settings.destinations).values(), self.environment)
        run = Run("run", WEBHOOK, "demo_webhook", "build-1")
        destination = configured["demo_webhook"].kind.open(configured["demo_webhook"], run, self.settings.home)
        folder = new_folder(self.settings, run)
        with connect(self.settings, read_only=True) as connection:
            tables = Tables.on(connection)
            sync = load_syncs(tables, (WEBHOOK,))[0]
            spool(tables, sync, Selection(), folder.records, destination.facts)
        return Delivery(run, destination, self.settings.home, lambda: NOW), folder

    def plan(self, sync: str = WEBHOOK) -> SyncPlan:
        return plan(self.settings, (sync,), NOW)[0]

    def outcomes(self, sync: str = WEBHOOK) -> list[tuple[Any, ...]]:
        return self.sql(
            "select operation, record_key, outcome from activation.receipts where sync = ? order by receipt_id", [sync]
        )


def outbox(*names: str) -> list[str]:
    """The statements that make views of the real models, and of those models that they read."""
    project = Path(__file__).parents[2] / "dbt_project"
    made: dict[str, str] = {}

    def ref(name: str) -> str:
        if f"create table activation.{name} " not in _SQL and name not in made:
            model = (project / "models" / "activation" / f"{name}.sql").read_text()
            select = dialect.from_string(model).render()
            made[name] = f"create view activation.{name} as {select}"
        return f"activation.{name}"

    dialect = jinja2.Environment(autoescape=False, undefined=jinja2.StrictUndefined)  # noqa: S701 - SQL, not HTML
    dbt = SimpleNamespace(type_timestamp=lambda: "timestamp", **{"except": lambda: "except"})
    dialect.globals |= {"ref": ref, "config": lambda **_: "", "return": _return, "dbt": dbt}
    adapter = SimpleNamespace(dispatch=lambda name, _package: getattr(macros, f"duckdb__{name}"))
    macros = _Macros(dialect, "latest", "receipts")
    dialect.globals |= {"adapter": adapter, "kindred": macros}
    dialect.globals |= {name: getattr(macros, name) for name in _MACROS}
    for name in names:
        ref(name)
    return list(made.values())


class _Returned(Exception):  # noqa: N818 - as dbt does it
    """What a macro returns."""


def _return(value: Any) -> None:
    raise _Returned(value)


class _Macros:
    """The macros of some files, which name each other and return values as dbt's do."""

    def __init__(self, dialect: jinja2.Environment, *files: str) -> None:
        folder = Path(__file__).parents[2] / "dbt_project" / "macros" / "activation"
        self._templates = [dialect.from_string((folder / f"{name}.sql").read_text()) for name in files]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            modules = (template.make_module() for template in self._templates)
            macro = next(found for module in modules if (found := getattr(module, name, None)))
            try:
                return str(macro(*values, **named))
            except _Returned as returned:
                return returned.args[0]

        return call


def _desired(sync: str, destination: str, key: str, fields: Mapping[str, Any], build: str) -> tuple[Any, ...]:
    payload = json.dumps(fields)
    customer = World.customer_of(key)
    hashed = hashlib.sha256(payload.encode()).hexdigest()
    permission = f"consent-{destination}-{customer}"
    return (sync, destination, key, customer, permission, payload, hashed, build, datetime(2026, 7, 1))  # noqa: DTZ001


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return World.at(tmp_path_factory.mktemp("template")).settings.database


@pytest.fixture
def world(tmp_path: Path, template: Path) -> World:
    made = World.at(tmp_path / "home", template)
    made.configure()
    return made


@pytest.fixture
def make_world() -> Callable[[Path, Path], World]:
    return World.at


@pytest.fixture
def receiver(world: World) -> Iterator[Receiver]:
    with running(world.settings, port=0, environment=world.environment) as listening:
        world.configure(listening.url)
        yield listening
