// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <initializer_list>
#include <map>
#include <utility>
#include <vector>

namespace turnstone {

/// One record of a text file: keys with one or several values each.
class DemoTextRecord
{
public:
    /// The first value, or empty.
    const QByteArray &value(const char *key) const;
    const std::vector<QByteArray> &values(const char *key) const;
    double number(const char *key) const { return value(key).toDouble(); }

private:
    friend class DemoTexts;
    std::map<QByteArray, std::vector<QByteArray>> m_values;
};

/// The words of the demo databases, kept apart from the code. A text file holds lists and records:
///
///     == openings            a list: one entry a line
///     Good morning, Player {t}.
///     @@ topic               a record: "key: value" lines, a key may repeat
///     title: Shall we …
///     | a line that continues the value above on a new line
///
/// Lines beginning with "#" are remarks. Immutable after loading, so thread-safe.
class DemoTexts
{
public:
    /// Errors: NotFound, Syntax with the number of the line.
    [[nodiscard]] static Result<DemoTexts> load(const QString &path);
    [[nodiscard]] static Result<DemoTexts> parse(const QByteArray &content, const QString &name);

    /// Empty if there is no such list.
    const std::vector<QByteArray> &lines(const char *name) const;
    const std::vector<DemoTextRecord> &records(const char *kind) const;

    using Slots = std::initializer_list<std::pair<QByteArrayView, QByteArrayView>>;
    /// Appends `line` with "{name}" replaced; an unknown name stays as it is.
    static void appendFilled(QByteArray &out, QByteArrayView line, Slots slotValues);
    [[nodiscard]] static QByteArray filled(QByteArrayView line, Slots slotValues);

private:
    std::map<QByteArray, std::vector<QByteArray>> m_lists;
    std::map<QByteArray, std::vector<DemoTextRecord>> m_records;
};

} // namespace turnstone
