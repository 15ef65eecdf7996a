"""nginx and gunicorn on the files that deploy/install wrote, as the application's role."""

import re
import shutil
import subprocess
import sys

import pytest
from django.db import connection
from django.urls import reverse

from tests.deploy.conftest import PASSWORD
from tests.deploy.roles import APP, connected
from tests.deploy.site import HOST, ROOT, Browser, Site
from tests.deploy.test_install import ETC, SITE, written

# django_db: pytest makes a database only for marked tests; the site commits into it by itself.
pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]

LOGIN = reverse("account_login")


class InstalledSite(Site):
    """What systemd gives a service comes from the written files: settings, and secrets in a folder."""

    def __init__(self, folder, server, prefix, url):
        super().__init__(folder, model_url="")
        self.server, self.prefix, self.shipped = server, prefix, server / SITE
        settings = (server / ETC / "env").read_text()
        secrets = folder / "credentials"
        secrets.mkdir()
        shutil.copy(server / ETC / "credentials/SECRET_KEY", secrets / "env_SECRET_KEY")
        (secrets / "env_DATABASE_URL").write_text(f"{url}\n")
        for name in ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "FORCE_SCRIPT_NAME"):
            del self.environment[name]
        self.environment |= dict(re.findall(r"^(\w+)=(.*)$", settings, re.MULTILINE))
        self.environment["CREDENTIALS_DIRECTORY"] = str(secrets)

    def add_certificate(self):
        for name in ("fullchain.pem", "privkey.pem"):
            shutil.copy(self.server / "etc/ssl/wealthai-crm" / name, self.folder)


@pytest.fixture(scope="module", params=["/crm", ""], ids=["below-crm", "own-host"])
def site(request, tmp_path_factory, sato, app_url):
    folder, server = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("server")
    written(server, "--host", HOST, "--prefix", f"{request.param}/", "--self-signed")
    with InstalledSite(folder, server, request.param, app_url).running() as site:
        yield site


@pytest.fixture(scope="module")
def app_url(roles):
    """The test's database for the role of the application; a password only where one is needed."""
    with connected() as own:
        own.execute(f"ALTER ROLE {APP} PASSWORD 'app'")
    database = connection.settings_dict
    if database["HOST"].startswith("/"):
        return f"postgres://{APP}:app@/{database['HOST']}/{database['NAME']}"
    return f"postgres://{APP}:app@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def test_login_page_answers_over_tls(site):
    response = Browser(site).get(site.prefix + LOGIN)

    assert response.status == 200
    assert "<title>ログイン" in response.data.decode()


def test_every_link_of_the_login_page_answers(site):
    browser = Browser(site)
    page = browser.get(site.prefix + LOGIN).data.decode()

    links = {link.partition("#")[0] for link in re.findall(r'(?:href|src)="([^"]+)"', page)} - {""}

    assert {link: browser.get(link).status for link in links} == dict.fromkeys(links, 200)
    assert len(links) > 3


def test_log_in_stays_in_the_place_of_the_site(site):
    browser = Browser(site)

    response = browser.log_in("NG001", PASSWORD)

    assert (response.status, response.headers["Location"]) == (302, f"{site.prefix}/")
    assert f"Path={site.prefix}/;" in response.headers["Set-Cookie"] + ";"


def test_metrics_stay_on_the_machine(site):
    assert Browser(site).get(f"{site.prefix}/metrics").status == 404


def test_check_of_the_database_needs_the_applications_role_only(site):
    """The throw-away cluster of the tests may lose what it confirmed."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--database", "default"]

    done = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, text=True)

    assert set(re.findall(r"\((\w+\.\w\d+)\)", done.stderr)) <= {"wealthai.E011"}
    assert "System check identified" in done.stdout + done.stderr
