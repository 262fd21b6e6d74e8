// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace bw {

/// The text with U+FFFD in place of halves of surrogate pairs: with one of these in it no regular expression
/// finds anything, and what is to be taken out would stay.
QString wellFormed(const QString &text);

/// The text without what looks like a credential: values after "password=", "token:", "Authorization: Bearer"
/// and the like, user names and passwords in addresses, private keys, tokens of known shapes (AWS, GitHub,
/// GitLab, Slack, JWT, Google, Stripe). Each becomes "[secret removed]"; `removed` grows by their number. The
/// last net before text leaves the program, not the first: it errs on the side of removing.
QString withoutSecrets(const QString &text, int &removed);
/// "password", "db_password", "api-key", "Authorization": what is said under this name is a credential.
bool isCredentialName(const QString &name);

} // namespace bw
