from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone

from wealthai.models import PlainCharField


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those of the branch, and those of the firm."""
        shared = Q(audience=SavedView.Audience.FIRM)
        if user.branch:
            shared |= Q(audience=SavedView.Audience.BRANCH, branch=user.branch)
        return self.filter(Q(owner=user.pk) | shared)

    def for_tabs(self, user):
        """With `is_starred` by `user`: starred first, then one's own, then those of others."""
        star = SavedView.starred_by.through.objects.filter(savedview=OuterRef("pk"))
        mine = Case(When(owner=user.pk, then=0), default=1)
        return (
            self.annotate(is_starred=Exists(star.filter(adviser=user.pk)))
            .select_related("owner")
            .order_by("-is_starred", mine, "name", "pk")
        )


class SavedView(models.Model):
    """保存した条件: filter, order and columns of the customer list under a name."""

    class Audience(models.TextChoices):
        PRIVATE = "private", "自分だけ"
        BRANCH = "branch", "支店"
        FIRM = "firm", "全社"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="作成者",
        related_name="saved_views",
    )
    name = PlainCharField("名前", max_length=30)
    audience = models.CharField("公開先", max_length=10, choices=Audience, default=Audience.PRIVATE)
    branch = PlainCharField("支店", max_length=50, blank=True, default="")
    query = models.TextField("条件", blank=True, default="")
    starred_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name="星を付けた人",
        related_name="starred_views",
        db_table="saved_view_stars",
        blank=True,
    )
    created_at = models.DateTimeField("登録日時", default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        db_table = "saved_views"
        verbose_name = verbose_name_plural = "保存した条件"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_views_name_once"),
        ]

    def __str__(self):
        return self.name

    @property
    def address(self):
        """Its query string as it was kept: what the viewer may not see is said there, not left out."""
        return f"?{self.query}&view={self.pk}" if self.query else f"?view={self.pk}"

    @property
    def audience_words(self):
        """Who sees it, the branch by its name."""
        return self.branch if self.audience == self.Audience.BRANCH else self.get_audience_display()

    def star(self, user, wanted):
        if wanted:
            self.starred_by.add(user)
        else:
            self.starred_by.remove(user)
