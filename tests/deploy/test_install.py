"""deploy/install as far as it goes without a server: what it says, and the files it writes."""

import os
import re
import subprocess

import pytest

from tests.deploy.site import HOST, ROOT, make_certificate

# Needs no nginx, but once is enough: not on each database.
pytestmark = pytest.mark.nginx

ETC = "etc/wealthai-crm"
SITE = "etc/nginx/conf.d/wealthai-crm.conf"


def install(*arguments):
    return subprocess.run(
        [ROOT / "deploy/install", *arguments], capture_output=True, text=True, cwd="/"
    )


def written(folder, *arguments):
    """What a run says that must go well."""
    done = install("--root", folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_in(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_mode, path.read_bytes()) for path in paths}


def marks(text):
    return set(re.findall(r"^(ok|todo|STOP|note|now|done) ", text, re.MULTILINE))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    written(folder, "--host", HOST, "--self-signed")
    return folder


def test_what_is_shipped_passes_its_own_checks():
    done = subprocess.run([ROOT / "deploy/verify"], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_check_lists_what_is_there_and_its_exit_code_tells():
    done = install("--check", "--host", HOST, "--self-signed")

    found = marks(done.stdout)
    assert found <= {"ok", "todo", "STOP", "note"}
    assert done.returncode == (2 if "STOP" in found else 1)
    assert re.search(r"\d+ to do, \d+ in the way; nothing was changed$", done.stdout.strip())


def test_check_writes_nothing(tmp_path):
    done = install("--check", "--root", tmp_path, "--host", HOST, "--self-signed")

    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])


def test_second_run_changes_nothing_and_says_so(server):
    before = files_in(server)

    said = written(server)

    assert (marks(said), files_in(server) == before) == ({"ok"}, True)
    assert said.endswith(f"Nothing to change: https://{HOST}/crm/\n")


def test_interrupted_run_is_taken_up_where_it_ended(server):
    before = files_in(server)
    for path in (f"{ETC}/env", SITE, "srv/wealthai-crm/manage.py"):
        (server / path).unlink()
    (server / "srv/wealthai-crm/customers/gone.py").write_text("of an older version")

    written(server, "--host", HOST)

    assert files_in(server) == before


def test_secrets_are_random_private_and_never_said(server, tmp_path):
    said = written(tmp_path, "--host", HOST, "--self-signed")

    key, other = ((each / ETC / "credentials/SECRET_KEY") for each in (server, tmp_path))
    assert key.read_text() != other.read_text()
    assert (len(other.read_text()), other.stat().st_mode & 0o777) == (65, 0o600)
    assert other.read_text().strip() not in said


def test_another_host_keeps_the_secrets_and_the_operators_lines(tmp_path):
    written(tmp_path, "--host", HOST, "--self-signed")
    with (tmp_path / ETC / "env").open("a") as settings:
        settings.write("WEB_WORKERS=4\n")
    key = (tmp_path / ETC / "credentials/SECRET_KEY").read_text()

    written(tmp_path, "--host", "crm.firm.jp", "--own-host", "--self-signed")

    lines = (tmp_path / ETC / "env").read_text().splitlines()
    assert {"WEB_WORKERS=4", "ALLOWED_HOSTS=crm.firm.jp", "FORCE_SCRIPT_NAME="} <= set(lines)
    assert (tmp_path / ETC / "credentials/SECRET_KEY").read_text() == key


def test_secrets_of_an_older_installation_move_out_of_the_settings(tmp_path):
    (tmp_path / ETC).mkdir(parents=True)
    old = f"SECRET_KEY='old $key'\nDATABASE_URL=postgres://db/x\nALLOWED_HOSTS={HOST}\n"
    (tmp_path / ETC / "env").write_text(old + "FORCE_SCRIPT_NAME=/crm\n")

    written(tmp_path, "--self-signed")

    names = ["credentials/SECRET_KEY", "credentials/DATABASE_URL", "env"]
    assert [(tmp_path / ETC / name).read_text() for name in names] == [
        "old $key\n",
        "postgres://db/x\n",
        "# → credentials/SECRET_KEY\n# → credentials/DATABASE_URL\n"
        f"ALLOWED_HOSTS={HOST}\nFORCE_SCRIPT_NAME=/crm\n",
    ]


def test_other_prefix_stands_in_the_site_and_in_the_settings(server, tmp_path):
    written(tmp_path, "--host", HOST, "--prefix", "/kokyaku/", "--self-signed")

    site = (tmp_path / SITE).read_text()
    assert site == (server / SITE).read_text().replace("/crm", "/kokyaku")
    assert "FORCE_SCRIPT_NAME=/kokyaku\n" in (tmp_path / ETC / "env").read_text()


def test_certificate_is_taken_as_given(server, tmp_path):
    make_certificate(tmp_path)
    given = ["--certificate", tmp_path / "fullchain.pem", "--key", tmp_path / "privkey.pem"]

    written(tmp_path / "server", "--host", HOST, *given)

    kept = tmp_path / "server/etc/ssl/wealthai-crm"
    assert [os.stat(kept / name).st_mode & 0o777 for name in os.listdir(kept)] == [0o600] * 2
    assert (kept / "fullchain.pem").read_text() == (tmp_path / "fullchain.pem").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--host", "other.example.jp"],
        ["--host", HOST, "--key", f"{ROOT}/README.md"],
        ["--host", "crm example jp"],
        ["--host", HOST, "--prefix", "/a/b/"],
        [],
    ],
    ids=["foreign-name", "foreign-key", "no-name", "two-folders", "nothing-said"],
)
def test_what_does_not_fit_stops_it_before_anything_is_written(server, tmp_path, arguments):
    ssl = server / "etc/ssl/wealthai-crm"
    given = ["--certificate", ssl / "fullchain.pem", "--key", ssl / "privkey.pem"]

    done = install("--root", tmp_path, *given, *arguments)

    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "STOP" in marks(done.stdout)


def test_what_git_does_not_know_is_not_taken_along(tmp_path):
    checkout, server = tmp_path / "checkout", tmp_path / "server"
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, checkout], check=True)
    (checkout / "privkey.pem").write_text("secret")

    command = [checkout / "deploy/install", "--root", server, "--host", HOST, "--self-signed"]
    subprocess.run(command, check=True, capture_output=True)

    keys = [str(path.relative_to(server)) for path in server.rglob("privkey.pem")]
    assert keys == ["etc/ssl/wealthai-crm/privkey.pem"]


def test_older_installation_that_is_a_checkout_is_taken_over(tmp_path):
    code = tmp_path / "srv/wealthai-crm"
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, code], check=True)
    (code / "manage.py").write_text("of an older version")

    written(tmp_path, "--host", HOST, "--self-signed")

    assert (code / "manage.py").read_text() == (ROOT / "manage.py").read_text()
    assert marks(written(tmp_path)) == {"ok"}


def test_recipes_run_the_installed_manage():
    """That of a checkout has no .venv, and lies where the accounts cannot enter."""
    written = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md")]

    found = [
        line
        for path in written
        for line in re.findall(r".*(?<!/srv/wealthai-crm/)deploy/manage \w.*", path.read_text())
    ]

    assert found == []


def test_measure_by_hand_reads_the_folder_of_its_timer():
    by_hand = (ROOT / "deploy/manage").read_text()
    by_timer = (ROOT / "deploy/wealthai-crm-measure.service").read_text()

    [folder] = re.findall(r"\bPROMETHEUS_MULTIPROC_DIR=(\S+)", by_timer)

    assert re.findall(r"\bPROMETHEUS_MULTIPROC_DIR=(\S+)", by_hand) == [folder]
