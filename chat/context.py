"""What the model may know about a customer: facts of the record, without who it is."""

from itertools import islice

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from chat.masking import prefecture
from chat.writings import KANJI
from customers.folding import fold
from customers.models import Customer

NOTES = 10
MENTIONED = 26
NAMESAKES = 3  # of each name; the name itself is masked with the first of them
MOST_NAMES = 300


class TooManyNames(Exception):
    """More customers are named in what would be sent than can be masked."""


def mentioned_customers(said, adviser, mentions=None):
    """Customers `adviser` may see whose full name or code stands in `said`, spaces aside.

    `mentions` are of a text that holds `said`, where they are known already.
    """
    squeezed = squeeze(said)
    mentions = mentions or Customer.objects.mentions(said)
    named = mentions.among(Customer.objects.visible_to(adviser).active()).order_by("customer_id")
    meant = (row for row in named.iterator() if squeeze(row.name) in squeezed or row.code in said)
    return list(islice(meant, MENTIONED))


def meant_among(named, said):
    """The only customer that `said` names, by code before name; None when that is not certain."""
    by_code = [customer for customer in named if customer.code in said]
    meant = by_code or named
    return meant[0] if len(meant) == 1 else None


def others_named(mentions, known):
    """Who else of the whole firm is named in what would be sent: no name leaves the building,
    whoever may see the customer. Raises TooManyNames."""
    nth = Window(RowNumber(), partition_by=[F("name")], order_by=F("customer_id").asc())
    rows = mentions.among(Customer.objects.exclude(pk__in=[row.pk for row in known]))
    rows = rows.annotate(nth=nth).filter(nth__lte=NAMESAKES).order_by("customer_id")
    found = [row for row in rows if fold(row.name) in mentions.folded and tells_who(row.name)]
    if len(found) > MOST_NAMES:
        raise TooManyNames
    return found


def join_named(masker, mentions, known, user):
    """Before anything is masked: `known`, whom the conversation met and whoever else of the firm is
    named. Raises TooManyNames."""
    met = masker.met_in(mentions.text)
    others = [*met, *others_named(mentions, [*known, *met])]
    seen = Customer.objects.visible_to(user).in_bulk([row.pk for row in others])
    masker.join([*known, *(row for row in others if row.pk in seen)])
    masker.join([row for row in others if row.pk not in seen], hidden=True)
    masker.know(mentions.named)


def tells_who(name):
    """Whether the name alone tells of a person or firm: 林 and アイ stand in many a text."""
    name = squeeze(name)
    return len(name) >= 4 or (len(name) >= 2 and bool(KANJI.search(name)))


def squeeze(text):
    return "".join(text.split())


def texts_in(value):
    """Every text of plain data, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return [value] if isinstance(value, str) else []


def facts_about(customer):
    """The records of `customer` as plain data; each row carries its id. Free text is unmasked."""
    holdings = customer.holdings.active().with_amounts().select_related("product")
    notes = customer.notes.current().order_by("-created_at", "-note_id")[:NOTES]
    inflows = customer.cash_inflows.order_by("predicted_date", "inflow_id")
    return {
        "as_of": timezone.localdate(),
        "customer": person(customer),
        "holdings": [holding_facts(row) for row in holdings.order_by("holding_id")],
        "notes": [note_facts(row) for row in notes],
        "cash_inflows": [inflow_facts(row) for row in inflows],
    }


def choices_among(customers):
    """What tells apart the customers a question may mean, for the model to ask which one."""
    return {"as_of": timezone.localdate(), "candidates": [person(row) for row in customers]}


def person(customer):
    """Age for the birth date, prefecture for the address: the rest stays in the building."""
    return {
        "id": f"crm://customer/{customer.pk}",
        "name": customer.name,
        "code": customer.code,
        "age": customer.age,
        "gender": customer.gender,
        "prefecture": prefecture(customer.address),
        "occupation": customer.occupation,
        "annual_income_yen": customer.annual_income,
        "net_worth_yen": customer.net_worth,
        "risk_tolerance": customer.get_risk_tolerance_display(),
        "investment_experience": customer.investment_experience,
    }


def holding_facts(holding):
    return {
        "id": f"crm://holding/{holding.pk}",
        "product": holding.product.product_name,
        "product_code": holding.product.product_code,
        "category": holding.product.category,
        "currency": holding.unit,
        "quantity": holding.quantity,
        "unit_price": holding.unit_price,
        "book_value": holding.book,
        "market_value": holding.market,
        "gain": holding.gain,
        "purchase_date": holding.purchase_date,
        "maturity_date": holding.maturity_date,
    }


def note_facts(note):
    return {
        "id": f"crm://note/{note.pk}",
        "date": timezone.localdate(note.created_at),
        "kind": note.get_note_type_display(),
        "subject": note.subject,
        "content": note.content,
    }


def inflow_facts(inflow):
    return {
        "id": f"crm://inflow/{inflow.pk}",
        "source": inflow.get_source_type_display(),
        "amount_yen": inflow.predicted_amount,
        "date": inflow.predicted_date,
        "confidence": inflow.get_confidence_level_display(),
        "status": inflow.get_status_display(),
        "note": inflow.source_note,
    }


def masked(value, masker):
    """`value` (dicts, lists, texts, numbers) with every text in it masked, but for our own ids."""
    if isinstance(value, dict):
        return {key: item if key == "id" else masked(item, masker) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, masker) for item in value]
    return masker.mask(value) if isinstance(value, str) else value
