"""The search index on SQLite: an FTS5 table that triggers keep, with the grams as its words.

Made after each migration and not by one: SQLite copies a table to alter it, and the copy has no
triggers. The triggers call `customer_grams`, which every connection of the application has; only
the application writes `search_key`.
"""

from django.db import connections, transaction

from customers.grams import grams

TRIGGERS = {
    "customer_grams_added": """
        CREATE TRIGGER customer_grams_added AFTER INSERT ON customers
        WHEN NEW.search_key IS NOT NULL BEGIN
          INSERT INTO customer_grams(rowid, grams)
          VALUES (NEW.customer_id, customer_grams(NEW.search_key));
        END""",
    "customer_grams_changed": """
        CREATE TRIGGER customer_grams_changed AFTER UPDATE OF search_key ON customers
        WHEN NEW.search_key IS NOT OLD.search_key BEGIN
          INSERT INTO customer_grams(customer_grams, rowid, grams)
          SELECT 'delete', OLD.customer_id, customer_grams(OLD.search_key)
          WHERE OLD.search_key IS NOT NULL;
          INSERT INTO customer_grams(rowid, grams)
          SELECT NEW.customer_id, customer_grams(NEW.search_key)
          WHERE NEW.search_key IS NOT NULL;
        END""",
    "customer_grams_removed": """
        CREATE TRIGGER customer_grams_removed AFTER DELETE ON customers
        WHEN OLD.search_key IS NOT NULL BEGIN
          INSERT INTO customer_grams(customer_grams, rowid, grams)
          VALUES ('delete', OLD.customer_id, customer_grams(OLD.search_key));
        END""",
}
REBUILD = [
    "DROP TABLE IF EXISTS customer_grams",
    "CREATE VIRTUAL TABLE customer_grams USING fts5"
    "(grams, content='', detail=none, columnsize=0, tokenize='ascii')",
    """
    INSERT INTO customer_grams(rowid, grams) SELECT customer_id, customer_grams(search_key)
    FROM customers WHERE search_key IS NOT NULL""",
]


def token(gram: str) -> str:
    """A gram as one word for FTS5, whatever characters are in it; beginnings stay beginnings."""
    return gram.encode().hex()


def tokens(key: str) -> str:
    return " ".join(map(token, grams(key)))


def give_function(sender, connection, **kwargs):
    if connection.vendor == "sqlite":
        connection.connection.create_function("customer_grams", 1, tokens, deterministic=True)


def set_up(sender, using, **kwargs):
    connection = connections[using]
    if connection.vendor == "sqlite":
        with transaction.atomic(using=using), connection.cursor() as cursor:
            build_unless_kept(cursor)


def build_unless_kept(cursor):
    """Makes the index where it is missing; one without its triggers has missed writes."""
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    if {name for (name,) in cursor.fetchall()} >= TRIGGERS.keys():
        return
    for name in TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    for statement in (*REBUILD, *TRIGGERS.values()):
        cursor.execute(statement)
