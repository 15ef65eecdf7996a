"""`make shots` takes a picture of every page that has a look of its own."""

from django.urls import resolve

from tests.scope import routes
from tests.shots import PAGES, SECOND_FACTOR

ANSWERS = {  # no page: a part of one, a file, or an act without a form
    *("account_session", "healthz", "metrics", "readyz", "mfa_totp_qr"),
    *("chat:answer-note", "chat:answer-rate", "chat:answer-sent"),
    *("chat:conversation-hide", "chat:conversation-pin", "chat:conversation-rename"),
    *("customers:access-records-export", "customers:batch-export", "customers:history-export"),
    *("customers:note-create", "customers:product-choices", "customers:suggest"),
    *("customers:task-done", "customers:task-reopen", "customers:view-star"),
    "mfa_download_recovery_codes",
}
ALIKE = {  # the template of a page that is taken, with other words
    *("customers:bulk-archive", "customers:bulk-restore", "customers:restore"),
    "customers:batch-undo",
    *("customers:holding-delete", "customers:inflow-delete", "customers:view-delete"),
    *("customers:inflow-update", "customers:task-update", "customers:view-update"),
    "mfa_authenticate",
}


def shown_by(address, act):
    where = resolve(address.format(customer=1).partition("?")[0]).view_name
    return {where, getattr(act, "shown", where)}


def test_every_page_is_taken_or_named_here():
    taken = set().union(*(shown_by(address, act) for _, address, _, act in PAGES))
    taken |= {resolve(address).view_name for _, address in SECOND_FACTOR}

    pages = {route.name for route in routes() if not (route.in_api or route.in_back_office)}

    assert pages - taken == ANSWERS | ALIKE


def test_every_list_of_the_back_office_is_taken():
    taken = set().union(*(shown_by(address, act) for _, address, _, act in PAGES))

    lists = {route.name for route in routes() if route.name.endswith("_changelist")}

    assert lists - taken == set()
