"""The search index on SQLite: an FTS5 table that triggers keep, with the grams as its words.

Made after each migration and not by one: SQLite copies a table to alter it, and the copy has no
triggers.
"""

from django.db import connections, transaction

from customers.grams import GAP


def quoted(text: str, quote: str = "'") -> str:
    return quote + text.replace(quote, quote * 2) + quote


# Every character but the gap is part of a word.
OTHERS = "".join(chr(n) for n in range(1, 128) if chr(n) != GAP and not chr(n).isalnum())
TOKENIZER = f"ascii tokenchars {quoted(OTHERS)}"

TRIGGERS = {
    "customer_grams_added": """
        CREATE TRIGGER customer_grams_added AFTER INSERT ON customers
        WHEN NEW.search_grams IS NOT NULL BEGIN
          INSERT INTO customer_grams(rowid, grams)
          VALUES (NEW.customer_id, NEW.search_grams);
        END""",
    "customer_grams_changed": """
        CREATE TRIGGER customer_grams_changed AFTER UPDATE OF search_grams ON customers
        WHEN NEW.search_grams IS NOT OLD.search_grams BEGIN
          INSERT INTO customer_grams(customer_grams, rowid, grams)
          SELECT 'delete', OLD.customer_id, OLD.search_grams
          WHERE OLD.search_grams IS NOT NULL;
          INSERT INTO customer_grams(rowid, grams)
          SELECT NEW.customer_id, NEW.search_grams
          WHERE NEW.search_grams IS NOT NULL;
        END""",
    "customer_grams_removed": """
        CREATE TRIGGER customer_grams_removed AFTER DELETE ON customers
        WHEN OLD.search_grams IS NOT NULL BEGIN
          INSERT INTO customer_grams(customer_grams, rowid, grams)
          VALUES ('delete', OLD.customer_id, OLD.search_grams);
        END""",
}
REBUILD = [
    "DROP TABLE IF EXISTS customer_grams",
    "CREATE VIRTUAL TABLE customer_grams USING fts5"
    f"(grams, content='', detail=none, columnsize=0, tokenize={quoted(TOKENIZER)})",
    """
    INSERT INTO customer_grams(rowid, grams) SELECT customer_id, search_grams
    FROM customers WHERE search_grams IS NOT NULL""",
]


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
