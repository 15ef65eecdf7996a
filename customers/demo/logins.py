"""Who can log in to the demo; all with one password."""

from typing import NamedTuple

from customers.roles import Role

DEFAULT_PASSWORD = "wealthai-demo-2026"  # noqa: S105 — the demo's, shown on its log-in page
HEAD_OFFICE = "本社"
BRANCHES = ("東京本店", "大阪支店", "名古屋支店", "福岡支店", "横浜支店", "仙台支店")


class Login(NamedTuple):
    rep_code: str
    name: str
    role: Role
    branch: str
    department: str


LOGINS = (
    Login("AD001", "青木誠", Role.ADVISER, BRANCHES[0], "営業部"),
    Login("BM001", "橋本直子", Role.BRANCH_MANAGER, BRANCHES[0], "営業部"),
    Login("BO001", "西村恵", Role.BACK_OFFICE, HEAD_OFFICE, "事務部"),
    Login("CO001", "森隆之", Role.COMPLIANCE, HEAD_OFFICE, "コンプライアンス部"),
    Login("AM001", "小野寺清", Role.ADMINISTRATOR, HEAD_OFFICE, "システム部"),
)
