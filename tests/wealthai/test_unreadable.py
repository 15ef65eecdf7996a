"""What no database can hold, and senseless values: every address answers, none with a 500."""

import io

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from customers.models import Customer
from customers.roles import Role
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    SalesNoteFactory,
    SavedViewFactory,
    TaskFactory,
)
from wealthai.models import RateBucket
from wealthai.wsgi import application

FORM = "application/x-www-form-urlencoded"
BROKEN = ["%00", "%ED%A0%80", "a%ff"]
SENSELESS = ["x", "-1", "99999999", str(9**30), "٣%EF%BF%BD"]
STRANGE = [
    *SENSELESS,
    "",
    "0",
    "1.5",
    "9" * 400,
    "'",
    "a__b",
    "2026-02-30",
    "9999-12-31",
    "\\ud800",
]
# What lists and forms are known to read, beside the names that they declare themselves.
LIST_NAMES = ["q", "p", "o", "e", "all", "_to_field", "_popup", "_changelist_filters"]
DATE_LOOKUPS = ["year", "day", "gte", "isnull"]
PAGE_NAMES = ["q", "sort", "page", "next", "customer", "version", "term", "app_label"]
API_NAMES = ["cursor", "ordering", "page_size", "q", "archived", "branch", "gender", "sales_rep"]
API_NAMES += ["risk_tolerance"]
API_NAMES += [f"{name}_{end}" for name in ("created", "updated") for end in ("from", "to")]
ENDS_THE_SESSION = {"account_logout", "logout"}


def addresses(patterns=None, prefix=""):
    """Every path of the site, with 1 for each part that varies."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif pattern.name not in ENDS_THE_SESSION:
            yield "/" + fill(path)


def fill(path):
    """`customers/<int:pk>` as customers/1; patterns of regular expressions likewise."""
    filled, depth = "", 0
    for char in path:
        depth += char in "<("
        filled += "" if depth else char
        if char in ">)":
            depth -= 1
            filled += "" if depth else "1"
    return filled.replace("\\", "").replace("?P", "")


ADDRESSES = sorted(set(addresses()))


def names_of_list(model_admin):
    for item in model_admin.list_filter:
        name = getattr(item, "parameter_name", None)
        yield from [name] if name else [item, f"{item}__exact", f"{item}__isnull"]
    if model_admin.date_hierarchy:
        yield from (f"{model_admin.date_hierarchy}__{lookup}" for lookup in DATE_LOOKUPS)


LISTS = [
    (reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), name)
    for model, model_admin in admin.site._registry.items()
    for name in [*names_of_list(model_admin), *LIST_NAMES]
]


@pytest.fixture
def everything(ito):
    """A row of each kind, so that lists and records have something to break on."""
    for factory in (CashInflowFactory, HoldingFactory, SalesNoteFactory):
        factory(customer=ito)
    EconomicEventFactory()


@pytest.fixture
def root(client, everything):
    """Somebody who may open everything; a failure is an answer here, not an exception."""
    client.raise_request_exception = False
    client.force_login(AdviserFactory(is_staff=True, is_superuser=True, role=Role.ADMINISTRATOR))
    return client


def statuses(client, paths):
    return {path: client.get(path).status_code for path in paths}


def test_walk_meets_the_pages_of_every_app():
    assert {"/", "/customers/1", "/chat", "/api/customers", "/api/chat/1"} <= set(ADDRESSES)
    assert len(ADDRESSES) > 90


def test_every_address_answers(root):
    found = statuses(root, ADDRESSES)

    assert {path: status for path, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("broken", BROKEN)
def test_every_address_refuses_what_cannot_be_stored(root, broken):
    paths = [f"{path}?q={broken}" for path in ADDRESSES]
    paths += [f"{path}?{broken}=1" for path in ADDRESSES[::7]]
    paths += [f"{path}{broken}" for path in ADDRESSES]

    assert {path: s for path, s in statuses(root, paths).items() if s != 400} == {}


@pytest.mark.parametrize("value", SENSELESS, ids=range(len(SENSELESS)))
def test_no_list_of_the_admin_fails_on_a_senseless_value(root, value):
    found = statuses(root, [f"{url}?{name}={value}" for url, name in LISTS])

    assert {path: status for path, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
def test_no_page_and_no_endpoint_fails_on_a_senseless_value(root, value):
    pages = ["/", "/customers", "/customers/new", "/customers/1", "/chat", "/accounts/login"]
    pages += [path for path in ADDRESSES if "autocomplete" in path]
    together = "&".join(f"{name}={value}" for name in PAGE_NAMES)
    paths = [f"{page}?{together}" for page in pages]
    paths += [f"/api/customers?{name}={value}" for name in API_NAMES]
    paths += [f"/api/chat?{name}={value}" for name in ("conversation_id", "customer_id", "q")]
    found = statuses(root, paths)

    assert {path: status for path, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("number", ["99999999", str(9**30), "0", "-1", "x", "٣", "1e3"])
def test_no_record_fails_on_a_senseless_number(root, number):
    paths = [path.replace("/1", f"/{number}") for path in ADDRESSES if "/1" in path]

    assert {path: s for path, s in statuses(root, paths).items() if s >= 500} == {}


def served(path, kind):
    """The status of a request with a query as gunicorn hands it in; the test client is kinder."""
    statuses = []
    environ = RequestFactory()._base_environ(
        PATH_INFO=path, QUERY_STRING="q=x", CONTENT_TYPE=kind, REQUEST_METHOD="GET"
    )
    application(environ, lambda status, headers: statuses.append(int(status[:3]))).close()
    return statuses[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "codec", ["bz2_codec", "rot13", "hex", "utf-16", "cp932", "utf-7", "unicode_escape"]
)
def test_request_in_another_encoding_is_refused(codec):
    kinds = f"text/plain; charset={codec}", f"{FORM}; charset={codec}"

    found = [served(path, kind) for path in ("/customers", "/api/customers") for kind in kinds]

    assert found == [400, 400, 415, 415]


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "nonsense"])
def test_request_in_utf_8_or_in_nothing_known_is_read(charset):
    assert served("/accounts/login", f"text/plain; charset={charset}") == 200


def test_endpoint_names_the_filter_that_cannot_be_stored(root):
    response = root.get("/api/customers?gender=x&q=%ED%A0%80")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["q"])


# Acts that would succeed without the field that holds what cannot be stored.
ACTS = {
    "unknown-field": ("/customers/new", "name=abc&x={0}"),
    "choice": ("/customers/new", "name=abc&kind={0}individual"),
    "saved-view": ("/customers/views/new", "name=abc&audience=private&x={0}"),
    "star": ("/customers/views/{view}/star", "star={0}"),
    "export": ("/customers/export", "kind=csv&reason=abc&x={0}"),
    "archive": ("/customers/{customer}/archive", "change_reason=abc&x={0}"),
    "task-done": ("/tasks/{task}/done", "x={0}"),
    "admin-act": (
        "/admin/customers/customer/",
        "action=archive_selected&_selected_action={customer}&index={0}",
    ),
    "admin-all": (
        "/admin/customers/customer/",
        "action=archive_selected&_selected_action={customer}&select_across={0}",
    ),
    "admin-form": (
        "/admin/customers/product/add/",
        "product_code=A&product_name=a&category_code=b&currency=JPY&x={0}",
    ),
    "log-out": ("/accounts/logout", "x={0}"),
    "name-of-a-field": ("/customers/new", "name=abc&{0}=1"),
}


@pytest.fixture
def rows(everything, ito, office):
    """The keys of one row of each kind that ACTS name."""
    view, task = SavedViewFactory(owner=office, audience="firm"), TaskFactory(customer=ito)
    return {"customer": ito.pk, "view": view.pk, "task": task.pk}


def everything_stored():
    """But for the attempts, which count."""
    models = set(apps.get_models(include_auto_created=True)) - {RateBucket}
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


# In a test's own transaction whatever follows a refused write would fail.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "body"), ACTS.values(), ids=ACTS)
def test_act_with_what_cannot_be_stored_is_refused_and_writes_nothing(root, rows, path, body):
    before = everything_stored()

    bodies = [body.format(broken, **rows) for broken in BROKEN]
    answers = [root.post(path.format(**rows), body, FORM).status_code for body in bodies]

    assert answers == [400] * len(BROKEN)
    assert everything_stored() == before


# Django itself takes NUL out of the names of files.
@pytest.mark.parametrize(
    ("part", "bad"),
    [
        ('name="x{}"', "\0"),
        ('name="x{}"; filename="a"', "\0"),
        ('name="f"; filename="a{}.csv"', "\ufffd"),
    ],
    ids=["field", "file-field", "file"],
)
def test_upload_whose_name_cannot_be_stored_is_refused(root, part, bad):
    heads = [part.format(bad), 'name="name"']
    parts = [f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\nabc\r\n" for head in heads]

    body = ("".join(parts) + "--b--\r\n").encode()
    answer = root.post("/customers/new", body, "multipart/form-data; boundary=b")

    assert (answer.status_code, Customer.objects.count()) == (400, 1)


def test_attempts_at_the_log_in_are_counted_whatever_stands_in_them(client, tanaka):
    tanaka.set_password("kumo-to-ame-2026")
    tanaka.save()
    for _ in range(6):
        wrong = "login=SR001&password=wrong&x=%00"
        assert client.post("/accounts/login", wrong, FORM).status_code == 400

    answer = client.post("/accounts/login", {"login": "SR001", "password": "kumo-to-ame-2026"})

    assert "_auth_user_id" not in client.session
    assert answer.status_code == 200


FIELDS = {
    "page": ("/customers/new", {"name": "山{}田"}),
    "note": ("/customers/1/notes/new", {"note_type": "visit", "content": "円{}債"}),
    "log-in": ("/accounts/login", {"login": "SR{}001", "password": "x"}),
    "admin": ("/admin/customers/product/add/", {"product_name": "国{}債"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize(("path", "fields"), FIELDS.values(), ids=FIELDS)
def test_form_with_what_cannot_be_stored_is_shown_again_with_400(client, broken, path, fields):
    customer = CustomerFactory()
    if "login" not in path:
        client.force_login(AdviserFactory(is_staff=True, is_superuser=True))
    body = "&".join(f"{name}={text.format(broken)}" for name, text in fields.items())
    path = path.replace("/1/", f"/{customer.pk}/")

    response = client.post(path, body, FORM)

    assert (response.status_code, "<form" in response.text) == (400, True)


def test_upload_with_what_cannot_be_stored_is_refused_too(page):
    response = page.post("/customers/new", {"name": "山\x00田", "file": io.BytesIO(b"x")})

    assert response.status_code == 400
    assert [*response.context["form"].errors] == ["name"]
