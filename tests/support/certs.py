#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throw-away certificates for TLS tests, made with the openssl program in a folder of the caller's.

    python3 certs.py FOLDER      makes everything there and prints a JSON object of paths

Made: ca (trusted by tests), other_ca (trusted by nobody), and for each of good, expired, future, wronghost,
unknown, selfsigned, weak a pair NAME.crt, NAME.key; client.crt, client.key for servers that ask.
`good` is valid for localhost, 127.0.0.1 and ::1, and for the name prom.internal.
"""

import json
import pathlib
import subprocess
import sys
from datetime import datetime, timedelta, timezone

HOSTS = "DNS:localhost,DNS:prom.internal,IP:127.0.0.1,IP:::1"


def openssl(*words, cwd, text=""):
    result = subprocess.run(
        ["openssl", *words], cwd=cwd, input=text, capture_output=True, text=True, timeout=30, check=False
    )
    if result.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {result.stderr.strip()}")


def key(folder, name, bits=0):
    if bits:
        openssl("genrsa", "-out", f"{name}.key", str(bits), cwd=folder)
    else:
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key", cwd=folder)


def authority(folder, name):
    key(folder, name)
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        f"{name}.key",
        "-subj",
        f"/CN=Test {name}",
        "-days",
        "30",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
        "-out",
        f"{name}.crt",
        cwd=folder,
    )
    (folder / f"{name}.index").write_text("")
    (folder / f"{name}.serial").write_text("1000\n")
    (folder / f"{name}.cnf").write_text(
        f"[ca]\ndefault_ca=it\n[it]\ndatabase={name}.index\nserial={name}.serial\nnew_certs_dir=.\n"
        f"certificate={name}.crt\nprivate_key={name}.key\ndefault_md=sha256\npolicy=any\n"
        "unique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n"
    )


def issued(folder, name, ca="ca", hosts=HOSTS, start=-1, end=30, usage="serverAuth", bits=0):
    """A leaf; `start` and `end` are days from now."""

    def day(offset):
        return (datetime.now(timezone.utc) + timedelta(days=offset)).strftime("%Y%m%d%H%M%SZ")

    key(folder, name, bits)
    openssl(
        "req",
        "-new",
        "-key",
        f"{name}.key",
        "-subj",
        f"/CN={name}",
        "-addext",
        f"subjectAltName={hosts}",
        "-addext",
        f"extendedKeyUsage={usage}",
        "-out",
        f"{name}.csr",
        cwd=folder,
    )
    openssl(
        "ca",
        "-batch",
        "-notext",
        "-config",
        f"{ca}.cnf",
        "-in",
        f"{name}.csr",
        "-out",
        f"{name}.crt",
        "-startdate",
        day(start),
        "-enddate",
        day(end),
        cwd=folder,
    )


def make(folder):
    """Everything, as {name: path}. The folder must exist and be empty."""
    folder = pathlib.Path(folder)
    authority(folder, "ca")
    authority(folder, "other_ca")
    issued(folder, "good")
    issued(folder, "expired", start=-20, end=-1)
    issued(folder, "future", start=2, end=20)
    issued(folder, "wronghost", hosts="DNS:elsewhere.example")
    issued(folder, "unknown", ca="other_ca")
    issued(folder, "weak", bits=1024)
    issued(folder, "client", hosts="email:oncall@example.org", usage="clientAuth")
    key(folder, "selfsigned")
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        "selfsigned.key",
        "-subj",
        "/CN=localhost",
        "-days",
        "30",
        "-addext",
        f"subjectAltName={HOSTS}",
        "-out",
        "selfsigned.crt",
        cwd=folder,
    )
    return {path.name: str(path) for path in sorted(folder.iterdir()) if path.suffix in (".crt", ".key")}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(make(sys.argv[1]), indent=2))
