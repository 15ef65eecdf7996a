from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property

from customers.model_fields import DateColumn, MailColumn, PhoneColumn
from customers.models.role_names import RoleNamesColumn
from customers.roles import EVIDENCE_READERS, FIRM_WIDE, Role
from wealthai.models import PlainCharField, QuicklyRead
from wealthai.prepared import Prepared
from wealthai.text import is_invisible
from wealthai.tracking import TrackedQuerySet, TrackedRecords, version_of

UNUSABLE_PASSWORD = "!"  # noqa: S105 — no password hashes to this, so nobody can log in with it


class PeopleRecords(TrackedRecords):
    def post_save(self, instance, created, using=None, update_fields=None, **kwargs):
        """A log-in saves `last_login` alone; it would leave a row that shows no change."""
        if not update_fields or set(update_fields) - set(self.excluded_fields):
            super().post_save(instance, created, using=using, **kwargs)


def widest_role(person):
    """Of the person whose key `person` refers to."""
    ranks = [models.When(name=role.value, then=rank) for rank, role in enumerate(Role)]
    held = Group.objects.filter(user=person, name__in=Role.values)
    return models.Subquery(held.order_by(models.Case(*ranks)).values("name")[:1])


class AdviserQuerySet(TrackedQuerySet):
    def with_role(self):
        """Adds `role`, the widest role a person holds (None without one), in the same query."""
        return self.annotate(role=widest_role(models.OuterRef("pk")))

    def visible_to(self, user):
        """Colleagues whose customers `user` may see, the user included."""
        if user.sees_firm:
            return self
        if user.sees_branch:
            return self.filter(branch=user.branch)
        return self.filter(pk=user.pk)

    def who_see(self, customer):
        """Those who may see `customer`: visible_to(user) of customers, read backwards."""
        rep = customer.sales_rep
        return self.seeing(customer.sales_rep_id, rep and rep.branch)

    def seeing(self, rep, branch):
        """The same by the key and the branch of the customer's adviser, which may be an outer query's."""
        seeing = Q(pk=rep) | Q(is_superuser=True) | Q(role__in=FIRM_WIDE)
        manager = Q(role=Role.BRANCH_MANAGER, branch=branch) & Q(branch__gt="")
        return self.with_role().filter(seeing | manager)


class AdviserManager(BaseUserManager.from_queryset(AdviserQuerySet)):
    def create_user(self, rep_code, password=None, **fields):
        code = self.model.normalize_username(rep_code)
        adviser = self.model(rep_code=code, **fields)
        adviser.set_password(password)
        adviser.save(using=self._db)
        return adviser

    def create_superuser(self, rep_code, password=None, **fields):
        return self.create_user(
            rep_code, password, **{"is_staff": True, "is_superuser": True} | fields
        )


class Adviser(QuicklyRead, AbstractBaseUser, PermissionsMixin):
    """担当者: a person of the firm; also the user who logs in, by `rep_code`.

    Sister systems insert rows by raw SQL, so every column they do not know has a database
    default; such a row cannot log in until somebody sets a password.
    """

    rep_id = models.AutoField("担当者ID", primary_key=True)
    rep_code = PlainCharField("担当者コード", max_length=20, unique=True)
    name = PlainCharField("氏名", max_length=100)
    department = PlainCharField("部署", max_length=50, null=True, blank=True)
    branch = PlainCharField("支店", max_length=50, null=True, blank=True, db_index=True)
    email = MailColumn("メールアドレス", max_length=100, null=True, blank=True)
    phone = PhoneColumn("電話番号", max_length=20, null=True, blank=True)
    hire_date = DateColumn("入社日", null=True, blank=True)
    created_at = models.DateTimeField(
        "登録日時", default=timezone.now, db_default=Now(), editable=False
    )
    password = models.CharField(
        "パスワード", max_length=128, default=UNUSABLE_PASSWORD, db_default=UNUSABLE_PASSWORD
    )
    is_active = models.BooleanField(
        "有効", default=True, db_default=True, help_text="外すとログインできなくなります。"
    )
    is_staff = models.BooleanField("管理画面の利用", default=False, db_default=False)
    is_superuser = models.BooleanField(
        "全権限", default=False, db_default=False, help_text="すべての操作ができます。"
    )

    role_names = RoleNamesColumn("役割", blank=True, default="", db_default="")

    USERNAME_FIELD = "rep_code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = AdviserManager()
    history = PeopleRecords(
        excluded_fields=["password", "last_login"],
        table_name="sales_representatives_history",
        verbose_name="担当者の変更履歴",
        verbose_name_plural="担当者の変更履歴",
    )

    class Meta:
        base_manager_name = "objects"  # guarded as every tracked model's
        db_table = "sales_representatives"
        verbose_name = verbose_name_plural = "担当者"
        ordering = ["rep_code"]
        indexes = [models.Index(fields=["name"], name="sales_representatives_name")]

    def __str__(self):
        return f"{self.name}（{self.rep_code}）"

    @classmethod
    def normalize_username(cls, username):
        """A code is no legal name: kept in the one form that the log-in page makes of it."""
        return super().normalize_username(username).strip()

    def clean(self):
        """Codes that differ in the size of letters read as one to whoever types them."""
        super().clean()
        if not is_typeable(self.rep_code):
            message = "目に見えない文字が含まれています。担当者コードを入力し直してください。"
            raise ValidationError({"rep_code": ValidationError(message, code="invisible")})
        others = Adviser.objects.exclude(pk=self.pk).exclude(rep_code=self.rep_code)
        twin = others.filter(rep_code__iexact=self.rep_code).first()
        is_stored = Adviser.objects.filter(pk=self.pk, rep_code=self.rep_code).exists()
        if twin and not is_stored:
            message = f"大文字と小文字だけが違うコード {twin.rep_code} があります。別のコードを入力してください。"
            raise ValidationError({"rep_code": ValidationError(message, code="twin")})

    def version(self):
        """As every tracked row's; a log-in and a new password do not change it."""
        return version_of(self, Adviser)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @cached_property
    def role(self):
        [role] = ROLES.rows(self.pk)
        return role

    @property
    def sees_firm(self):
        return self.is_superuser or self.role in FIRM_WIDE

    @property
    def reads_evidence(self):
        """Who looked at what, and what was changed in bulk."""
        return self.is_superuser or self.role in EVIDENCE_READERS

    @property
    def sees_branch(self):
        return self.role == Role.BRANCH_MANAGER and bool(self.branch)


def role_of(pk):
    return Adviser.objects.with_role().filter(pk=pk).values_list("role", flat=True)


ROLES = Prepared(role_of)


def is_typeable(code):
    """False for a code with a letter that nobody would see and so nobody types."""
    return not any(is_invisible(char) for char in code if char != " ")
