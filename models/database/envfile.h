// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArrayView>
#include <QHash>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace turnstone {

/// The settings in a .env file, read the way shells and the dotenv libraries read them:
/// `KEY=value`, `export KEY=value`, comments, 'literal' and "escaped" values (both may span lines),
/// and `${OTHER}` or `${OTHER:-default}` outside single quotes, taken from the lines above or from
/// the environment. The last of several settings of one key counts.
///
/// A value type. Errors name file and line, and never repeat a value, because values are secrets.
class EnvFile
{
public:
    /// Blocks on the disk. Errors: NotFound, Permission, Io; Syntax as parse().
    [[nodiscard]] static Result<EnvFile> read(const QString &path,
                                              const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
    /// `name` is what errors call the file.
    [[nodiscard]] static Result<EnvFile> parse(QByteArrayView bytes, const QString &name, const QProcessEnvironment &environment = {});

    bool contains(const QString &key) const { return m_entries.contains(key); }
    /// Empty if the key is not set. Fails if the value refers to something that is not set: other
    /// keys of such a file stay readable.
    [[nodiscard]] Result<QString> value(const QString &key) const;
    /// 1-based line on which the key is set, 0 if it is not.
    int line(const QString &key) const { return m_entries.value(key).line; }
    /// In the order of the file.
    const QStringList &keys() const { return m_keys; }
    const QString &name() const { return m_name; }

private:
    friend class EnvParser;
    struct Entry
    {
        QString value;
        QString problem; ///< why there is no value, as a sentence
        int line = 0;
    };

    QString m_name;
    QStringList m_keys;
    QHash<QString, Entry> m_entries;
};

} // namespace turnstone
