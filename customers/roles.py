"""The five roles: groups whose permissions the code defines anew after each migration."""

from django.db import models


class Role(models.TextChoices):
    """Group names, from the widest to the narrowest view (docs/glossary.md)."""

    ADMINISTRATOR = "管理者"
    COMPLIANCE = "コンプライアンス"
    BACK_OFFICE = "事務"
    BRANCH_MANAGER = "役席者"
    ADVISER = "担当者"


FIRM_WIDE = {Role.ADMINISTRATOR, Role.COMPLIANCE, Role.BACK_OFFICE}

EVIDENCE_READERS = {Role.ADMINISTRATOR, Role.COMPLIANCE}
EVIDENCE = {("customers", "accessrecord"), ("wealthai", "changebatch")}

# What each role may do beside looking: (app, model) -> actions.
WORK = {
    ("customers", "customer"): {"add", "change"},
    ("customers", "holding"): {"add", "change"},
    ("customers", "salesnote"): {"add"},
    ("customers", "cashinflow"): {"add", "change"},
    ("customers", "task"): {"add", "change"},
    ("customers", "savedview"): {"add", "change", "delete"},
}
BACK_OFFICE_WORK = WORK | {
    ("customers", "customer"): {"add", "change", "delete"},
    ("customers", "holding"): {"add", "change", "delete"},
    ("customers", "cashinflow"): {"add", "change", "delete"},
    ("customers", "product"): {"add", "change"},
    ("customers", "economicevent"): {"add", "change", "delete"},
}
CHAT = {("chat", "conversation"): {"add", "change"}, ("chat", "chatexchange"): {"add"}}
CHANGES = {
    Role.COMPLIANCE: {},
    Role.BACK_OFFICE: BACK_OFFICE_WORK | CHAT,
    Role.BRANCH_MANAGER: WORK | CHAT,
    Role.ADVISER: WORK | CHAT,
}


def may(role, permission):
    """Whether `role` holds `permission` (an auth.Permission with its content type loaded)."""
    action = permission.codename.split("_", 1)[0]
    if role == Role.ADMINISTRATOR:
        return True
    kind = (permission.content_type.app_label, permission.content_type.model)
    if kind in EVIDENCE:
        return action == "view" and role in EVIDENCE_READERS
    if permission.content_type.app_label not in {"customers", "chat", "dashboard"}:
        return False
    if action == "view":
        return permission.content_type.model != "adviser" or role != Role.ADVISER
    return action in CHANGES[role].get(kind, set())


def set_up_roles(sender, using="default", **kwargs):
    """post_migrate: give each role exactly its permissions on the models of app `sender`.

    A migration cannot do this (permissions are created after it), and a flush would lose it.
    """
    from django.contrib.auth.models import Group, Permission

    permissions = list(
        Permission.objects.using(using)
        .filter(content_type__app_label=sender.label)
        .select_related("content_type")
    )
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        held = set(
            group.permissions.filter(content_type__app_label=sender.label).values_list(
                "pk", flat=True
            )
        )
        due = {permission.pk for permission in permissions if may(role, permission)}
        if due != held:
            group.permissions.remove(*held - due)
            group.permissions.add(*due - held)
