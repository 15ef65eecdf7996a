"""What the rules of the matrix are made of: kinds of records, people, who sees and does what.

A new address is asked as soon as it exists. One whose record id is of an unknown kind fails the
test until it is named here:

- a new collection (`letters/<int:pk>`) → a line in RECORDS and a row in tests/scope_world.py
- a new act (`…/approve`) that needs a right → a line in ACTS, by the last word of the view's name
- a new model of the back office → a line in BACK_OFFICE
- a page that also shows what belongs to an archived customer → its name in SHOWS_ARCHIVED
- a form about a customer or what belongs to him → its name in TELLS_ARCHIVED
"""

# Segment of the address before a record id -> kind of the record.
RECORDS = {
    "customers": "customer",
    "customer": "customer",
    "holdings": "holding",
    "holding": "holding",
    "notes": "salesnote",
    "salesnote": "salesnote",
    "inflows": "cashinflow",
    "cashinflow": "cashinflow",
    "tasks": "task",
    "task": "task",
    "views": "savedview",
    "savedview": "savedview",
    "batches": "changebatch",
    "changebatch": "changebatch",
    "chat": "chatexchange",
    "chatexchange": "chatexchange",
    "conversation": "conversation",
    "conversations": "conversation",
    "accessrecord": "accessrecord",
    "adviser": "adviser",
    "product": "product",
    "economicevent": "economicevent",
    "group": "group",
    "history": "change",
}
# Parts of addresses that name no record -> an example.
OTHER_PARTS = {
    "kind": "customer",
    "app_label": "customers",
    "url": "nothing",
    "uidb36": "1",
    "key": "x-y",
}
# Outside of the log-in: no records here.
OPEN = (
    "accounts/",
    "healthz",
    "readyz",
    "metrics",
    "admin/login/",
    "admin/logout/",
    "admin/jsi18n/",
)

FIRM = {"office", "compliance", "administrator"}
TOKYO = {"owner", "owner's token", "manager"}
OSAKA = {"colleague", "colleague's token", "other manager"}
PEOPLE = ["anonymous", "deactivated", *sorted(TOKYO | OSAKA | FIRM)]
STAFF = {"manager", "other manager", *FIRM}
ROWS = ["missing", "own", "archived", "others"]  # own and archived: Tanaka's; others: Suzuki's

CUSTOMERS_ROWS = {"own": FIRM | TOKYO, "archived": FIRM | TOKYO, "others": FIRM | OSAKA}
ADVISERS_ROWS = {
    "own": {"owner", "owner's token"},
    "archived": {"owner", "owner's token"},
    "others": {"colleague", "colleague's token"},
}
# Kind -> who sees which row. What is not named belongs to a customer and is seen with him.
SEEN_BY = {
    "conversation": ADVISERS_ROWS,
    "chatexchange": {row: FIRM | people for row, people in ADVISERS_ROWS.items()},
    "savedview": {row: people for row, people in ADVISERS_ROWS.items() if row != "archived"},
    "accessrecord": {row: {"compliance", "administrator"} for row in CUSTOMERS_ROWS},
    "changebatch": {
        row: FIRM | people for row, people in ADVISERS_ROWS.items() if row != "archived"
    },
    "adviser": {"own": FIRM | TOKYO, "others": FIRM | OSAKA},
    "product": {"own": set(PEOPLE)},
    "economicevent": {"own": set(PEOPLE)},
    "group": {"own": set(PEOPLE)},
}
# The same for an act of its own: only who asked stops the answer, rates it, notes it down or unfolds
# what was sent for it.
SEEN_FOR = dict.fromkeys(
    ("chat:api-stop", "chat:answer-rate", "chat:answer-note", "chat:answer-sent"), ADVISERS_ROWS
)
# Last word of the view's name -> who may do it. What is not named is reading.
WORKERS = set(PEOPLE) - {"compliance"}
KEEPERS = {"office", "administrator"}
ACTS = {
    "create": WORKERS,
    "update": WORKERS,
    "contact": WORKERS,
    "facts": WORKERS,
    "correct": WORKERS,
    "done": WORKERS,
    "reopen": WORKERS,
    "stop": WORKERS,
    "revert": WORKERS,
    "delete": KEEPERS,
    "archive": KEEPERS,
    "restore": KEEPERS,
    "edit": WORKERS,
    "over": WORKERS - {"owner", "owner's token", "colleague", "colleague's token"},  # hand-over
    "undo": WORKERS,
    "star": set(PEOPLE),
    "rename": WORKERS,
    "pin": WORKERS,
    "hide": WORKERS,
    "rate": WORKERS,
}
# The same for names whose last word says something else.
READERS = {"compliance", "administrator"}  # of who looked at what
NAMED_ACTS = {
    "chat:answer-note": WORKERS,
    "customers:view-delete": WORKERS,
    "customers:access-records": READERS,
    "customers:access-records-export": READERS,
    "dashboard:system": {"administrator"},
}
# Pages (not of the back office) that show what belongs to an archived customer.
SHOWS_ARCHIVED = {
    "customers:detail",
    "customers:holdings",
    "customers:notes",
    "customers:customer-tasks",
    "customers:inflows",
    "customers:history",
    "customers:history-export",
    "customers:as-of",
    "customers:archive",
    "customers:restore",
    "chat:api-detail",
    "chat:api-events",
    "chat:api-stop",
    "chat:conversation-rename",
    "chat:conversation-pin",
    "chat:conversation-hide",
    "chat:answer-rate",
    "chat:answer-sent",
}
# Forms that say so when the customer was archived while they were open, to who may see him.
TELLS_ARCHIVED = {
    f"customers:{name}"
    for name in (
        "update",
        "contact",
        "facts",
        "note-create",
        "note-correct",
        "holding-create",
        "holding-update",
        "holding-delete",
        "inflow-create",
        "inflow-update",
        "inflow-delete",
        "task-create",
        "task-update",
    )
}
# Model of the back office -> who looks, who adds, who changes, who deletes.
OFFICES = {"office", "administrator"}
AT_WORK = STAFF - {"compliance"}
NOBODY = set()
BACK_OFFICE = {
    "customer": (STAFF, AT_WORK, AT_WORK, NOBODY),
    "holding": (STAFF, AT_WORK, AT_WORK, OFFICES),
    "salesnote": (STAFF, AT_WORK, NOBODY, NOBODY),
    "task": (STAFF, AT_WORK, AT_WORK, {"administrator"}),
    "cashinflow": (STAFF, AT_WORK, AT_WORK, OFFICES),
    "product": (STAFF, OFFICES, OFFICES, {"administrator"}),
    "economicevent": (STAFF, OFFICES, OFFICES, OFFICES),
    "adviser": (STAFF, {"administrator"}, {"administrator"}, NOBODY),
    "group": ({"administrator"}, NOBODY, NOBODY, NOBODY),
    "accessrecord": ({"compliance", "administrator"}, NOBODY, NOBODY, NOBODY),
    "changebatch": ({"compliance", "administrator"}, NOBODY, NOBODY, NOBODY),
    "savedview": (STAFF, NOBODY, NOBODY, NOBODY),
    "chatexchange": (STAFF, NOBODY, NOBODY, NOBODY),
    "conversation": (STAFF, NOBODY, NOBODY, NOBODY),
}

NO_HISTORY = {
    "group",
    "accessrecord",
    "changebatch",
    "savedview",
    "chatexchange",
    "conversation",
}
# They lead to another page without a look at the record, whoever it is.
REDIRECTS = {"admin:None", "customers:note-create"}
