"""The firm as the start page sums it up: what customers hold, and what was asked of the AI.

Made by the database itself: a million rows in seconds. Every amount follows from the row's number.
"""

from bench import database
from customers.models import Product

CUSTOMERS, HOLDINGS, EXCHANGES = 100_000, 300_000, 1_000_000
CATEGORIES = ("BOND", "FUND", "STOCK", "STRUCTURED", "INSURANCE", "REIT")
CURRENCIES = ("JPY", "JPY", "JPY", "USD", "EUR", "AUD")

HELD = """
    INSERT INTO holdings (customer_id, product_id, quantity, unit_price, current_price, currency,
        purchase_date, maturity_date, status, created_at, updated_at)
    SELECT 1 + n %% %s, products[1 + n %% array_length(products, 1)], 1 + n %% 900, 9000 + n %% 2000,
        CASE WHEN n %% 50 > 0 THEN 9000 + n * 7 %% 2500 END, NULL, '2024-04-01'::date,
        CASE WHEN n %% 3 = 0 THEN current_date - 5 + n %% 3000 END,
        CASE WHEN n %% 20 = 0 THEN 'sold' ELSE 'active' END, now(), now()
    FROM generate_series(1, %s) AS n,
        (SELECT array_agg(product_id ORDER BY product_id) AS products FROM products) AS known"""
EXPECTED = """
    INSERT INTO cash_inflows (customer_id, predicted_amount, predicted_date, confidence_level,
        status, created_at, updated_at)
    SELECT 1 + n * 3 %% %s, 1000000 + n, current_date - 5 + n %% 400,
        (ARRAY['high', 'medium', 'low'])[1 + n %% 3], 'predicted', now(), now()
    FROM generate_series(1, %s) AS n"""
TO_DO = """
    INSERT INTO tasks (customer_id, assignee_id, title, due_date, done_at, done_by_id, created_at, updated_at)
    SELECT customer_id, sales_rep_id, '連絡', current_date - 20 + n %% 60,
        CASE WHEN n %% 40 > 0 THEN now() END, CASE WHEN n %% 40 > 0 THEN sales_rep_id END, now(), now()
    FROM generate_series(1, %s) AS n JOIN customers ON customer_id = 1 + n * 7 %% %s"""
# Two years of questions, in the order in which they were asked.
ASKED = """
    INSERT INTO chat_history (customer_id, adviser_id, message, response, created_at, status,
        model_id, input_tokens, output_tokens, total_tokens, cache_read_tokens, cost_yen, latency_ms)
    SELECT 1 + n %% %s, advisers[1 + n %% array_length(advisers, 1)],
        '来週の訪問の前に保有商品を整理してください', repeat('保有商品は次のとおりです。', 20),
        now() - interval '730 days' * (%s - n) / %s,
        CASE WHEN n %% 100 = 0 THEN 'failed' WHEN n %% 150 = 0 THEN 'interrupted' ELSE 'done' END,
        'model', 2000 + n %% 500, 400 + n %% 100, 2400, 1000, 1.5 + n %% 100 / 50.0, 4000
    FROM generate_series(1, %s) AS n,
        (SELECT array_agg(rep_id) AS advisers FROM sales_representatives) AS known"""
RATED = """
    INSERT INTO chat_ratings (exchange_id, is_good, reason, comment, created_at, updated_at)
    SELECT chat_id, chat_id %% 4 > 0, '', '', created_at, created_at FROM chat_history WHERE chat_id %% 10 = 0"""


def fill(customers, holdings, exchanges):
    """Beside the `customers` that are there."""
    make_products()
    database.run(HELD, [customers, holdings])
    database.run(EXPECTED, [customers, customers // 5])
    database.run(TO_DO, [customers, customers])
    database.run("UPDATE customers SET archived_at = now() WHERE customer_id % 33 = 0")
    database.run(ASKED, [customers, exchanges, exchanges, exchanges])
    database.run(RATED, [])
    database.run("VACUUM ANALYZE")


def make_products():
    for number in range(60):
        Product.objects.create(
            product_code=f"F{number:03}",
            product_name=f"商品{number}",
            category_code=CATEGORIES[number % len(CATEGORIES)],
            currency=CURRENCIES[number * 5 % 7 % len(CURRENCIES)],
        )
