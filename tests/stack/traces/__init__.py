# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated traces of the made-up shop, and odd ones; what a reader must find in them; three formats."""
