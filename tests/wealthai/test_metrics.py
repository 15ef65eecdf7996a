import datetime

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from wealthai import metrics
from wealthai.metrics import RequestFigures, quantile
from wealthai.middleware import MetricsMiddleware

INFINITE = float("inf")


def counted(act):
    """How many requests and server errors `act` adds to the figures."""
    before = metrics.request_figures()
    act()
    after = metrics.request_figures()
    return after.count - before.count, after.errors - before.errors


def name_given(rf, response, path="/nowhere"):
    request = rf.get(path)
    request.resolver_match = None
    return MetricsMiddleware(lambda request: response).name_of(request, response)


def test_quantile_of_no_observations_is_unknown():
    assert [quantile({}, 0.5), quantile({0.1: 0, INFINITE: 0}, 0.95)] == [None, None]


def test_quantile_lies_on_a_line_within_its_bucket():
    buckets = {0.1: 50, 0.2: 90, 0.4: 100, INFINITE: 100}

    found = [quantile(buckets, share) for share in (0.25, 0.5, 0.7, 0.95)]

    assert found == pytest.approx([0.05, 0.1, 0.15, 0.3])


def test_quantile_skips_empty_buckets():
    assert quantile({0.1: 0, 0.2: 0, 0.4: 8, INFINITE: 8}, 0.5) == pytest.approx(0.3)


def test_quantile_beyond_the_last_bound_is_that_bound():
    assert quantile({0.1: 1, 120: 1, INFINITE: 10}, 0.95) == 120


@pytest.mark.parametrize(("count", "errors", "rate"), [(0, 0, 0), (8, 2, 0.25)])
def test_error_rate_is_the_share_of_server_errors(count, errors, rate):
    figures = RequestFigures(count, errors, None, None, timezone.now())

    assert figures.error_rate == rate


def test_figures_count_answers_and_of_them_server_errors():
    def three_answers():
        for status in (200, 404, 500):
            metrics.observe_request("customers:list", status, 0.01)

    assert counted(three_answers) == (3, 1)


@pytest.mark.parametrize("name", sorted(metrics.NOT_PAGES))
def test_figures_leave_out_what_is_no_page(name):
    assert counted(lambda: metrics.observe_request(name, 500, 60)) == (0, 0)


def test_figures_count_a_page_and_leave_out_a_probe(client, db):
    assert counted(lambda: client.get(reverse("account_login"))) == (1, 0)
    assert counted(lambda: client.get("/healthz")) == (0, 0)


def test_figures_count_a_request_whose_error_page_fails(rf):
    def fail(request):
        raise LookupError

    def ask():
        with pytest.raises(LookupError):
            MetricsMiddleware(fail)(rf.get("/"))

    assert counted(ask) == (1, 1)


def test_figures_say_since_when_they_count():
    since = metrics.request_figures().since

    assert timezone.now() - datetime.timedelta(hours=1) < since < timezone.now()


def test_event_stream_and_waiting_answer_are_named_apart(rf):
    stream = StreamingHttpResponse([], content_type="text/event-stream; charset=utf-8")
    answer = HttpResponse()
    answer.waited_for_ai = True

    assert [name_given(rf, stream), name_given(rf, answer)] == [metrics.STREAM, metrics.ANSWER]


def test_static_file_is_named_static_and_a_missing_path_unknown(client, rf, db):
    file = client.get("/static/admin/css/base.css")
    file.close()

    assert (file.status_code, name_given(rf, file)) == (200, metrics.STATIC)
    assert name_given(rf, HttpResponse(status=404)) == metrics.UNKNOWN


def test_page_that_middleware_answered_is_named_by_its_path(rf):
    assert name_given(rf, HttpResponse(status=302), path="/healthz") == "healthz"


@pytest.mark.postgres
def test_pool_figures_show_the_connection_in_use(transactional_db, page):
    page.get("/healthz")

    pool = metrics.pool_figures()

    assert (pool.most, pool.used >= 1, pool.waiting) == (16, True, 0)


def test_metrics_page_gives_prometheus_text(client, db):
    client.get("/healthz")

    lines = client.get("/metrics").content.decode().splitlines()

    assert [line.split()[0] for line in lines if line.startswith("wealthai_start_time")] == [
        "wealthai_start_time_seconds"
    ]
