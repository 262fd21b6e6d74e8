# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the programs the stack is made of, and names the package of a missing one."""
import os
import shutil

from . import StackError

# What we call it: (names to try, Debian package).  Debian prefixes two of them.
PROGRAMS = {
    "prometheus": (("prometheus",), "prometheus"),
    "promtool": (("promtool",), "prometheus"),
    "alertmanager": (("prometheus-alertmanager", "alertmanager"), "prometheus-alertmanager"),
    "node-exporter": (("prometheus-node-exporter", "node_exporter"), "prometheus-node-exporter"),
}


def find_programs():
    """Paths of all programs by our names; StackError lists every missing one."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found, missing = {}, []
    for name, (candidates, package) in PROGRAMS.items():
        found[name] = next(filter(None, (shutil.which(c, path=path) for c in candidates)), None)
        if not found[name]:
            missing.append(f"{' or '.join(candidates)} is not installed (Debian package: {package})")
    if missing:
        raise StackError("\n".join(missing + ["packaging/install-deps run installs what is missing"]))
    return found
