"""A release and the way back, by the operator's own command, under load."""

import asyncio
import re
import subprocess

from drills.drill import Drill, seen
from drills.load import Load, during, ms, read, write
from drills.processes import asked, last_event
from drills.stage import adviser
from tests.deploy.site import HOST, ROOT
from tests.server import bearer, session

AUTHOR = ["-c", "user.name=drill", "-c", "user.email=drill@example.jp"]
# deploy/install as far as it goes without systemd: its files, the tables, and its own serve().
INSTALL = """#!/usr/bin/env bash
set -euo pipefail
deploy/install --root {server} --host {host} --self-signed
etc={server}/etc/wealthai-crm code={server}/srv/wealthai-crm
runtime={folder}/run ready=http://127.0.0.1:{port}/readyz version=$(git rev-parse HEAD)
cd $code
fail() {{ echo "$1" >&2; exit 2; }}
systemctl() {{ case $* in show*) echo {pid} ;; reload*) kill -HUP {pid} ;; esac; }}
. deploy/installing/serving.sh
.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/gunicorn --check-config wealthai.wsgi:application >/dev/null 2>&1 # can_start
[ -e $code/.installed/started ] || stamp started "$(environment)" # by what stands before the drill
is_served || serve
"""


def release(stage):
    user = adviser()
    headers, pages, load = bearer(user), session(user), Load()
    code, server = stage.folder / "program", stage.folder / "server"
    old, good, *broken = versions(code)
    installed = first_installed(code, server)
    with stage.site(code=installed) as (site, client):
        environment = prepared(site, server)

        def act(version):
            command = [code / "deploy/release", version]
            return subprocess.run(command, env=environment, capture_output=True, text=True)

        async def play():
            streams = await asked(client, headers, 5, "要点は？ [[long:2000]][[pace:0.1]]")
            shown = []
            for version in (good, *broken):
                done = await asyncio.to_thread(act, version)
                shown.append((done.returncode, await shown_version(client)))
            return shown, [last_event(await one) for one in streams]

        writers = [lambda until: write(client, headers, load, until=until)] * 2
        readers = [lambda until: read(client, pages, load, until)]
        shown, told = asyncio.run(during(play(), *writers, *readers))
        drained = not (site.folder / "run/draining").exists()
    failed = load.failures()
    return seen(
        f"exit code and version shown: {shown}; {told.count('interrupted')} of 5 answers told;"
        f" {len(load.writes)} writes, {len(load.reads)} pages: {len(failed)} failed, {len(load.lost())}"
        f" lost; longest wait {ms(load.longest())}",
        shown == [(0, "next"), (1, "next"), (1, "next")],
        told == ["interrupted"] * 5,
        not failed and not load.lost(),
        drained and old != good,
    )


def versions(code):
    """A checkout of the program with a next version, one whose settings break, and one whose workers do."""
    run(["git", "clone", "--quiet", "--shared", ROOT, code], ROOT)
    settings = code / "wealthai/settings.py"
    text = settings.read_text()
    found = [commit(code)]
    end = 'raise SystemExit("broken")\n'
    following = re.sub('^VERSION = ".*"$', 'VERSION = "next"', text, flags=re.MULTILINE)
    workers = {code / "wealthai/wsgi.py": end, settings: text}
    for files in ({settings: following}, {settings: following + end}, workers):
        for file, content in files.items():
            file.write_text(content)
        run(["git", *AUTHOR, "commit", "--quiet", "--all", "--no-verify", "--message", "-"], code)
        found.append(commit(code))
    run(["git", "checkout", "--quiet", "--detach", found[0]], code)
    return found


def first_installed(code, server):
    """The folder of the program on the server."""
    run(["deploy/install", "--root", server, "--host", HOST, "--self-signed"], code)
    installed = server / "srv/wealthai-crm"
    (installed / ".venv").symlink_to((ROOT / ".venv").resolve())
    return installed


def commit(code):
    return run(["git", "rev-parse", "HEAD"], code).strip()


def run(command, folder):
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def prepared(site, server):
    """What deploy/release is told of this site."""
    install, pid = site.folder / "install", site.nodes[0].pid
    told = {"folder": site.folder, "server": server, "host": HOST, "port": site.local, "pid": pid}
    install.write_text(INSTALL.format(**told))
    install.chmod(0o700)
    return site.environment | {
        "WEALTHAI_INSTALL": str(install),
        "WEALTHAI_RUNTIME": site.environment["RUNTIME_DIRECTORY"],
    }


async def shown_version(client):
    page = await client.get("/accounts/login", {})
    return re.search("版 ([^<]+)<", page.text).group(1)


DRILLS = [
    Drill(
        "release",
        "deploy/release under load: the next version answers, streams are told interrupted, 0 failed"
        " writes or pages; versions that do not start are taken back by themselves",
        release,
    )
]
