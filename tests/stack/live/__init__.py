# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts, watches and ends the servers of one live stack."""


class StackError(Exception):
    """Something the user can act on; the text is shown as it is."""
