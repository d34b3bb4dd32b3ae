// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"

#include <QString>

namespace turnstone {

/// What must hold for any text at all; says what does not, or nothing.
inline QString brokenUrlInvariant(const QString &text)
{
    using namespace Qt::StringLiterals;
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text, u"/somewhere"_s);
    if (!url)
        return url.error().message.isEmpty() ? u"the error has no message"_s : QString();

    const QString complete = url->toUrlWithSecrets();
    const Result<DatabaseUrl> again = DatabaseUrl::parse(complete, u"/elsewhere"_s);
    if (!again)
        return u"the complete URL is refused: "_s + again.error().message;
    if (again->engine() != url->engine() || again->filePath() != url->filePath() || again->password() != url->password())
        return u"the complete URL names another place"_s;
    if (again->parameters().size() != url->parameters().size())
        return u"the complete URL has other parameters"_s;
    for (const auto &[keyword, value] : url->parameters())
        if (again->parameter(keyword) != value)
            return u"the parameter %1 changed"_s.arg(keyword);
    if (again->identity() != url->identity())
        return u"the identity changed"_s;

    if (url->engine() == Engine::PostgreSql) {
        DatabaseUrl withoutSecrets = *url;
        withoutSecrets.setPassword({});
        withoutSecrets.setParameter(u"sslpassword"_s, {});
        if (withoutSecrets.displayText() != url->displayText() || withoutSecrets.identity() != url->identity())
            return u"what is shown depends on a secret"_s;
        if (const Result<DatabaseUrl> shown = DatabaseUrl::parse(url->displayText()); !shown)
            return u"the shown URL is refused: "_s + shown.error().message;
    }
    return {};
}

/// A secret in a malformed URL must not come out of the error. `secret` stands somewhere in `text`.
inline QString leakedSecret(const QString &text, const QString &secret)
{
    using namespace Qt::StringLiterals;
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text, u"/somewhere"_s);
    if (!url)
        return url.error().message.contains(secret) || url.error().detail.contains(secret) ? u"the error repeats the password: "_s + url.error().message : QString();
    if (url->engine() == Engine::Sqlite)
        return {}; // a path is a path
    return url->displayText().contains(secret) || url->identity().contains(secret) ? u"it is shown: "_s + url->displayText() : QString();
}

} // namespace turnstone
