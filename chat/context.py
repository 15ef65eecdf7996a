"""What the model may know about a customer: facts of the record, without who it is."""

from itertools import islice

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from chat.masking import prefecture
from chat.writings import KANJI
from customers.folding import fold
from customers.mentions import named_by
from customers.models import CashInflow, Customer, Holding, SalesNote
from wealthai.database import OneOf
from wealthai.prepared import Prepared

NOTES = 10
MENTIONED = 26
NAMESAKES = 3  # of each name; the name itself is masked with the first of them
MOST_NAMES = 300
MOST_ROWS = 500  # read of those who may be meant, by a name that many have


class TooManyNames(Exception):
    """More customers are named in what would be sent than can be masked."""


def in_sight(user, *sought):
    people = Customer.objects.visible_to(user).active()
    return named_by(people, *sought).order_by("customer_id")[:MOST_ROWS]


def of_the_firm(known, *sought):
    """The first few of each name."""
    nth = Window(RowNumber(), partition_by=[F("name")], order_by=F("customer_id").asc())
    rows = named_by(Customer.objects.exclude(OneOf("pk", known)), *sought)
    return rows.annotate(nth=nth).filter(nth__lte=NAMESAKES).order_by("customer_id")


def held_by(customer):
    rows = Holding.objects.filter(customer=customer).active().with_amounts().with_due()
    return rows.select_related("product").order_by("holding_id")


def written_of(customer):
    notes = SalesNote.objects.filter(customer=customer).current()
    return notes.order_by("-created_at", "-note_id")[:NOTES]


def expected_of(customer):
    inflows = CashInflow.objects.filter(customer=customer)
    return inflows.order_by("predicted_date", "inflow_id")


IN_SIGHT, OF_THE_FIRM = Prepared(in_sight), Prepared(of_the_firm)
HOLDINGS, NEWEST_NOTES, INFLOWS = map(Prepared, (held_by, written_of, expected_of))


def mentioned_customers(said, adviser, mentions=None):
    """Customers `adviser` may see whose full name or code stands in `said`, spaces aside.

    `mentions` are of a text that holds `said`, where they are known already.
    """
    squeezed = squeeze(said)
    mentions = mentions or Customer.objects.mentions(said)
    sought = mentions.within(said).sought
    named = IN_SIGHT.rows(adviser, *sought) if any(sought[1:]) else []
    meant = (row for row in named if squeeze(row.name) in squeezed or row.code in said)
    return list(islice(meant, MENTIONED))


def meant_among(named, said):
    """The only customer that `said` names, by code before name; None when that is not certain."""
    by_code = [customer for customer in named if customer.code in said]
    meant = by_code or named
    return meant[0] if len(meant) == 1 else None


def others_named(mentions, known):
    """Who else of the whole firm is named in what would be sent: no name leaves the building,
    whoever may see the customer. Raises TooManyNames."""
    rows = OF_THE_FIRM.rows([row.pk for row in known], *mentions.sought)
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
    """Every text of plain data but for our own ids, however deep."""
    if isinstance(value, dict):
        value = [item for key, item in value.items() if key != "id"]
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return [value] if isinstance(value, str) else []


def facts_about(customer):
    """The records of `customer` as plain data, unmasked; the id of each is the row itself, until
    chat/sources.py puts its address and version there."""
    return {
        "as_of": timezone.localdate(),
        "customer": person(customer),
        "holdings": [holding_facts(row) for row in HOLDINGS.rows(customer.pk)],
        "notes": [note_facts(row) for row in NEWEST_NOTES.rows(customer.pk)],
        "cash_inflows": [inflow_facts(row) for row in INFLOWS.rows(customer.pk)],
    }


def choices_among(customers):
    """What tells apart the customers a question may mean, for the model to ask which one."""
    return {"as_of": timezone.localdate(), "candidates": [person(row) for row in customers]}


def person(customer):
    """Age for the birth date, prefecture for the address: the rest stays in the building."""
    return {
        "id": customer,
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
        "id": holding,
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
        "maturity_date": holding.due,
    }


def note_facts(note):
    return {
        "id": note,
        "date": timezone.localdate(note.created_at),
        "kind": note.get_note_type_display(),
        "subject": note.subject,
        "content": note.content,
    }


def inflow_facts(inflow):
    return {
        "id": inflow,
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
