"""The chat's history grown large: the newest exchanges of one customer, and what a day has cost."""

from statistics import median

from django.utils import timezone

from bench import data, database
from bench.report import Figure, Section
from bench.timing import in_turns, milliseconds
from chat import budgets
from chat.gauges import cost_since
from chat.models import ChatExchange, Conversation
from chat.views import shown
from customers.models import Adviser, Customer
from customers.timeline import told_events

MOST, TIMES = 10_000_000, 10  # exchanges in all, and to each customer of the run
NEWEST, ROUNDS = 50, 20
BUSIEST = 100  # each so many'th exchange is about the same customer
DAYS = 1000
FILL = """
INSERT INTO chat_history
  (customer_id, adviser_id, message, response, created_at, status, cost_yen, input_tokens,
   output_tokens, total_tokens)
SELECT c.customer_id, c.sales_rep_id, '保有商品を教えてください。', repeat('国債です。', 20),
  now() - (%(count)s - n) * (interval '%(days)s days' / %(count)s), 'done', 2.5, 4000, 300, 4300
FROM generate_series(1, %(count)s) AS n
JOIN customers AS c ON c.customer_id =
  CASE WHEN n %% %(busiest)s = 0 THEN 1 ELSE 1 + (n * 7919::bigint) %% %(customers)s END
"""
# The newest of one customer, in one conversation, each after three tools that gave all they may.
TOOLS, RESULT = 3, 24_000
TRACE = """
UPDATE chat_history AS h SET conversation_id = %(talk)s, tool_trace = (
  SELECT jsonb_agg(jsonb_build_object('step', 'tool', 'name', 'notes', 'status', 'success',
    'rows', 20, 'seconds', 0.05, 'sent', jsonb_build_array(left(text, %(length)s))))
  FROM generate_series(1, %(tools)s) AS tool, LATERAL (
    SELECT string_agg(md5(concat(h.chat_id, tool, part)), '') AS text
    FROM generate_series(0, %(length)s / 32) AS part) AS words)
WHERE chat_id IN (
  SELECT chat_id FROM chat_history WHERE customer_id = 1 ORDER BY chat_id DESC LIMIT %(newest)s)
"""


def measure(name):
    """In a copy of the database `name`; as many exchanges as suit the size of the run."""
    count = min(MOST, data.rows() * TIMES)
    database.run(f"CREATE DATABASE history TEMPLATE {name}")
    with database.using("history"):
        return Section(f"Chat history, {count:,} exchanges", figures(fill(count)))


def fill(count):
    """Rows first, then the indexes, which is quicker; what they point to is known to be there. Returns
    the conversation of the newest."""
    database.run("SET session_replication_role = replica")
    indexes = database.drop_indexes("chat_history")
    told = {"count": count, "days": DAYS, "busiest": BUSIEST, "customers": data.rows()}
    database.run(FILL % told)
    for definition in indexes:
        database.run(definition)
    talk = trace(Customer.objects.get(pk=1))
    database.run("SET session_replication_role = DEFAULT")
    database.run("VACUUM ANALYZE chat_history")
    return talk


def trace(customer):
    talk = Conversation.objects.create(adviser=customer.sales_rep, customer=customer, title="会話")
    told = {"talk": talk.pk, "tools": TOOLS, "length": RESULT, "newest": NEWEST}
    database.run(TRACE, told)
    return talk


def figures(talk):
    customer = Customer.objects.get(pk=1)
    user, office = customer.sales_rep, Adviser.objects.get(rep_code=data.OFFICE)
    rows = ChatExchange.objects.filter(customer=customer).count()
    acts = {
        f"The newest {NEWEST} of a customer's {rows:,}, for the API": (lambda: newest(user), 0.01),
        "… the same for the back office": (lambda: newest(office), 0.01),
        "… on the customer's timeline": (lambda: told_events("chat", customer, user, NEWEST), None),
        "… as one conversation on the chat page": (lambda: shown(talk, None, user), None),
        "What an adviser spent today": (lambda: budgets.standing(user), 0.1),
        "What the firm spent today": (lambda: cost_since(timezone.localdate()), 0.1),
        "What an adviser spent this month": (lambda: budgets.spent_this_month(user), None),
    }
    took = in_turns(ROUNDS, **{what: act for what, (act, _) in acts.items()})
    return [
        Figure(
            what,
            milliseconds(median(took[what].seconds)),
            f"≤ {milliseconds(target)}" if target else "",
            median(took[what].seconds) <= target if target else None,
        )
        for what, (_, target) in acts.items()
    ]


def newest(user):
    """The rows as the database gives them; what Django makes of fifty costs more than finding them."""
    rows = ChatExchange.objects.of_customer(1, user).order_by("-chat_id")[:NEWEST]
    return database.run(*rows.query.sql_with_params())
