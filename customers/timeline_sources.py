"""What the customers' own records tell on the timeline."""

from itertools import islice

from django.db.models import BooleanField, Case, DateField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Left, TruncDate
from django.utils import timezone

from customers.changes import saves_of
from customers.models import CashInflow, Holding, SalesNote, Task
from customers.timeline import MONEY, TEXT, Entry, Events, Stories, events_of, register
from wealthai.wording import figures

QUOTED = 200  # characters of a note; the whole stands on the notes' page
NOTE_ICONS = {"meeting": "user", "phone_call": "phone", "email": "mail", "visit": "visit"}


def text(name):
    return Coalesce(Cast(name, TEXT), Value("", TEXT))


# --- Notes: the version that holds, at the time of the contact -------------------------------------
def note_rows(asked):
    notes = SalesNote.objects.filter(customer=asked.customer).current()
    return events_of(
        "note",
        notes,
        asked,
        at=Coalesce("corrects__created_at", "created_at"),
        code=text("note_type"),
        heading=text("subject"),
        quote=Left(Cast("content", TEXT), QUOTED),
        who=text("sales_rep__name"),
        flag=Case(
            When(corrects=None, then=Value(False)), default=Value(True), output_field=BooleanField()
        ),
        link_id=Coalesce("corrects_id", "pk"),
    )


def note_entry(row):
    kind = dict(SalesNote.Kind.choices).get(row["code"], row["code"])
    return Entry(
        kind="note",
        icon=NOTE_ICONS.get(row["code"], "note"),
        day=row["day"],
        at=row["at"],
        words=f"{kind}　{row['heading']}" if row["heading"] else kind,
        quote=row["quote"] + ("…" if len(row["quote"]) == QUOTED else ""),
        badge="訂正済み" if row["flag"] else "",
        facts=row["who"],
        url=f"?at={row['link_id']}#note-{row['link_id']}",
    )


# --- Holdings: bought, and falling due -------------------------------------------------------------
def bought_rows(asked):
    holdings = Holding.objects.filter(customer=asked.customer).with_amounts()
    return events_of(
        "bought",
        holdings,
        asked,
        day=F("purchase_date"),
        heading=text("product__product_name"),
        number=Cast("quantity", MONEY),
        amount=Cast("book", MONEY),
        money_unit=text("unit"),
    )


def bought_entry(row):
    return Entry(
        kind="deal",
        icon="box",
        day=row["day"],
        words=f"{row['heading']}を購入",
        facts=f"数量 {figures(row['number'])}",
        amount=row["amount"],
        unit=row["money_unit"],
    )


def maturity_rows(asked):
    holdings = Holding.objects.filter(customer=asked.customer).active().with_due().exclude(due=None)
    return events_of(
        "maturity",
        holdings.with_amounts(),
        asked,
        day=F("due"),
        heading=text("product__product_name"),
        amount=Cast("book", MONEY),
        money_unit=text("unit"),
    )


def maturity_entry(row):
    return Entry(
        kind="deal",
        icon="bond",
        day=row["day"],
        words=f"{row['heading']}の償還日",
        facts="取得額",
        amount=row["amount"],
        unit=row["money_unit"],
    )


# --- Inflows: expected, received -------------------------------------------------------------------
def inflow_rows(asked):
    received = Q(status=CashInflow.Status.RECEIVED)
    inflows = CashInflow.objects.filter(customer=asked.customer)
    return events_of(
        "inflow",
        inflows,
        asked,
        day=Case(
            When(received, then=Coalesce("actual_date", "predicted_date")),
            default=F("predicted_date"),
            output_field=DateField(),
        ),
        code=text("status"),
        heading=text("source_type"),
        amount=Case(
            When(received, then=Cast(Coalesce("actual_amount", "predicted_amount"), MONEY)),
            default=Cast("predicted_amount", MONEY),
        ),
        money_unit=Value("JPY", TEXT),
    )


def inflow_entry(row):
    source = dict(CashInflow.Source.choices).get(row["heading"], row["heading"])
    status = dict(CashInflow.Status.choices).get(row["code"], row["code"])
    is_received = row["code"] == CashInflow.Status.RECEIVED
    words = "入金" if is_received else "入金の予定"
    return Entry(
        kind="deal",
        icon="yen",
        day=row["day"],
        words=f"{words}　{source}" if source else words,
        badge="" if is_received else status,
        amount=row["amount"],
        unit=row["money_unit"],
    )


# --- Tasks: due while open, done after -------------------------------------------------------------
def task_rows(asked):
    tasks = Task.objects.filter(customer=asked.customer).exclude(due_date=None, done_at=None)
    return events_of(
        "task",
        tasks,
        asked,
        day=Coalesce(TruncDate("done_at"), "due_date", output_field=DateField()),
        heading=text("title"),
        who=text(Coalesce("done_by__name", "assignee__name")),
        flag=Case(
            When(done_at=None, then=Value(False)), default=Value(True), output_field=BooleanField()
        ),
    )


def task_entry(row):
    is_late = not row["flag"] and row["day"] < timezone.localdate()
    return Entry(
        kind="task",
        icon="task",
        day=row["day"],
        words=f"タスク　{row['heading']}",
        badge="完了" if row["flag"] else "期限超過" if is_late else "",
        facts=row["who"],
    )


# --- Changes: each is the difference of two history rows -------------------------------------------
def change_entries(customer, limit):
    return [change_entry(save) for save in islice(saves_of(customer, limit + 1), limit)]


def change_entry(save):
    words = {"+": "顧客を登録", "-": "顧客を削除"}.get(save.kind, "属性を更新")
    return Entry(
        kind="change",
        icon="edit",
        day=timezone.localdate(save.when),
        at=save.when,
        words=words,
        changes=save.changes,
        facts="　".join(
            part for part in (save.who.name if save.who else "システム", save.reason) if part
        ),
    )


def connect():
    register("note", Events("note", note_rows, note_entry), "面談・電話")
    register("bought", Events("deal", bought_rows, bought_entry), "取引")
    register("maturity", Events("deal", maturity_rows, maturity_entry), "取引")
    register("inflow", Events("deal", inflow_rows, inflow_entry), "取引")
    register("task", Events("task", task_rows, task_entry), "タスク")
    register("change", Stories("change", change_entries), "変更")
