"""The firm's people and its customers, as unsaved rows."""

import datetime
import math

import jaconv

from customers.demo import names
from customers.demo.calendar import working_time
from customers.demo.logins import BRANCHES, LOGINS, Login
from customers.demo.places import address_in, phone_in, town_of
from customers.models import Adviser, Customer
from customers.reading.corporate import check_digit
from customers.roles import Role

ADVISERS = 40
CODE = "D{:05}"
SURNAMES = names.parsed(names.SURNAMES)
WEIGHTS = [weight for _, _, weight in SURNAMES]
GIVEN = {
    Customer.Gender.MALE: [names.parsed(words) for words in names.MEN],
    Customer.Gender.FEMALE: [names.parsed(words) for words in names.WOMEN],
}
FIRM_WORDS, FIRM_TRADES = names.parsed(names.FIRM_WORDS), names.parsed(names.FIRM_TRADES)
# The domains that nobody can own (RFC 2606; JPRS keeps the Japanese ones).
PERSON_DOMAINS = ("example.com", "example.net", "example.org", "example.jp", "example.ne.jp")
FIRM_DOMAIN = "example.co.jp"
FIRM_SHARE = 0.06
CHANGED_SHARE = 0.15
RETIRED = ("無職", "無職", "無職", "元会社員", "元公務員", "元教員", "不動産賃貸業", "会社顧問")
WORKING = (
    "会社員", "会社員", "会社員", "会社役員", "会社経営", "医師", "歯科医師", "弁護士", "公認会計士",
    "税理士", "自営業", "公務員", "教員", "薬剤師", "不動産業", "コンサルタント", "IT企業役員",
    "飲食店経営", "農業", "主婦・主夫",
)  # fmt: skip
WELL_PAID = {"会社役員", "会社経営", "医師", "歯科医師", "弁護士", "IT企業役員", "不動産業"}
UNPAID = {"主婦・主夫"}
# Of 1 … 5, under 45, under 60, under 75 and older.
RISK_BY_AGE = ((5, 15, 35, 30, 15), (10, 20, 40, 22, 8), (25, 30, 32, 10, 3), (45, 30, 20, 4, 1))


def person_name(rng, gender, age):
    """(name, reading): a surname and a given name of the person's generation."""
    [(surname, surname_kana, _)] = rng.choices(SURNAMES, WEIGHTS)
    generation = (age < 75) + (age < 55) + (age < 35)
    given, given_kana, _ = rng.choice(GIVEN[gender][generation])
    return surname + given, surname_kana + given_kana


def firm_name(rng):
    """(name, reading); the reading leaves out the legal form, as registers of names do."""
    word, word_kana, _ = rng.choice(FIRM_WORDS)
    trade, trade_kana, _ = rng.choice(FIRM_TRADES)
    [form] = rng.choices(list(names.FIRM_FORMS), list(names.FIRM_FORMS.values()))
    return form.format(word + trade), word_kana + trade_kana


def corporate_number(rng):
    """Numbers of the branch 99 are not given out; the first digit checks the rest."""
    body = f"9900{rng.randint(0, 99_999_999):08}"
    return f"{check_digit(body)}{body}"


def email_of(kana, number, domain):
    latin = jaconv.kana2alphabet(jaconv.kata2hira(kana)).replace("ー", "").replace("-", "")
    return f"{latin}.{number}@{domain}"


def log_normal(rng, median, spread, unit):
    """Yen around `median`, in steps of `unit`, never less than one step."""
    return max(unit, int(median * math.exp(rng.gauss(0, spread)) / unit) * unit)


def staff(rng, today):
    """The people of LOGINS first, then advisers and managers until every branch is staffed."""
    rest = [
        Login(f"AD{number:03}", "", Role.ADVISER, _branch(number), "営業部")
        for number in range(2, ADVISERS + 1)
    ] + [
        Login(f"BM{number:03}", "", Role.BRANCH_MANAGER, branch, "営業部")
        for number, branch in enumerate(BRANCHES[1:], 2)
    ]
    return [(_colleague(rng, today, login), login.role) for login in (*LOGINS, *rest)]


def _branch(number):
    """The main branch has a third of the advisers."""
    return BRANCHES[0] if number % 3 == 1 else BRANCHES[1 + number % (len(BRANCHES) - 1)]


def _colleague(rng, today, login):
    age = rng.randint(26, 58)
    made_up, _ = person_name(rng, rng.choice(list(GIVEN)), age)
    return Adviser(
        rep_code=login.rep_code,
        name=login.name or made_up,
        department=login.department,
        branch=login.branch,
        email=f"{login.rep_code.lower()}@{FIRM_DOMAIN}",
        phone=f"03-0000-{rng.randint(0, 9999):04}",
        hire_date=datetime.date(today.year - (age - 23), 4, 1),
        is_staff=login.role != Role.ADVISER,
    )


def customer(rng, number, adviser, today):
    """Customer `number` of `adviser`: a firm now and then, else a person of 20 to 95."""
    area, town, quarter = town_of(rng, adviser.branch)
    is_firm = rng.random() < FIRM_SHARE
    row = Customer(
        customer_code=CODE.format(number),
        sales_rep=adviser,
        address=address_in(rng, town, quarter, building_share=0 if is_firm else 0.35),
        created_at=working_time(rng, today - datetime.timedelta(days=_days_known(rng))),
    )
    if is_firm:
        _fill_firm(rng, row, number, area)
    else:
        _fill_person(rng, row, number, area, today)
    return row


def _days_known(rng):
    """Most for years; some came this month."""
    return 1 + int(30 * rng.random() if rng.random() < 0.03 else 60 + 2_900 * rng.random() ** 1.2)


def _fill_firm(rng, row, number, area):
    row.kind = Customer.Kind.CORPORATION
    row.name, row.name_kana = firm_name(rng)
    row.corporate_number = corporate_number(rng)
    row.representative, _ = person_name(rng, rng.choice(list(GIVEN)), 62)
    row.contact_person = f"総務部 {rng.choice(SURNAMES)[0]}"
    row.beneficial_owner = row.representative
    row.closing_month = rng.choice((3, 3, 3, 9, 12, 6))
    row.occupation = "法人・" + rng.choice(("製造業", "建設業", "卸売業", "不動産業", "サービス業"))
    row.phone = phone_in(rng, area, mobile_share=0)
    row.email = email_of("ソウム", number, FIRM_DOMAIN)
    row.net_worth = log_normal(rng, 400_000_000, 1.0, 1_000_000)
    row.risk_tolerance = rng.choice("1233")
    row.investment_experience = rng.choice(["経験者", "上級者"])


def _fill_person(rng, row, number, area, today):
    age = int(rng.triangular(20, 95.99, 67))
    row.gender = rng.choice(list(GIVEN))
    row.name, row.name_kana = person_name(rng, row.gender, age)
    row.birth_date = birth_date(rng, age, today)
    is_retired = age >= 70 or (age >= 62 and rng.random() < 0.5)
    row.occupation = rng.choice(RETIRED if is_retired else WORKING)
    row.phone = phone_in(rng, area, mobile_share=0.35 if age > 75 else 0.8)
    if rng.random() < (0.55 if age > 75 else 0.9):
        row.email = email_of(row.name_kana, number, rng.choice(PERSON_DOMAINS))
    row.annual_income = _income(rng, row.occupation, is_retired)
    row.net_worth = log_normal(rng, 22_000_000 + 1_300_000 * (age - 20), 0.85, 1_000_000)
    ages = (age >= 45) + (age >= 60) + (age >= 75)
    [row.risk_tolerance] = rng.choices("12345", RISK_BY_AGE[ages])
    experience = min(2, int(rng.random() * 1.6 + age / 80))
    row.investment_experience = Customer.Experience.values[experience]


def _income(rng, occupation, is_retired):
    if occupation in UNPAID:
        return 0
    median = 3_200_000 if is_retired else 8_500_000
    if occupation in WELL_PAID:
        median = 19_000_000
    return log_normal(rng, median, 0.5, 100_000)


def birth_date(rng, age, today):
    """A day on which somebody was born who is `age` years old `today`."""
    days = int(rng.random() * 365)
    birthday = today - datetime.timedelta(days=days)
    day = 28 if (birthday.month, birthday.day) == (2, 29) else birthday.day
    return birthday.replace(year=birthday.year - age, day=day)


def earlier_values(rng, customer):
    """What one field of `customer` was before somebody changed it; mostly nothing changed."""
    if rng.random() >= CHANGED_SHARE:
        return {}
    field = rng.choice(("phone", "net_worth", "risk_tolerance", "annual_income"))
    if field == "risk_tolerance":
        risk = int(customer.risk_tolerance)
        return {field: str(risk - 1 if risk == 5 else risk + 1)}
    value = getattr(customer, field)
    if field == "phone" or not value:
        return {"phone": phone_in(rng, "03", mobile_share=0.5)}
    return {field: round(value * 0.8, -5)}
