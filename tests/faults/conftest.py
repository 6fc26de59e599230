from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from refunds.audit import PROMISES, check
from refunds.gateways.registry import GATEWAYS
from tests.fake_provider.client import FakeProvider
from tests.fake_provider.fixtures import FakeProcess, fake_process, fake_provider
from tests.faults.stage import Stage
from tests.faults.workers import Workers
from tests.refunds.bench import bench_of
from tests.refunds.webhooks.post import poster

__all__ = ["fake_process", "fake_provider"]


@pytest.fixture(scope="session")
def workers(
    django_db_setup: None, fake_process: FakeProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workers]:
    """The parent of all workers, for the whole session."""
    started = Workers(fake=fake_process.client, folder=tmp_path_factory.mktemp("workers"))
    yield started
    started.stop()


@pytest.fixture(params=["stripe", "razorpay"])
def stage(
    request: pytest.FixtureRequest,
    transactional_db: None,
    fake_provider: FakeProvider,
    workers: Workers,
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
) -> Iterator[Stage]:
    """Each provider in turn. However it ended, no promise is broken afterwards."""
    bench = bench_of(request.param, fake_provider, timeout=20)
    monkeypatch.setitem(GATEWAYS, bench.provider, bench.gateway)
    yield Stage(bench=bench, workers=workers, post=poster(client))
    workers.end()
    assert [(finding.promise.code, finding.offenders) for finding in check(PROMISES, now=timezone.now())] == []
