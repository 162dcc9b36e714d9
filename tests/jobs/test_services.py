"""Long work: done once, tried again, given up after three attempts (T19)."""

from datetime import UTC, datetime, timedelta

import pytest

from dps_portal.jobs import services
from dps_portal.jobs.models import Job, JobState
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def job():
    return services.ask(task="somewhere.tasks.something", by=UserFactory(), at=AT)


def fail():
    raise ZeroDivisionError("with details that nobody should keep")


def fails(job, at=AT):
    job.refresh_from_db()
    with pytest.raises(ZeroDivisionError):
        services.run(job, fail, at=at)
    job.refresh_from_db()
    return job.state, job.attempts, job.error


def test_job_is_done_once(job):
    done = []

    assert services.run(job, lambda: done.append(1), at=AT) is True
    assert services.run(job, lambda: done.append(2), at=AT) is False
    assert done == [1]
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (JobState.DONE, AT)


def test_job_in_a_workers_hands_is_left_alone(job):
    others = []

    services.run(job, lambda: others.append(services.run(job, fail, at=AT)), at=AT)

    assert others == [False]


def test_job_of_a_silent_worker_is_taken_over(job):
    Job.objects.update(state=JobState.RUNNING, claimed_until=AT + services.CLAIM, attempts=1)

    assert list(Job.objects.to_start(AT)) == []
    assert list(Job.objects.to_start(AT + services.CLAIM)) == [job]
    assert services.run(job, lambda: None, at=AT + services.CLAIM) is True


def test_failure_keeps_its_kind_and_is_tried_three_times(job):
    assert fails(job) == (JobState.WAITING, 1, "ZeroDivisionError")
    assert fails(job) == (JobState.WAITING, 2, "ZeroDivisionError")
    assert fails(job) == (JobState.FAILED, 3, "ZeroDivisionError")
    assert list(Job.objects.to_start(AT + timedelta(days=1))) == []


def test_job_that_succeeds_at_last_shows_no_error(job):
    fails(job)
    job.refresh_from_db()
    services.run(job, lambda: None, at=AT)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")


def test_job_is_seen_by_whoever_asked_for_it(job):
    assert list(Job.objects.visible_to(job.requested_by)) == [job]
    assert list(Job.objects.visible_to(UserFactory())) == []
