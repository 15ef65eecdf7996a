"""What was said, and the money that was spoken of: notes and predicted inflows."""

import datetime

from customers.demo.calendar import days_known, working_time
from customers.demo.catalogue import EVENTS
from customers.demo.sentences import FIRM_PLANS, FIRM_TOPICS, PLANS, TOPICS
from customers.follow_ups import title_of
from customers.models import CashInflow, EconomicEvent, SalesNote, Task

Confidence, Status = CashInflow.Confidence, CashInflow.Status
Kind, Priority = SalesNote.Kind, SalesNote.Priority


MONEY_SHARE = 0.3
CLOSINGS = ("", "", "", "1か月後に改めてご連絡する。", "次の面談で続きを伺う。")


def yen_in_words(amount):
    """約3,000万円, 約1億2,000万円"""
    ten_thousands = round(amount / 10_000)
    oku, man = divmod(ten_thousands, 10_000)
    words = (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "")
    return f"約{words}円"


def rounded(amount):
    """Two leading digits, as people say amounts."""
    step = 10 ** max(4, len(str(int(amount))) - 2)
    return max(step, round(amount / step) * step)


def talk(rng, customer, holdings, today):
    """The notes on one customer, oldest first, and the inflows they speak of."""
    [count] = rng.choices(range(6), (12, 24, 26, 20, 12, 6))
    days = [_days_ago(rng, customer, today, 720) for _ in range(count)]
    held = [holding.product.product_name for holding in holdings] or ["ご案内中の商品"]
    notes = [_note(rng, customer, held, days_ago, today) for days_ago in sorted(days, reverse=True)]
    if rng.random() >= MONEY_SHARE:
        return notes, []
    note, inflow = _money(rng, customer, today)
    return [*notes, note], [inflow]


def topics_of(customer, today):
    age = customer.age_on(today)
    if age is None:
        return FIRM_TOPICS
    return [
        topic
        for topic in TOPICS
        if topic.ages[0] <= age <= topic.ages[1]
        and topic.experience in {"", customer.investment_experience}
    ]


def plans_of(customer, today):
    age = customer.age_on(today)
    if age is None:
        return FIRM_PLANS
    return [
        plan
        for plan in PLANS
        if plan.ages[0] <= age <= plan.ages[1]
        and (not plan.occupations or customer.occupation in plan.occupations)
    ]


def _days_ago(rng, customer, today, most):
    """More often lately; never before the firm knew the customer."""
    return 1 + int(min(most, days_known(customer, today)) * rng.random() ** 1.5)


def _note(rng, customer, held, days_ago, today):
    topic = rng.choice(topics_of(customer, today))
    amount = yen_in_words(rounded(customer.net_worth * (0.02 + 0.1 * rng.random())))
    text = rng.choice(topic.texts).format(amount=amount, product=f"「{rng.choice(held)}」")
    [priority] = rng.choices(Priority.values, (1, 7, 2))
    follow_up = today + datetime.timedelta(days=int(45 * rng.random()) - 10)
    return _written(
        rng,
        customer,
        today - datetime.timedelta(days=days_ago),
        note_type=rng.choice(topic.kinds),
        subject=topic.subject,
        content=text + rng.choice(CLOSINGS),
        priority=priority,
        follow_up_date=follow_up if days_ago < 60 and rng.random() < 0.5 else None,
    )


def _money(rng, customer, today):
    """A plan and the note in which it was told; half of these say the amount in the text only."""
    plans = plans_of(customer, today)
    [plan] = rng.choices(plans, [plan.share for plan in plans])
    amount = rounded(plan.median * (0.4 + 1.6 * rng.random()))
    due = today + datetime.timedelta(days=int(540 * rng.random()) - 60)
    month = f"{due.year}年{due.month}月"
    is_marked = rng.random() < 0.5
    note = _written(
        rng,
        customer,
        today - datetime.timedelta(days=_days_ago(rng, customer, today, 180)),
        note_type=rng.choice((Kind.MEETING, Kind.PHONE, Kind.VISIT)),
        subject=plan.subject,
        content=rng.choice(plan.said).format(amount=yen_in_words(amount), month=month),
        priority=Priority.HIGH if amount > 50_000_000 else Priority.NORMAL,
        is_cash_related=is_marked,
        predicted_amount=amount if is_marked else None,
        predicted_date=due if is_marked else None,
    )
    inflow = _inflow(rng, customer, plan, amount, due, today)
    inflow.created_at = inflow._history_date = note.created_at
    return note, inflow


def _inflow(rng, customer, plan, amount, due, today):
    inflow = CashInflow(
        customer=customer,
        sales_rep=customer.sales_rep,
        source_type=plan.source,
        predicted_amount=amount,
        predicted_date=due,
        confidence_level=rng.choice(Confidence.values),
        source_note=plan.source_note,
        status=Status.PREDICTED,
    )
    fate = rng.random()
    if due <= today:
        inflow.status = Status.RECEIVED if fate < 0.8 else Status.CANCELLED
    elif fate < 0.25:
        inflow.status = Status.CONFIRMED
    if inflow.status == Status.RECEIVED:
        inflow.actual_amount = rounded(amount * (0.9 + 0.15 * rng.random()))
        inflow.actual_date = min(today, due + datetime.timedelta(days=int(9 * rng.random())))
    return inflow


def _written(rng, customer, day, **fields):
    note = SalesNote(
        customer=customer,
        sales_rep=customer.sales_rep,
        created_at=working_time(rng, day),
        **fields,
    )
    note._history_date, note._history_user = note.created_at, customer.sales_rep
    return note


def tasks(rng, notes, today):
    """What was agreed for a day: most of it done, once that day is over."""
    return [_task(rng, note, today) for note in notes if note.follow_up_date]


def _task(rng, note, today):
    task = Task(
        customer=note.customer,
        assignee=note.sales_rep,
        title=title_of(note),
        due_date=note.follow_up_date,
        note=note,
        created_at=note.created_at,
    )
    task._history_date, task._history_user = note.created_at, note.sales_rep
    if task.due_date < today and rng.random() < 0.8:
        task.done_at = max(working_time(rng, task.due_date), note.created_at)
        task.done_by = note.sales_rep
    return task


def events(today):
    return [
        EconomicEvent(
            event_type=kind,
            title=title,
            description=description,
            event_date=today + datetime.timedelta(days=days),
            impact_level=impact,
            affected_sectors=sectors,
            affected_currencies=currencies,
        )
        for kind, title, description, days, impact, sectors, currencies in EVENTS
    ]
