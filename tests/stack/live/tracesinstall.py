# SPDX-License-Identifier: GPL-3.0-or-later
"""Gets the trace backends, which Debian does not have, into a cache folder of the user.

Zipkin comes from Maven Central as one jar, Jaeger from the Go module proxy as
source.  Both are pinned by version and checksum.  What is there is not
touched; an interrupted installation leaves nothing that looks finished.
"""
import contextlib
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile

from . import StackError

_ZIPKIN = "io.zipkin:zipkin-server:3.6.1:jar:exec"
_ZIPKIN_SHA256 = "d8326e0ed4f43855dba81228f688554706e52578a7c782d9a90b73f8680654a1"
_JAEGER = "github.com/jaegertracing/jaeger@v1.76.0"  # the module of Jaeger 2.13
_JAEGER_SUM = "h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g="
_GO = (1, 24, 6)
_PROGRAMS = {"zipkin": ("zipkin-3.6.1", "zipkin-server-3.6.1-exec.jar"), "jaeger": ("jaeger-1.76.0", "jaeger")}
DOWNLOAD_S, BUILD_S = 600, 3600


def folder():
    """Where everything is kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(cache, "bridgewatch-tests", "traces")


def program(name):
    """Where the backend's program is, or will be."""
    return os.path.join(folder(), *_PROGRAMS[name])


def java():
    """The Java runtime; StackError without one."""
    found = shutil.which("java")
    if not found:
        raise StackError("java is not installed (Debian package: default-jre-headless)")
    return found


def require(name):
    """The program of an installed backend; StackError says how to get it."""
    path = program(name)
    if name == "zipkin":
        java()
    if not os.path.exists(path):
        raise StackError(f"{name} is not installed; this installs it: tests/stack/stack.py install --traces {name}")
    return path


def missing_tools(name):
    """What has to be there before the backend can be installed and run, in words; empty when nothing lacks."""
    if name == "zipkin":
        needed = [("java", "default-jre-headless")] + ([] if os.path.exists(program(name)) else [("mvn", "maven")])
        return [f"{tool} (Debian package: {package})" for tool, package in needed if not shutil.which(tool)]
    if os.path.exists(program(name)):
        return []
    version = _go_version()
    wanted = ".".join(map(str, _GO))
    if not version:
        return [f"go {wanted} or newer (https://go.dev/dl; Debian 12's is older)"]
    return [] if version >= _GO else [f"go {wanted} or newer; this is {'.'.join(map(str, version))}"]


def install(name, say):
    """Installs one backend unless it is there; StackError says what went wrong."""
    path = program(name)
    with _locked():
        lacks = missing_tools(name)
        if lacks:
            raise StackError(f"{name} needs {', '.join(lacks)}")
        if os.path.exists(path):
            say(f"{name} is there: {path}")
            return
        say(f"installing {name} to {os.path.dirname(path)}")
        for left in glob.glob(os.path.join(folder(), "new-*")):  # of one that was killed; the lock is ours
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=folder()) as work:
            made = os.path.join(work, "made")
            os.mkdir(made)
            (_install_zipkin if name == "zipkin" else _install_jaeger)(work, made, say)
            shutil.rmtree(os.path.dirname(path), ignore_errors=True)
            os.rename(made, os.path.dirname(path))
    say(f"{name} installed: {path}")


@contextlib.contextmanager
def _locked():
    os.makedirs(folder(), exist_ok=True)
    with open(os.path.join(folder(), "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install_zipkin(work, made, _):
    _run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={_ZIPKIN}", f"-DoutputDirectory={made}"], work, DOWNLOAD_S)
    path = os.path.join(made, _PROGRAMS["zipkin"][1])
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    if found != _ZIPKIN_SHA256:
        raise StackError(f"the zipkin that came has another checksum: {found}")


def _install_jaeger(work, made, say):
    # `go install` refuses the module because it replaces others; building it where it lies is allowed.
    answer = json.loads(_run(["go", "mod", "download", "-json", _JAEGER], work, DOWNLOAD_S))
    if answer["Sum"] != _JAEGER_SUM:
        raise StackError(f"the jaeger that came has another checksum: {answer['Sum']}")
    source = os.path.join(work, "source")
    shutil.copytree(answer["Dir"], source, copy_function=shutil.copyfile)  # the module cache is read-only; the copy is not
    _writable(source)
    # The user interface is not part of the module; the program wants at least one file of it.
    pages = os.path.join(source, "cmd/query/app/ui/actual")
    os.makedirs(pages, exist_ok=True)
    with open(os.path.join(pages, "placeholder"), "w", encoding="ascii") as file:
        file.write("no user interface here\n")
    say("building jaeger: nine minutes of processor time the first time")
    _run(["nice", "-n", "10", "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", os.path.join(made, "jaeger"), "./cmd/jaeger"],
         source, BUILD_S)


def _writable(top):
    for path, _, _ in os.walk(top):
        os.chmod(path, 0o755)


def _go_version():
    """(1, 24, 6), or None without a usable go."""
    if not shutil.which("go", path=_path()):
        return None
    try:
        text = _run(["go", "env", "GOVERSION"], "/", 30)
    except StackError:
        return None
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


def _path():
    """Where programs are looked for: also where Go's own installation puts it, which few PATHs name (BW_GO_BIN: another place)."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), os.environ.get("BW_GO_BIN", "/usr/local/go/bin")])


def _run(command, where, seconds):
    """Standard output of a program; StackError with the end of what it said when it fails."""
    # The Go that is there, no other one fetched for the occasion.
    environment = {**os.environ, "PATH": _path(), "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off"}
    try:
        done = subprocess.run(command, cwd=where, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", check=False, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise StackError(f"{command[0]} took longer than {seconds} s") from error
    if done.returncode:
        told = "".join(f"    {line}\n" for line in (done.stderr + done.stdout).splitlines()[-12:])
        raise StackError(f"{' '.join(command)} failed:\n{told}")
    return done.stdout
