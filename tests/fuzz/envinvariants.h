// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/envfile.h"

#include <QByteArray>
#include <QSet>
#include <QString>

namespace turnstone {

/// What must hold for any bytes at all; says what does not, or nothing.
inline QString brokenEnvInvariant(const QByteArray &bytes)
{
    using namespace Qt::StringLiterals;
    const QString name = u"the.env"_s;
    const Result<EnvFile> env = EnvFile::parse(bytes, name);
    const int lines = int(bytes.count('\n')) + 1;
    if (!env) {
        if (!env.error().message.startsWith(name + u", line "_s))
            return u"the error names no line: "_s + env.error().message;
        return {};
    }
    const QSet<QString> distinct(env->keys().cbegin(), env->keys().cend());
    if (distinct.size() != env->keys().size())
        return u"a key is listed twice"_s;
    for (const QString &key : env->keys()) {
        if (!env->contains(key) || env->line(key) < 1 || env->line(key) > lines)
            return u"the line of a key is wrong"_s;
        if (const Result<QString> value = env->value(key); !value && !value.error().message.startsWith(name))
            return u"the error names no file"_s;
    }
    return {};
}

} // namespace turnstone
