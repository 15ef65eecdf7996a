import re
import unicodedata
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from customers.mentions import Mentions, NameKey
from customers.model_fields import (
    NOT_NEGATIVE_YEN,
    CorporateNumberColumn,
    DateColumn,
    KanaColumn,
    MailColumn,
    PhoneColumn,
    YenColumn,
)
from customers.models.customer_conditions import (
    CODE_KEY,
    COUNTED_BY_ADVISER,
    EXPERIENCE_RANK,
    SORT_COLUMNS,
    CustomerConditions,
)
from customers.search import KanaKeyField, SearchGramsField, SearchKeyField, matching
from customers.search_walk import walked
from wealthai.database import next_ids
from wealthai.models import PlainCharField, PlainTextField, Ruled
from wealthai.tracking import TrackedModel, TrackedRecords

OLDEST_AGE = 130
# Names nobody: who may see the other customer is told more (customers/taken.py).
TAKEN = "この値は登録できません。値が正しいときは、事務に確かめてください。"
OWN_CODE = re.compile(r"[Ww]\d+")
COMPANY = re.compile(r"会社|法人|組合|財団|社団|[㈱㈲㈾㈴]|[(（][株有資名同医][)）]")


class CustomerQuerySet(CustomerConditions):
    def visible_to(self, user):
        """The customers `user` may see: own, the branch's or the firm's (design: roles)."""
        if user.sees_firm:
            return self
        if user.sees_branch:
            return self.of_branch(user.branch)
        return self.filter(sales_rep=user.pk)

    def search(self, text):
        """Those who match every word of `text`: the one search of pages, API and admin."""
        return matching(self, text)

    def named_in(self, text):
        """Those whose name or code stands in `text`: the names that people write to the AI."""
        return self.mentions(text).among(self)

    def mentions(self, text):
        """Who of all customers is named in `text`, looked up once for several questions."""
        return Mentions(text, self.db)

    def _fetch_all(self):
        if self._result_cache is None:
            self._result_cache = walked(self)
        super()._fetch_all()

    @transaction.atomic
    def bulk_create(self, objs, *args, **kwargs):
        """Numbers what has no code, as `save()` does."""
        objs = list(objs)
        number([customer for customer in objs if not customer.customer_code and not customer.pk])
        return super().bulk_create(objs, *args, **kwargs)


class Customer(Ruled, TrackedModel):
    """顧客. Names are stored as typed: no Unicode normalisation, ever (legal names)."""

    SEARCHED = frozenset({"customer_code", "name", "name_kana", "phone", "email", "address"})
    FIGURES = frozenset({"yen_assets", "yen_gain", "last_contact_at", "next_due"})
    DERIVED = FIGURES | {"search_key", "search_grams", "kana_key"}
    DERIVED_FROM = {
        "search_key": SEARCHED,
        "search_grams": SEARCHED,
        "kana_key": frozenset({"name_kana"}),
    }

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", "個人"
        CORPORATION = "corporation", "法人"

    # What only one kind of customer has.
    KINDS_OF = {
        **dict.fromkeys(["birth_date", "gender"], Kind.INDIVIDUAL),
        **dict.fromkeys(
            [
                "corporate_number",
                "representative",
                "contact_person",
                "beneficial_owner",
                "closing_month",
            ],
            Kind.CORPORATION,
        ),
    }

    class Gender(models.TextChoices):
        MALE = "男性", "男性"
        FEMALE = "女性", "女性"
        OTHER = "その他", "その他"

    class RiskTolerance(models.TextChoices):
        CONSERVATIVE = "1", "1 保守的"
        SLIGHTLY_CONSERVATIVE = "2", "2 やや保守的"
        BALANCED = "3", "3 中立"
        SLIGHTLY_AGGRESSIVE = "4", "4 やや積極的"
        AGGRESSIVE = "5", "5 積極的"

    class Experience(models.TextChoices):
        BEGINNER = "初心者", "初心者"
        INTERMEDIATE = "経験者", "経験者"
        EXPERT = "上級者", "上級者"

    customer_id = models.AutoField("顧客ID", primary_key=True)
    customer_code = PlainCharField(
        "顧客コード",
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        help_text="空欄のときは W と顧客IDで自動的に付けます。",
    )
    kind = models.CharField(
        "区分",
        max_length=20,
        choices=Kind,
        default=Kind.INDIVIDUAL,
        db_default=Kind.INDIVIDUAL,
    )
    name = PlainCharField("氏名", max_length=100)
    name_kana = KanaColumn("フリガナ", max_length=100, null=True, blank=True)
    birth_date = DateColumn("生年月日", null=True, blank=True)
    gender = models.CharField("性別", max_length=10, choices=Gender, null=True, blank=True)
    phone = PhoneColumn("電話番号", max_length=20, null=True, blank=True)
    email = MailColumn("メールアドレス", max_length=100, unique=True, null=True, blank=True)
    address = PlainTextField("住所", max_length=500, null=True, blank=True)
    occupation = PlainCharField("職業", max_length=50, null=True, blank=True)
    annual_income = YenColumn("年収（円）", null=True, blank=True, validators=[NOT_NEGATIVE_YEN])
    net_worth = YenColumn("純資産（円）", null=True, blank=True)
    risk_tolerance = models.CharField(
        "リスク許容度", max_length=20, choices=RiskTolerance, null=True, blank=True
    )
    investment_experience = models.CharField(
        "投資経験", max_length=20, choices=Experience, null=True, blank=True
    )
    sales_rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="担当者",
        related_name="customers",
        null=True,
        blank=True,
        db_index=False,  # customers_by_adviser has it
    )
    corporate_number = CorporateNumberColumn("法人番号", max_length=13, null=True, blank=True)
    representative = PlainCharField("代表者", max_length=100, null=True, blank=True)
    contact_person = PlainCharField("先方の担当者", max_length=100, null=True, blank=True)
    beneficial_owner = PlainCharField("実質的支配者", max_length=100, null=True, blank=True)
    closing_month = models.PositiveSmallIntegerField(
        "決算月", choices=[(n, f"{n}月") for n in range(1, 13)], null=True, blank=True
    )
    ai_excluded = models.BooleanField(
        "AI利用不可",
        default=False,
        db_default=False,
        help_text="この顧客の記録は、AIに何も送られません。",
    )
    archived_at = models.DateTimeField("保管日時", null=True, blank=True, editable=False)
    # Derived: what searching and sorting a million rows needs at hand.
    search_key = SearchKeyField("検索用の文字", null=True, blank=True, editable=False)
    search_grams = SearchGramsField("検索用の索引語", null=True, blank=True, editable=False)
    kana_key = KanaKeyField("五十音順の位置", null=True, blank=True, editable=False)
    yen_assets = models.DecimalField(
        "預り資産（円）", max_digits=24, decimal_places=4, null=True, blank=True, editable=False
    )
    yen_gain = models.DecimalField(
        "含み損益（円）", max_digits=24, decimal_places=4, null=True, blank=True, editable=False
    )
    last_contact_at = models.DateTimeField("最終接触", null=True, blank=True, editable=False)
    next_due = models.DateField("次の期日", null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()
    history = TrackedRecords(
        excluded_fields=sorted(DERIVED),
        no_db_index=["email", "sales_rep"],  # nobody looks there by them, and each load pays
        table_name="customers_history",
        verbose_name="顧客の変更履歴",
        verbose_name_plural="顧客の変更履歴",
    )

    class Meta:
        db_table = "customers"
        verbose_name = verbose_name_plural = "顧客"
        ordering = ["-customer_id"]
        constraints = [
            models.CheckConstraint(
                name="customers_annual_income_not_negative",
                condition=Q(annual_income=None) | Q(annual_income__gte=0),
                violation_error_message="年収は0円以上で入力してください。",
            ),
        ]
        # A page of the list in each order, from either end: column, then key, as it sorts.
        indexes = [
            models.Index(Lower("email"), name="customers_email_lower"),
            models.Index(NameKey(F("search_key")), name="customers_name_key"),
            models.Index(CODE_KEY, F("customer_id"), name="customers_code_order"),
            models.Index(EXPERIENCE_RANK, F("customer_id"), name="customers_experience_order"),
            models.Index(fields=COUNTED_BY_ADVISER, name="customers_by_adviser"),
            models.Index(fields=["risk_tolerance", "customer_id"], name="customers_risk_order"),
            models.Index(fields=["occupation", "customer_id"], name="customers_job_order"),
            models.Index(
                fields=["customer_id"],
                name="customers_archived",
                condition=Q(archived_at__isnull=False),
            ),
            *(
                models.Index(fields=[name, "customer_id"], name=f"customers_{name}")
                for name in SORT_COLUMNS
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("customers:detail", args=[self.pk])

    def rules(self):
        return [
            (("customer_code",), self.check_code),
            (("customer_code",), self.check_code_is_free),
            (("birth_date",), self.check_born),
            (("email",), self.check_mail_is_free),
            *((("kind", name), partial(self.check_kind, name)) for name in self.KINDS_OF),
        ]

    def unique_error_message(self, model_class, unique_check):
        return ValidationError(TAKEN, code="unique")

    def check_kind(self, name):
        """A firm was not born, and a person has no closing month."""
        kind = self.KINDS_OF[name]
        if getattr(self, name) not in (None, "") and self.kind != kind:
            label = self._meta.get_field(name).verbose_name
            message = (
                f"{self.get_kind_display()}の顧客には{label}を登録できません。"
                f"空にするか、区分を「{kind.label}」にしてください。"
            )
            raise ValidationError(message, code="other_kind")

    def check_mail_is_free(self):
        """Mail systems do not tell Ito@ from ito@, so two customers cannot have one each."""
        if not self.email:
            return
        others = Customer.objects.exclude(pk=self.pk).exclude(email=self.email)
        if others.alias(lower=Lower("email")).filter(lower=self.email.lower()).exists():
            raise ValidationError(TAKEN, code="unique")

    def check_code(self):
        """W and digits is the system's own series: a typed one would meet a later customer's."""
        code = self.customer_code or ""
        if OWN_CODE.fullmatch(unicodedata.normalize("NFKC", code)) and code != f"W{self.pk}":
            message = "W と数字だけの顧客コードは自動採番に使われます。空欄にするか、別のコードを入力してください。"
            raise ValidationError(message, code="reserved")

    def check_code_is_free(self):
        """People say the code, so no two may read alike; the column itself tells c001 from C001."""
        code, others = self.customer_code, Customer.objects.exclude(pk=self.pk)
        if not code or self.is_stored(("customer_code",)):
            return
        if others.exclude(customer_code=code).having_code(code).exists():
            raise ValidationError(TAKEN, code="unique")

    def check_born(self):
        if self.birth_date:
            check_birth_date(self.birth_date)

    def save(self, *args, **kwargs):
        if self._state.adding and not self.customer_code and self.pk is None:
            with transaction.atomic():
                number([self])
                return super().save(*args, **kwargs | {"force_insert": True})
        return super().save(*args, **kwargs)

    @property
    def code(self):
        """The code people say; rows that another system inserted have none of their own."""
        return self.customer_code or f"W{self.pk}"

    def age_on(self, day):
        if self.birth_date is None:
            return None
        birthday_ahead = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - birthday_ahead

    @property
    def age(self):
        return self.age_on(timezone.localdate())

    @property
    def honorific(self):
        return "御中" if self.is_corporation else "様"

    @property
    def is_corporation(self):
        """Rows of other systems know no kind; their names do."""
        return self.kind == self.Kind.CORPORATION or bool(COMPANY.search(self.name))

    @property
    def dial(self):
        """The telephone number as a tel: link needs it, without the extension."""
        outside, _, _ = (self.phone or "").partition("内線")
        return re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", outside))

    def archive(self):
        self.archived_at = timezone.now()
        self.save(update_fields=["archived_at", "updated_at"])

    def restore(self):
        self.archived_at = None
        self.save(update_fields=["archived_at", "updated_at"])


def number(customers):
    """Gives new customers their key and with it their code, inside the caller's transaction."""
    for customer, pk in zip(customers, next_ids(Customer, len(customers)), strict=True):
        customer.pk, customer.customer_code = pk, f"W{pk}"


def check_birth_date(born):
    """Refuse a day on which nobody alive was born: a slip in the year, mostly."""
    today = timezone.localdate()
    if born > today:
        raise ValidationError("生年月日が今日より後です。西暦の年を確かめてください。")
    if born.year < today.year - OLDEST_AGE:
        raise ValidationError("生年月日が古すぎます。西暦の年を確かめてください。")
