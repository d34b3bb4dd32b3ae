// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/demo/demosimulator.h"
#include "models/demo/demotemplate.h"

#include <QHash>
#include <QJsonObject>
#include <QStringList>

#include <optional>
#include <vector>

namespace turnstone {

/// Where the records of one stream go: a table and what stands in each of its columns.
struct DemoTarget
{
    struct Column
    {
        QString name;
        /// Index of the field, or -1 for a template or a constant.
        int field = -1;
        DemoFormat format;
        QHash<QByteArray, QByteArray> words; ///< respelled texts
        std::optional<DemoTemplate> pattern;
        bool hashed = false; ///< SHA-256 of the text instead of the text
        /// NULL if this field is NULL or false; -1 for never.
        int onlyIf = -1;
        DemoCell constant;
        QByteArray constantText;
    };
    QString table;
    int stream = -1;
    /// Only records in which this field is there and not false; -1 for all.
    int onlyIf = -1;
    std::vector<Column> columns;
    /// Column with a PostgreSQL sequence that has to be set behind the rows; may be empty.
    QString serialColumn;
};

/// A file of resources/demo: how the records of a simulator look in one application's tables.
/// The only place besides the migrations that knows their names.
class DemoMapping
{
public:
    /// Of the systems for which there is a mapping.
    static QStringList systems();
    /// Errors: NotFound (no such system), Syntax.
    [[nodiscard]] static Result<DemoMapping> load(const QString &system);
    [[nodiscard]] static Result<DemoMapping> parse(const QByteArray &json, const QString &name);

    QString simulator() const;
    QString texts() const;
    QStringList variants() const;
    /// The variant that is meant when none is named, for an engine ("sqlite", "postgresql").
    QString defaultVariant(const QString &engine) const;

    /// Errors: NotFound for an unknown variant, Syntax for an unknown stream, field or format.
    [[nodiscard]] Result<std::vector<DemoTarget>> targets(const QString &variant, const QString &engine,
                                                          const std::vector<DemoStream> &streams, std::uint64_t seed) const;

private:
    QString m_name;
    QJsonObject m_root;
};

} // namespace turnstone
