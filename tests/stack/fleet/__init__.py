# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up shop of a dozen services, exposed for a real Prometheus to scrape.

Every number is a closed formula of the time, the topology and the incidents
switched on so far.  Nothing runs in the background, two scrapes at the same
instant agree, and the back-filled history comes from the same formulas as the
live pages.
"""
